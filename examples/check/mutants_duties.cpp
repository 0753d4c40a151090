// What carries a core's effects out, without one of its duties (mutant/careless.hpp): storages and turns in the
// simulator's weather, an outbox under the checker, what shows in no cluster in scenarios of its own.
#include "mutant_trials.hpp"

#include "quorate/conform/storage.hpp"
#include "quorate/explore/raft.hpp"
#include "quorate/mutant/careless.hpp"
#include "quorate/replica/hard.hpp"
#include "quorate/sim/campaign.hpp"
#include "quorate/sim/raft.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace check_tool {
namespace {

using namespace quorate;

duty missing{}; // tried just now

// A turn without one of its duties, in the steps that the simulator takes.
template <class Node>
class careless_node : public Node {
public:
  using Node::Node;

  std::optional<sync_order> start_sync() {
    auto order = Node::start_sync();
    if (order && missing == duty::turns_sync_before_they_send)
      Node::synced(world::numbers::order_upto(order->upto()).succeeded());
    return order;
  }
  template <class Send, class Machine>
  void release(Send&& send, Machine&& machine) {
    Node::release(send, [&](auto const& event) {
      machine(event);
      bool const command = requires { event.command; };
      if (missing == (command ? duty::commands_are_applied_once : duty::outcomes_are_told_once)) machine(event);
    });
  }
};
struct careless_family
    : sim::raft_family<raft::node<>, messages<std::uint64_t>, careless_memory<&missing>, manual_timer> {
  using node = careless_node<
      sim::raft_family<raft::node<>, messages<std::uint64_t>, careless_memory<&missing>, manual_timer>::node>;
};

// Seeds from the first on, until one breaks.
check::mutant_verdict simulated() {
  check::mutant_verdict v;
  v.by = "simulator, 3 nodes of Raft";
  v.unit = "seeds";
  while (v.what.empty() && v.states < 300)
    if (auto const r = sim::run_seed<careless_family>({.seed = ++v.states, .nodes = 3}); r.broken != nullptr)
      v.what = r.broken;
  return v;
}

// Any sync that ends releases all that waits.
struct leaking_disk : check::shape_disk {
  template <std::size_t Room, class... M>
  using box = leaking_outbox<Room, M...>;
};
template <bool NoOp>
using figure_2 = raft::node<limits<limit_values{.nodes = 3, .append_entries = 1}>, raft::pre_vote<off>,
                            raft::check_quorum<off>, raft::first_entry<NoOp>, raft::pipelining<off>,
                            raft::answer_stale<off>, raft::eager_commit<off>, raft::read_index<off>>;
check::mutant_verdict leaking() {
  return explored<check::raft_system<figure_2<off>, 3, leaking_disk>>(
      "T2C1R1, sync in flight",
      check::replicated_bounds{.terms = 2, .commands = 1, .crashes = 1, .in_flight = true});
}
// Any sync that ends releases what a later term has undone.
struct hurrying_disk : check::shape_disk {
  template <std::size_t Room, class... M>
  using box = hurrying_outbox<Room, M...>;
};
check::mutant_verdict hurrying() {
  return explored<check::raft_system<figure_2<on>, 3, hurrying_disk>>(
      "T2, two leaders, one sync",
      check::replicated_bounds{
          .terms = 2, .commands = 0, .in_flight = true, .collected = 2, .slow = 1, .candidates = 2});
}

// A storage whose first sync fails, and whose second one seems not to.
struct failing_once : memory {
  using memory::memory;
  int syncs = 0;
  std::optional<durable> sync(sync_order order) {
    if (++syncs == 1) return std::nullopt;
    return std::move(order).succeeded();
  }
};
check::mutant_verdict failing() {
  failing_once disk{{.identity = {.incarnation = incarnation_id{1}}}};
  raft::replica<messages<std::uint64_t>, failing_once, manual_timer> replica{
      replica_config{node_id{1}, {node_id{1}}}, disk, manual_timer{{10, 3, 99}, 1}};
  check::mutant_verdict v;
  v.by = "scenario: one node, whose first sync fails";
  v.unit = "runs";
  for (std::uint64_t now = 0; now < 100; ++now)
    (void)careless_turn<&missing>(
        replica, disk, now, [](auto&&...) {}, [](auto const&) {});
  v.states = 1;
  if (disk.syncs > 1 && !replica.stopped()) v.what = "a replica whose sync has failed stops, and tries no other";
  return v;
}

// A storage alone: one hard state is synced, the next one is not, and the power goes. (In a cluster the mixture of
// the two harms nobody: no vote was said in that term. But it was never written.)
check::mutant_verdict in_the_dark() {
  careless_memory<&missing> disk{{.identity = {.incarnation = incarnation_id{1}}}};
  auto const first = to_hard_state(raft::term_and_vote{term_id{1}, member_id{1}});
  auto const second = to_hard_state(raft::term_and_vote{term_id{2}, member_id{2}});
  bool const stored = disk.put(first) && disk.sync(world::numbers::order_upto(1)) && disk.put(second);
  disk.crash();
  check::mutant_verdict v;
  v.by = "scenario: a power cut";
  v.unit = "runs";
  v.states = 1;
  if (stored && disk.hard() != first && disk.hard() != second) v.what = "a hard state is kept whole or not at all";
  if (disk.identity().incarnation <= incarnation_id{1}) v.what = "each life of a store has a later incarnation";
  return v;
}

// No core has a log begin behind a snapshot for itself: the laws of storages see it (conform/storage.hpp).
check::mutant_verdict installing() {
  auto const c = check::check_storage<careless_memory<&missing>>();
  check::mutant_verdict v;
  v.by = "the laws of storages, in random lives";
  v.unit = "lives";
  v.states = c.cases;
  if (!c) v.what = c.broken[0].law;
  return v;
}

check::mutant_verdict try_duty() {
  switch (missing) {
  case duty::messages_wait_for_their_writes: return leaking();
  case duty::undone_writes_are_waited_for: return hurrying();
  case duty::failed_syncs_stop: return failing();
  case duty::hard_states_are_whole:
  case duty::incarnations_rise: return in_the_dark();
  case duty::installs_drop_what_differs:
  case duty::installs_keep_what_agrees:
  case duty::installs_are_whole:
  case duty::installs_set_configurations: return installing();
  default: return simulated();
  }
}

} // namespace

void careless_mutants(mutants_run& run) {
  for (std::size_t i = 0; i < duties; ++i) {
    missing = static_cast<duty>(i);
    if (!run.wants(name_of(missing))) continue;
    auto v = try_duty();
    v.name = name_of(missing);
    run.tell(v);
  }
}

} // namespace check_tool
