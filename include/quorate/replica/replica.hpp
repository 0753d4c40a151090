// A node of a replicated log: a protocol's core, the user's messages, storage and timer, and the turn that drives
// them.
#pragma once

#include "quorate/log/entry_message.hpp"
#include "quorate/replica/applying.hpp"
#include "quorate/replica/body.hpp"
#include "quorate/replica/callable_fit.hpp"
#include "quorate/replica/config.hpp"
#include "quorate/replica/core_fit.hpp"
#include "quorate/replica/doubting.hpp"
#include "quorate/replica/fitting.hpp"
#include "quorate/replica/founding.hpp"
#include "quorate/replica/hands.hpp"
#include "quorate/replica/messages_fit.hpp"
#include "quorate/replica/outcome.hpp"
#include "quorate/replica/proposals.hpp"
#include "quorate/replica/reads.hpp"
#include "quorate/replica/status.hpp"
#include "quorate/replica/storage_fit.hpp"
#include "quorate/replica/timer_fit.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace quorate {

// What a turn leaves: when to come again at the latest, and whether there is something to do at once.
template <class Time>
struct turn_result {
  std::optional<Time> deadline{};
  bool pending = false;
};

// One loop for everybody, a turn at a time:
//
//   r.receive(from, message, bytes);              // any number of events; hand over what waits before each turn
//   auto token = r.propose(command);
//   auto next = r.turn(now, send, machine);       // step -> write -> one sync -> release -> apply
//
// `send(to, message, bytes)` must copy what it needs before it returns. It may return false: the message was
// surely not sent. A proposal then waits for another turn or another leader. It may have a member flush(), for a
// transport that gathers what it is sent. It is called when a turn has sent all that need not wait for the sync,
// before the sync begins, and again when all that waited for a sync was sent. What was sent must then leave.
//
// `machine` is called with `applied<Messages> const&` for each committed command, in the order of the log. It is
// called with `proposal_outcome const&` or `read_outcome const&` once for each token. The outcome of a proposal
// made here comes before its command is applied. It may come later only if the proposal was forwarded and the
// leader's answer came late. A machine may have a member sated(), which is asked after each command. Once it
// returns true, the next command waits for the next turn, and that turn is pending. So a machine bounds the work
// of a turn in its own measure.
//
// A failed write or sync stops the replica for good. Not copyable and not movable: it holds references to the
// storage. One thread.
template <class GivenCore, class GivenMessages, class GivenStorage, class GivenTimer>
class replica {
  // What was given, if it fits. Of the first that does not, one sentence says why, and stand-ins take its place
  // and that of those behind it: so the sentence is the compiler's only error.
  using Messages = typename decltype(detail::fitting_messages<GivenMessages>())::type;
  static constexpr bool messages_fit = std::is_same_v<Messages, GivenMessages>;
  using Core = typename decltype(detail::fitting_core<GivenCore, messages_fit>())::type;
  static constexpr bool core_fits = messages_fit && std::is_same_v<Core, GivenCore>;
  using Storage = typename decltype(detail::fitting_storage<GivenStorage, core_fits>())::type;
  static constexpr bool storage_fits = core_fits && std::is_same_v<Storage, GivenStorage>;
  using Timer = typename decltype(detail::fitting_timer<GivenTimer, storage_fits>())::type;
  using storage_argument = std::conditional_t<storage_fits, GivenStorage&, detail::anything const&>;

public:
  using core_type = Core;
  using storage_type = Storage;
  using messages_type = Messages;
  using time = typename Timer::time;
  using command = typename Messages::command;
  using entry_extra = typename Messages::entry_extra;
  using wire = wire_messages<Core>;

  // The storage was opened, the timer is new. If the options can't work, or do not fit the storage, the replica is
  // stopped from the start, and failure() says why.
  replica(replica_config const& config, storage_argument given_storage, Timer const& timer)
      : b_{config, detail::fitting<Storage>(given_storage), timer} {
    auto why = misfit<Core>(config, b_.storage, timer);
    if (!why) why = found(b_, config.self, config.members);
    if (why) {
      b_.stop(std::move(*why));
      return;
    }
    b_.first_era = b_.core.era();
    b_.step(start{});
    proposals_.begin(b_);
    applying_.begin(b_);
  }
  replica(replica const&) = delete;
  replica& operator=(replica const&) = delete;

