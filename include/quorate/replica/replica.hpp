// A node of a replicated log: a protocol's core, the user's messages, storage and timer, and the turn that drives
// them.
#pragma once

#include "quorate/replica/callable_fit.hpp"
#include "quorate/replica/config.hpp"
#include "quorate/replica/core_fit.hpp"
#include "quorate/replica/doubting.hpp"
#include "quorate/replica/fitting.hpp"
#include "quorate/replica/machine_fit.hpp"
#include "quorate/replica/messages_fit.hpp"
#include "quorate/replica/outcome.hpp"
#include "quorate/replica/status.hpp"
#include "quorate/replica/storage_fit.hpp"
#include "quorate/replica/timer_fit.hpp"
#include "quorate/replica/turns.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace quorate {

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
// `machine` is a state machine with its host, hosted{m, host} (replica/hosted.hpp), or a bare callable.
//
// - A bare callable is called with `applied<Messages> const&` for each committed command, in the order of the log.
//   It is called with `proposal_outcome const&` or `read_outcome const&` once for each token. The outcome of a
//   proposal made here comes before its command is applied. It may come later only if the proposal was forwarded
//   and the leader's answer came late. It may have a member sated(), which is asked after each command. Once it
//   returns true, the next command waits for the next turn, and that turn is pending. So it bounds the work of a
//   turn in its own measure.
// - A state machine can be saved, so its log can forget: the replica has a snapshot store (the keyword
//   snapshots_in<Store>), saves the machine when much was applied, and lets go of the log behind that; it fetches
//   a snapshot when others have let go of what it needs. What a proposal's command gave comes to the host as
//   `proposal_result`, and after it the outcome.
//
// A failed write or sync stops the replica for good. Not copyable and not movable: it holds references to the
// storage. One thread.
template <class GivenCore, class GivenMessages, class GivenStorage, class GivenTimer,
          class GivenSnapshots = no_snapshots>
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
  static constexpr bool timer_fits = storage_fits && std::is_same_v<Timer, GivenTimer>;
  using Snapshots =
      typename decltype(detail::fitting_snapshots<GivenSnapshots, Core, Storage, timer_fits>())::type;
  using storage_argument = std::conditional_t<storage_fits, GivenStorage&, detail::anything const&>;
  static constexpr bool has_snapshots = !std::is_same_v<Snapshots, no_snapshots>;
  using turns = detail::replica_turns<Core, Messages, Storage, Timer, Snapshots>;

