// A replica of a replicated log as the simulator drives it: the whole one, with the user's policies, in the four
// steps of its turn.
#pragma once

#include "quorate/replica/replica.hpp"
#include "quorate/sim/disk.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace quorate::sim {

struct next_turn {
  std::optional<std::uint64_t> deadline{}; // by the node's own clock
  bool pending = false;
};

template <class Core, class Messages, class Storage, class Timer>
class log_node {
  using times = timer_fitting<Timer>;
  using commands = command_fitting<Messages>;

public:
  using core_type = Core;
  using messages_type = Messages;
  using disk_type = disk<Storage>;
  using replica_type = replica<Core, Messages, disk_type, Timer>;
  using wire = typename replica_type::wire;
  using message = typename hands<Core, disk_type>::message;

  log_node(node_id self, std::vector<node_id> const& members, disk_type& d, timings const& t, std::uint64_t seed)
      : replica_{{.self = self,
                  .members = members,
                  .staged_bytes = std::size_t{1} << 16,
                  .max_command_bytes = std::size_t{1} << 15},
                 d,
                 times::make(t, seed)} {}

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
  template <class Send, class Machine>
  void release(Send&& send, Machine&& machine) {
    replica_.release(send, machine);
  }
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

  Core const& core() const { return replica_.core(); }
  log_index applied_index() const { return replica_.applied_index(); }
  bool leads() const { return !stopped() && core().leads(); }
  std::uint64_t era() const { return core().era().value; }
  char const* role() const { return core().leads() ? "leader" : core().campaigns() ? "candidate" : "follower"; }
  std::uint64_t commit() const { return core().commit_index().value; }

private:
  replica_type replica_;
};

} // namespace quorate::sim