  // --- events

  // A command to be replicated, from the leader or from any other node. Without a token it was refused at once: it
  // is larger than max_command_bytes (too_large), too much is waiting already (busy), or the replica has stopped.
  proposal_asked propose(command const& c, entry_extra const& extra = {}) {
    auto const size = Messages::entry_size(c, extra);
    // What is staged is closed once the replica has stopped.
    auto* const at = size <= b_.max_command_bytes ? b_.staged.add(size) : nullptr;
    if (at == nullptr) return why_not(size);
    Messages::encode_entry(c, extra, at);
    return proposal_token{b_.staged.last()};
  }

  // A linearizable read: once its outcome is `done`, the state machine may be read. No token: busy, or stopped.
  read_asked read() {
    static_assert(Core::options::reads, "quorate: this core has no reads (raft: read_index<off>); leave the "
                                        "keyword out to read");
    return reads_.add(b_);
  }

  // A message from node `sender`, with its payload; it is dropped if the sender is not a member, or if too many
  // messages wait for a turn. It may be meant for an earlier life of this store, and not for an earlier store of
  // this node, as transport/tcp.hpp sees to: else the replica may stop, as if its disk had lost something.
  template <class M>
  void receive(node_id sender, M const& m, payloads bytes = {}) {
    auto const n = b_.ids.find(sender);
    if (n.place == no_node || n.place == b_.core.self() || b_.stopped || b_.hands.crowded()) {
      ++b_.counters.dropped_in;
      return;
    }
    if constexpr (requires { proposals_.take(b_, n, m, bytes); })
      proposals_.take(b_, n, m, bytes);
    else if constexpr (replica_messages::contains<M>)
      reads_.take(b_, n, m, bytes);
    else if constexpr (entry_message<M>) {
      if (m.entries().count != bytes.count()) return void(++b_.counters.dropped_in);
      b_.step(from<M>{n, m}, m.entries().first, bytes);
    } else {
      b_.step(from<M>{n, m});
    }
    heed();
  }

  // Why no honest peer says `m`, or nullptr. Ask before receive() where peers are not trusted (wire_of::deliver).
  template <class M>
  char const* doubt(M const& m, payloads bytes = {}) {
    return detail::doubt<Messages>(b_, m, bytes);
  }

  // --- the turn, and the four steps that it is made of

  template <class Send, class Machine>
  [[gnu::always_inline]] turn_result<time> turn(time now, Send&& send, Machine&& machine) {
    collect(now, send);
    if (auto order = start_sync()) {
      if (auto const d = b_.storage.sync(std::move(*order)))
        synced(*d);
      else
        stop();
    }
    release(send, machine);
    return next();
  }
  // What turn() returns, for whoever takes the four steps. While a sync is under way, what waits for it or for the
  // next one is not pending: its end brings the next turn.
  turn_result<time> next() const { return {deadline(), pending()}; }

  // Timers, proposals and reads go to the core, and what may leave without a disk leaves.
  template <class GivenSend>
  void collect(time now, GivenSend&& given_send) {
    auto& send = fitting_send(given_send);
    b_.now = now;
    if (b_.stopped) return;
    if (b_.hands.any_news()) b_.hands.set_timers(b_.timer, now); // first: what was received came before
    if (auto const due = b_.timer.deadline(); due && !(now < *due)) expire();
    if (!b_.staged.empty()) proposals_.place(b_, send);
    if constexpr (Core::options::reads)
      if (reads_.any()) reads_.ask(b_);
    b_.hands.more_to_send = false;
    auto const deliver = [&](peer to, auto const& m) { this->deliver(send, to, m); };
    sending_hands out{b_.hands, deliver};
    b_.step_into(flush{}, out);
    if (b_.hands.any_news()) see_to_news(deliver);
    b_.note_changes();
    flush_of(send);
  }

