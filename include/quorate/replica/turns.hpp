// The turn of a replica, in its steps: what replica.hpp hands on to, and documents.
#pragma once

#include "quorate/log/entry_message.hpp"
#include "quorate/replica/applying.hpp"
#include "quorate/replica/founding.hpp"
#include "quorate/replica/hosted.hpp"
#include "quorate/replica/proposals.hpp"
#include "quorate/replica/reads.hpp"
#include "quorate/replica/without_snapshots.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
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

namespace detail {

template <class Core, class Messages, class Storage, class Timer, class Snapshots>
class replica_turns {
public:
  using time = typename Timer::time;
  using body = replica_body<Core, Storage, Timer>;
  using snapshots = snapshotting_in<body, Snapshots>;
  static constexpr bool has_snapshots = !std::is_same_v<Snapshots, no_snapshots>;

  replica_turns(replica_config const& c, Storage& s, Timer const& t) : b_{c, s, t} {}
  replica_turns(replica_config const& c, Storage& s, Timer const& t, Snapshots& kept)
      : b_{c, s, t}, snapshots_{kept, b_, c} {}

  // `find(body)` sees to the machine and the log, and tells at which index the machine stands, or why that can't
  // be.
  template <class Find>
  void begin(replica_config const& config, Timer const& timer, Find&& find) {
    log_index applied{};
    auto why = misfit<Core>(config, b_.storage, timer);
    if constexpr (has_snapshots)
      if (!why) why = snapshots_misfit(config);
    // Before the log is founded: one that is lost had votes in it.
    if constexpr (has_snapshots)
      if (!why && b_.log().last() == log_index{}) why = snapshots_.misfit_of_new_log();
    if (!why) why = found(b_, config.self, config.members, [&] { return find(applied); });
    if (why) return b_.stop(std::move(*why));
    b_.first_era = b_.core.era();
    b_.step(start{});
    proposals_.begin(b_);
    applying_.begin(applied);
    snapshots_.begin(b_, applied);
  }

  template <class M>
  void receive(node_id sender, M const& m, payloads bytes) {
    auto const n = b_.ids.find(sender);
    if (n.place == no_node || n.place == b_.core.self() || b_.stopped || b_.hands.crowded()) {
      ++b_.counters.dropped_in;
      return;
    }
    if constexpr (requires { proposals_.take(b_, n, m, bytes); })
      proposals_.take(b_, n, m, bytes);
    else if constexpr (transfer_messages::contains<M>)
      snapshots_.take(b_, n, m, bytes);
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

  template <class Send>
  [[gnu::always_inline]] void collect(time now, Send& send) {
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
    if (snapshots_.moves()) snapshots_.move(b_, send);
    b_.note_changes();
    flush_of(send);
  }

  [[gnu::always_inline]] std::optional<sync_order> start_sync() {
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
  auto start_seal() {
    auto p = snapshots_.start_seal(b_);
    heed();
    return p;
  }
  template <class Pending>
  void sealed(Pending&& p) {
    snapshots_.sealed(b_, std::forward<Pending>(p));
    heed();
  }

  template <class Send, class Machine>
  void release(Send& send, Machine& machine) {
    if (durable_ && !b_.stopped) [[likely]] {
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
    auto const tell = [&](auto const& o) { host_of(machine)(o); };
    if (b_.attention && !attend(tell)) return;
    constexpr bool with_results = is_hosted<Machine>;
    if constexpr (!with_results) proposals_.settle(b_, b_.core.commit_index(), tell);
    if (applying_.behind(b_) && !snapshots_.restores()) {
      auto const era = applying_.era();
      auto&& taker = taker_for(machine, proposals_);
      applying_.advance(b_, taker);
      if (b_.stopped) return give_up(tell); // now: a driver has no reason to take another turn
      if (applying_.era() != era) proposals_.outlived(applying_.era(), tell);
    }
    if constexpr (with_results) {
      proposals_.settle(b_, (std::min)(b_.core.commit_index(), applying_.index()), tell);
      if (durable_ && snapshots_.works(applying_.index(), applying_.bytes())) { // as in heed_notice
        snapshots_.work(b_, applying_, machine.machine);
        if (b_.stopped) return give_up(tell);
      }
    }
    proposals_.expire(b_, tell);
    if (reads_.any()) reads_.tell(b_, applying_.index(), tell);
  }

  // Why nothing may go, or nullptr.
  [[gnu::cold]] char const* compact(log_index upto) {
    if (b_.stopped) return "the replica has stopped";
    if (auto const* const why = snapshots_.keeps(upto, b_.may_forget)) return why;
    upto = (std::min)({upto, applying_.index(), b_.core.commit_index()});
    if (upto > b_.log().compacted() && !b_.storage.compact(upto)) b_.stop();
    return nullptr;
  }

  [[gnu::always_inline]] turn_result<time> next() const { return {deadline(), pending()}; }
  std::string_view trouble() const {
    auto const t = b_.trouble();
    return t.empty() ? proposals_.trouble(b_) : t;
  }
  replica_status_at<time> status() const;

  body b_;
  proposals<body> proposals_{};
  std::conditional_t<Core::options::reads, reads<body>, no_reads> reads_{};
  applying<Messages, body, has_snapshots> applying_{};
  [[no_unique_address]] snapshots snapshots_{};

private:
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
    if (b_.stopped) return;
    reads_.heed(b_);
    // Not before the log's founding is durable: a snapshot beside an empty log tells of a log that was lost.
    if (durable_) snapshots_.heed(b_);
    b_.heed_failure(); // what is here may be installed at once, and that write may fail
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
        if (!read) return b_.stop();
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
    return !b_.stopped && (unordered || b_.hands.more_to_send || b_.hands.any_news() ||
                           (applying_.behind(b_) && !snapshots_.restores()) || reads_.pending() ||
                           proposals_.pending(b_) || snapshots_.pending(b_.now));
  }
  std::optional<time> deadline() const {
    if (b_.stopped) return {};
    auto first = b_.timer.deadline();
    auto const sooner = [&](time t) {
      if (!first || t < *first) first = t;
    };
    proposals_.deadlines(b_, sooner);
    reads_.deadlines(b_, sooner);
    snapshots_.deadlines(sooner);
    return first;
  }

  static constexpr std::uint64_t none_ordered = ~std::uint64_t{0};
  std::uint64_t ordered_ = none_ordered; // the last write that a sync was ordered for; at first not even 0
  std::optional<durable> durable_{};
  time syncing_since_{}; // when the oldest sync that is under way was ordered
  bool syncing_ = false; // one is
};

template <class Core, class Messages, class Storage, class Timer, class Snapshots>
auto replica_turns<Core, Messages, Storage, Timer, Snapshots>::status() const -> replica_status_at<time> {
  return {{.self = b_.id_of(b_.self()),
           .leads = b_.core.leads(),
           .leader = b_.core.leader() == no_node ? std::nullopt : std::optional{b_.id_of(b_.leader())},
           .era = b_.core.era(),
           .commit = b_.core.commit_index(),
           .applied = applying_.index(),
           .first = b_.log().compacted() + 1,
           .last = b_.log().last(),
           .trouble = trouble(),
           .snapshots = snapshots_.status(),
           .counters = b_.counters,
           .written = b_.hands.counters},
          syncing_ && !b_.stopped ? std::optional{syncing_since_} : std::nullopt};
}

} // namespace detail
} // namespace quorate
