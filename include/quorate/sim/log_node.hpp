// A replica of a replicated log as the simulator drives it: the whole one, with the user's policies, in the four
// steps of its turn.
#pragma once

#include "quorate/replica/replica.hpp"
#include "quorate/sim/cluster_options.hpp"
#include "quorate/sim/disk.hpp"
#include "quorate/sim/heard_machine.hpp"
#include "quorate/sim/snapshot_disk.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace quorate::sim {

struct next_turn {
  std::optional<std::uint64_t> deadline{}; // by the node's own clock
  bool pending = false;
};

// With snapshots, if the core has them: then there are a state machine and a place to keep what it saves.
template <class Core, class Messages, class Storage, class Timer, class Machine = recorder<Messages>,
          class Store = memory_snapshots>
class log_node {
  using times = timer_fitting<Timer>;
  using commands = command_fitting<Messages>;

public:
  static constexpr bool has_snapshots = forgets<Core>;
  using core_type = Core;
  using messages_type = Messages;
  using disk_type = typename disk_for<has_snapshots, Storage, Store>::type;
  using machine_type = Machine;
  using store_type = std::conditional_t<has_snapshots, slow_snapshots<Store>, no_snapshots>;
  using replica_type = replica<Core, Messages, disk_type, Timer, store_type>;
  using wire = typename replica_type::wire;
  using message = typename hands<Core, disk_type>::message;

  log_node(node_id self, std::vector<node_id> const& members, disk_type& d, timings const& t, std::uint64_t seed,
           snapshot_habits const& habits = {})
      : replica_{make(self, members, d, t, seed, habits, machine_)} {}

  // Why no honest node says that, or nullptr.
  template <class M>
  char const* receive(node_id from, M const& m, payloads bytes) {
    auto const why = replica_.doubt(m, bytes);
    replica_.receive(from, m, bytes);
    return why;
  }
  template <class Send>
  void collect(std::uint64_t now, Send&& send) {
    replica_.collect(times::at(now), send);
  }
  std::optional<sync_order> start_sync() { return replica_.start_sync(); }
  void synced(durable d) { replica_.synced(d); }
  template <class Send, class Host>
  void release(Send&& send, Host&& host) {
    if constexpr (has_snapshots) {
      heard_machine<Messages, Machine, std::remove_reference_t<Host>> heard{machine_, host};
      replica_.release(send, hosted{heard, host});
    } else {
      replica_.release(send, host);
    }
  }
  // A seal begins, if there is something to seal; and it has ended, as the disk knows.
  void start_seal() requires has_snapshots {
    if (auto p = replica_.start_seal()) sealing_ = std::move(p);
  }
  void end_seal() requires has_snapshots {
    auto p = *std::exchange(sealing_, std::nullopt);
    p.wait();
    replica_.sealed(std::move(p));
  }
  bool seals() const requires has_snapshots { return sealing_.has_value(); }
  void stop() { replica_.stop(); }
  bool stopped() const { return replica_.stopped(); }
  std::string failure() const { return replica_.failure(); }
  next_turn next() const {
    auto const n = replica_.next();
    return {n.deadline ? std::optional{times::of(*n.deadline)} : std::nullopt, n.pending};
  }
  // The token's number; 0: refused at once.
  std::uint64_t propose(std::uint64_t number) {
    auto const token = replica_.propose(commands::make(number));
    return token ? token->value : 0;
  }
  std::uint64_t read() {
    if constexpr (Core::options::reads) {
      auto const token = replica_.read();
      return token ? token->value : 0;
    } else {
      return 0;
    }
  }
  void compact(log_index upto) { replica_.compact(upto); }
  void save() requires has_snapshots { replica_.save(); }

  Core const& core() const { return replica_.core(); }
  Machine& machine() requires has_snapshots { return machine_; }
  snapshot_status snapshots() const { return replica_.status().snapshots; }
  log_index applied_index() const { return replica_.applied_index(); }
  bool leads() const { return !stopped() && core().leads(); }
  std::uint64_t era() const { return core().era().value; }
  char const* role() const { return core().leads() ? "leader" : core().campaigns() ? "candidate" : "follower"; }
  std::uint64_t commit() const { return core().commit_index().value; }

private:
  static replica_type make(node_id self, std::vector<node_id> const& members, disk_type& d, timings const& t,
                           std::uint64_t seed, snapshot_habits const& habits, Machine& m) {
    replica_config config{.self = self,
                          .members = members,
                          .staged_bytes = std::size_t{1} << 16,
                          .max_command_bytes = std::size_t{1} << 15,
                          .compaction = habits.compaction,
                          .transfer = habits.transfer};
    if constexpr (has_snapshots) {
      return replica_type{config, d, times::make(t, seed), d.snapshots(), m};
    } else {
      (void)m;
      config.applied = d.log().compacted(); // the ghost applies, and forgets nothing
      return replica_type{config, d, times::make(t, seed)};
    }
  }

  Machine machine_ = machine_fitting<Machine>::make(); // a new one each time that the node starts
  std::optional<typename pending_seal_of<store_type>::type> sealing_{};
  replica_type replica_;
};

} // namespace quorate::sim