  // An order for Storage::sync, if anything was written that no order covers. While it is under way the next turns
  // may collect, and release what waits for none; hand its token to synced(), or call stop() if there is none.
  std::optional<sync_order> start_sync() {
    if (b_.stopped) return std::nullopt;
    auto const latest = b_.hands.latest().number();
    if (ordered_ == latest) return std::nullopt;
    ordered_ = latest;
    ++b_.counters.syncs;
    if (!std::exchange(syncing_, true)) syncing_since_ = b_.now;
    return b_.hands.order();
  }
  void synced(durable d) {
    QUORATE_ASSERT(ordered_ != none_ordered && d.number() <= ordered_,
                   "Storage: a token must be of an order that was given; this one is of writes up to ",
                   d.number());
    if (!durable_ || *durable_ < d) durable_ = d; // an older order may end later
    syncing_ = durable_->number() != ordered_;
  }

  // What waited for the sync leaves, and what is committed is applied.
  template <class GivenSend, class GivenMachine>
  void release(GivenSend&& given_send, GivenMachine&& given_machine) {
    auto& send = fitting_send(given_send);
    auto& machine = fitting_machine(given_machine);
    if (durable_ && !b_.stopped) {
      b_.hands.waiting().release(*durable_, [&](peer to, auto const& m) {
        if (to.member == b_.self().member)
          tell_self(m);
        else
          send(b_.ids[to], m, payloads{});
      });
      b_.hands.begin_timers(*durable_);
      flush_of(send); // before anything is applied, which may take its time
      heed();
    }
    auto const tell = [&](auto const& o) { machine(o); };
    if (b_.attention && !attend(tell)) return;
    proposals_.settle(b_, tell);
    if (applying_.behind(b_)) {
      auto const era = applying_.era();
      applying_.advance(b_, machine);
      if (b_.stopped) return give_up(tell); // now: a driver has no reason to take another turn
      if (applying_.era() != era) proposals_.outlived(applying_.era(), tell);
    }
    proposals_.expire(b_, tell);
    if (reads_.any()) reads_.tell(b_, applying_.index(), tell);
  }

  // Drops entries up to `upto` from the log, at most what is applied. Peers that still need them can't be served.
  void compact(log_index upto) {
    if (upto > applying_.index()) upto = applying_.index();
    if (!b_.stopped && upto > b_.log().compacted() && !b_.storage.compact(upto)) stop();
  }

  // For good; what waits gets its outcome in the next release.
  void stop() { b_.stop(); }

  // --- what is known

  Core const& core() const { return b_.core; }
  Storage const& storage() const { return detail::bare(b_.storage); }
  bool stopped() const { return b_.stopped; }
  // Why it has stopped.
  std::string failure() const {
    if (!b_.failure.empty() || !b_.stopped) return b_.failure;
    std::string const s{b_.storage.failure()};
    return s.empty() ? "the replica was stopped" : s;
  }
  log_index applied_index() const { return applying_.index(); }
  node_id id_of(peer p) const { return b_.id_of(p); }
  member_id member() const { return b_.self().member; }
  member_id member_of(node_id id) const { return b_.ids.find(id).member; } // no_member: it is none
  std::size_t member_count() const { return b_.ids.size(); }
  // The largest frame that this replica may send, and so what its transport and the peers' should carry.
  std::size_t max_frame_bytes() const { return b_.max_frame_bytes; }
  replica_status_at<time> status() const {
    return {{.self = id_of(b_.self()),
             .leads = b_.core.leads(),
             .leader = b_.core.leader() == no_node ? std::nullopt : std::optional{id_of(b_.core.leader())},
             .era = b_.core.era(),
             .commit = b_.core.commit_index(),
             .applied = applying_.index(),
             .first = b_.log().compacted() + 1,
             .last = b_.log().last(),
             .trouble = trouble(),
             .counters = b_.counters,
             .written = b_.hands.counters},
            syncing_ && !stopped() ? std::optional{syncing_since_} : std::nullopt};
  }

private:
  using body = replica_body<Core, Storage, Timer>;

  refusal why_not(std::size_t size) const {
    return b_.stopped ? refusal::stopped : size > b_.max_command_bytes ? refusal::too_large : refusal::busy;
  }
  std::string_view trouble() const {
    auto const t = b_.trouble();
    return t.empty() ? proposals_.trouble(b_) : t;
  }
  template <class Send>
  static auto& fitting_send(Send& send) {
    return detail::fitting<typename decltype(detail::fitting_send<Send>(wire{}))::type>(send);
  }
  template <class Machine>
  static auto& fitting_machine(Machine& machine) {
    return detail::fitting<typename decltype(detail::fitting_machine<Machine, Messages>())::type>(machine);
  }