public:
  using core_type = Core;
  using storage_type = Storage;
  using messages_type = Messages;
  using snapshots_type = Snapshots;
  using time = typename Timer::time;
  using command = typename Messages::command;
  using entry_extra = typename Messages::entry_extra;
  using wire = wire_messages<Core>;

  // The storage was opened, the timer is new. If the options can't work, or do not fit the storage, the replica is
  // stopped from the start, and failure() says why.
  replica(replica_config const& config, storage_argument given_storage,
          Timer const& timer) requires(!has_snapshots)
      : turns_{config, detail::fitting<Storage>(given_storage), timer} {
    auto& b = turns_.b_;
    b.may_forget = config.applied.has_value() || detail::is_volatile<Storage>;
    turns_.begin(config, timer, [&](log_index& at) { return detail::start_without_snapshots(b, config, at); });
  }
  // With a snapshot store, and a state machine as it was made or found. It is brought to where the newest whole
  // snapshot stands that it takes. Each turn must be given the same machine.
  template <class Machine>
  requires(has_snapshots) replica(replica_config const& config, storage_argument given_storage, Timer const& timer,
                                  Snapshots& snapshots, Machine& given_machine)
      : turns_{config, detail::fitting<Storage>(given_storage), timer, snapshots} {
    using machine = typename decltype(detail::fitting_state_machine<Machine, command>())::type;
    auto& m = detail::fitting<machine>(given_machine);
    turns_.begin(config, timer,
                 [&](log_index& at) { return turns::snapshots::start(turns_.b_, snapshots, m, at); });
  }
  // What did not fit was told of. Nothing of this is ever called.
  template <class Other, class Machine>
  requires(!has_snapshots)
      replica(replica_config const& config, storage_argument given_storage, Timer const& timer, Other&, Machine&)
      : replica{config, given_storage, timer} {
    static_assert(!std::is_same_v<GivenSnapshots, no_snapshots>,
                  "quorate: a replica is made with a snapshot store, and has the type of one without; give the "
                  "protocol the keyword snapshots_in<Store>");
  }
  template <class None = void>
  requires(has_snapshots) replica(replica_config const& config, storage_argument given_storage, Timer const& timer)
      : replica{config, given_storage, timer, detail::stand_in<Snapshots>(),
                detail::stand_in<detail::no_machine>()} {
    static_assert(detail::never<None>, "quorate: a replica with a snapshot store is made with it and the state "
                                       "machine: replica r{config, storage, timer, snapshots, machine}");
  }
  replica(replica const&) = delete;
  replica& operator=(replica const&) = delete;

  // --- events

  // A command to be replicated, from the leader or from any other node. Without a token it was refused at once: it
  // is larger than max_command_bytes (too_large), too much is waiting already (busy), or the replica has stopped.
  proposal_asked propose(command const& c, entry_extra const& extra = {}) {
    auto& b = turns_.b_;
    auto const size = Messages::entry_size(c, extra);
    // What is staged is closed once the replica has stopped.
    auto* const at = size <= b.max_command_bytes ? b.staged.add(size) : nullptr;
    if (at == nullptr) return why_not(size);
    Messages::encode_entry(c, extra, at);
    return proposal_token{b.staged.last()};
  }

  // A linearizable read: once its outcome is `done`, the state machine may be read. No token: busy, or stopped.
  read_asked read() {
    static_assert(Core::options::reads, "quorate: this core has no reads (raft: read_index<off>); leave the "
                                        "keyword out to read");
    return turns_.reads_.add(turns_.b_);
  }

  // A message from node `sender`, with its payload; it is dropped if the sender is not a member, or if too many
  // messages wait for a turn. It may be meant for an earlier life of this store, and not for an earlier store of
  // this node, as transport/tcp.hpp sees to: else the replica may stop, as if its disk had lost something.
  template <class M>
  void receive(node_id sender, M const& m, payloads bytes = {}) {
    turns_.receive(sender, m, bytes);
  }

  // Why no honest peer says `m`, or nullptr. Ask before receive() where peers are not trusted (wire_of::deliver).
  template <class M>
  char const* doubt(M const& m, payloads bytes = {}) {
    return detail::doubt<Messages>(turns_.b_, m, bytes);
  }

  // --- the turn, and the steps that it is made of

  template <class Send, class Machine>
  [[gnu::always_inline]] turn_result<time> turn(time now, Send&& send, Machine&& machine) {
    collect(now, send);
    if (auto order = start_sync()) {
      if (auto const d = turns_.b_.storage.sync(std::move(*order)))
        synced(*d);
      else
        stop();
    }
    if constexpr (has_snapshots)
      if (auto seal = start_seal()) {
        seal->wait();
        sealed(std::move(*seal));
      }
    release(send, machine);
    return next();
  }
  // What turn() returns, for whoever takes the steps. While a sync is under way, what waits for it or for the next
  // one is not pending: its end brings the next turn.
  turn_result<time> next() const { return turns_.next(); }

  // Timers, proposals and reads go to the core, and what may leave without a disk leaves.
  template <class GivenSend>
  [[gnu::always_inline]] void collect(time now, GivenSend&& given_send) {
    turns_.collect(now, fitting_send(given_send));
  }

  // An order for Storage::sync, if anything was written that no order covers. While it is under way the next turns
  // may collect, and release what waits for none; hand its token to synced(), or call stop() if there is none.
  std::optional<sync_order> start_sync() { return turns_.start_sync(); }
  void synced(durable d) { turns_.synced(d); }

  // A snapshot that is to be sealed, if there is one: call its wait(), on any thread, and hand it to sealed()
  // afterwards. Turns may be taken meanwhile. A store whose seal has no parts seals here, and there is none.
  auto start_seal() requires(has_snapshots) { return turns_.start_seal(); }
  template <class Pending>
  requires(has_snapshots) void sealed(Pending&& p) { turns_.sealed(std::forward<Pending>(p)); }

  // What waited for the sync leaves, and what is committed is applied.
  template <class GivenSend, class GivenMachine>
  [[gnu::always_inline]] void release(GivenSend&& given_send, GivenMachine&& given_machine) {
    turns_.release(fitting_send(given_send), fitting_machine(given_machine));
  }

  // Drops entries up to `upto` from the log, at most what is applied. Why that can't be, or nullptr: what could
  // not be restored is kept. Without snapshots, peers that still need them can't be served.
  char const* compact(log_index upto) { return turns_.compact(upto); }
  // The machine is to be saved, whatever the compaction options say, unless nothing was applied since the last
  // save.
  void save() requires(has_snapshots) { turns_.snapshots_.ask_for_save(); }

  // For good; what waits gets its outcome in the next release.
  void stop() { turns_.b_.stop(); }

  // --- what is known

  Core const& core() const { return turns_.b_.core; }
  Storage const& storage() const { return detail::bare(turns_.b_.storage); }
  bool stopped() const { return turns_.b_.stopped; }
  // Why it has stopped.
  std::string failure() const {
    auto const& b = turns_.b_;
    if (!b.failure.empty() || !b.stopped) return b.failure;
    std::string const s{b.storage.failure()};
    return s.empty() ? "the replica was stopped" : s;
  }
  log_index applied_index() const { return turns_.applying_.index(); }
  node_id id_of(peer p) const { return turns_.b_.id_of(p); }
  member_id member() const { return turns_.b_.self().member; }
  member_id member_of(node_id id) const { return turns_.b_.ids.find(id).member; } // no_member: it is none
  std::size_t member_count() const { return turns_.b_.ids.size(); }
  // The largest frame that this replica may send, and so what its transport and the peers' should carry.
  std::size_t max_frame_bytes() const { return turns_.b_.max_frame_bytes; }
  replica_status_at<time> status() const { return turns_.status(); }
  // Why the last snapshot that failed did; empty: none has. A node goes on without: its log grows.
  std::string_view snapshot_failure() const requires(has_snapshots) { return turns_.snapshots_.failure(); }

private:
  refusal why_not(std::size_t size) const {
    return stopped() ? refusal::stopped : size > turns_.b_.max_command_bytes ? refusal::too_large : refusal::busy;
  }
  template <class Send>
  static auto& fitting_send(Send& send) {
    return detail::fitting<typename decltype(detail::fitting_send<Send>(wire{}))::type>(send);
  }
  template <class Machine>
  static auto& fitting_machine(Machine& machine) {
    return detail::fitting<typename decltype(detail::fitting_machine<Machine, Messages, has_snapshots>())::type>(
        machine);
  }

  turns turns_;
};

} // namespace quorate