  template <class Send>
  static void flush_of(Send& send) {
    if constexpr (requires { send.flush(); }) send.flush();
  }

  template <class M>
  void tell_self(M const& m) {
    auto const known = b_.core.commit_index();
    b_.step(from<M>{b_.self(), m});
    if (b_.core.commit_index() != known) b_.hands.more_to_send = true; // the peers are to hear of it
  }

  template <class Deliver>
  [[gnu::cold, gnu::noinline]] void see_to_news(Deliver&& deliver) {
    heed();
    // Since it was said the log may have changed: what is not there any more as it was named is not sent.
    b_.hands.send_ready([&](peer to, auto const& m) {
      if constexpr (entry_message<decltype(m)>)
        if (!b_.stands(m.entries())) return;
      deliver(to, m);
    });
    b_.hands.set_timers(b_.timer, b_.now);
  }
  // What a step has reported beside messages and timers.
  void heed() {
    if (b_.hands.noticed()) heed_notice();
  }
  [[gnu::cold]] void heed_notice() {
    b_.hands.heeded();
    b_.heed_failure();
    if (!b_.stopped) reads_.heed(b_);
  }

  // A timer has expired, and others may have.
  [[gnu::cold]] void expire() {
    // Each once: were a timer to expire as soon as it is armed, the next turn would come at once, but come.
    for (std::size_t n = 0; n < Core::timers; ++n) {
      auto const slot = b_.timer.expired(b_.now);
      if (!slot) break;
      if (b_.hands.waits_to_run(*slot)) continue;
      b_.step(static_cast<typename Core::timer>(*slot));
      heed();
      b_.hands.set_timers(b_.timer, b_.now);
    }
  }

  template <class Send, class M>
  void deliver(Send&& send, peer to, M const& m) {
    payloads bytes{};
    if constexpr (entry_message<M>)
      if (auto const run = m.entries(); run.count > 0) {
        auto const read = b_.storage.read(run.first, run.count);
        if (!read) return stop();
        bytes = *read;
      }
    if constexpr (std::is_same_v<decltype(send(b_.ids[to], m, bytes)), bool> && entry_message<M>) {
      if (!send(b_.ids[to], m, bytes)) b_.note_unsent(m.entries(), bytes.whole().size());
    } else {
      send(b_.ids[to], m, bytes);
    }
  }

  // What is not as always. False, and everything that waits has its outcome, if the replica has stopped.
  template <class Tell>
  [[gnu::cold]] bool attend(Tell&& tell) {
    proposals_.tell_refusals(tell);
    b_.attention = b_.stopped;
    if (b_.stopped) give_up(tell);
    return !b_.stopped;
  }
  template <class Tell>
  [[gnu::cold]] void give_up(Tell&& tell) {
    proposals_.give_up(b_, tell);
    reads_.give_up(tell);
  }

  // --- when to come again
  bool pending() const {
    bool const unordered = !syncing_ && ordered_ != b_.hands.latest().number();
    return !b_.stopped && (unordered || b_.hands.more_to_send || b_.hands.any_news() || applying_.behind(b_) ||
                           reads_.pending() || proposals_.pending(b_));
  }
  std::optional<time> deadline() const {
    if (b_.stopped) return {};
    auto first = b_.timer.deadline();
    auto const sooner = [&](time t) {
      if (!first || t < *first) first = t;
    };
    proposals_.deadlines(b_, sooner);
    reads_.deadlines(b_, sooner);
    return first;
  }

  body b_;
  proposals<body> proposals_{};
  std::conditional_t<Core::options::reads, reads<body>, no_reads> reads_{};
  applying<Messages, body> applying_{};
  static constexpr std::uint64_t none_ordered = ~std::uint64_t{0};
  std::uint64_t ordered_ = none_ordered; // the last write that a sync was ordered for; at first not even 0
  std::optional<durable> durable_{};
  time syncing_since_{}; // when the oldest sync that is under way was ordered
  bool syncing_ = false; // one is
};

} // namespace quorate
