#include "explore_run.hpp"

#include "quorate/explore/paxos.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace check_tool {
namespace {

using namespace quorate;

template <class Core, std::size_t Nodes, std::size_t Proposers>
int run(explore_flags const& o) {
  check::paxos_bounds const b{
      .ballots = o.ballots, .crashes = o.crashes, .changes = o.changes, .in_flight = o.in_flight};
  return explore_system(check::paxos_system<Core, Nodes, Proposers, false>{b}, o);
}

template <std::size_t Nodes, class Value, class... Keywords>
using deciding = paxos::node<paxos::acceptor<Value, limits<limit_values{.nodes = Nodes}>, Keywords...>,
                             paxos::proposer<Value, limits<limit_values{.nodes = Nodes}>, Keywords...>>;

} // namespace

int explore_paxos(explore_flags const& o) {
  bool const plain = o.with == "nothing";
  if (!plain && o.with != "learners" && o.with != "register")
    throw flags::failure{flags::complaint("--with", "nothing, learners or register", o.with)};
  if (o.nodes == 4 || (!plain && o.nodes != 3))
    throw flags::failure{
        flags::complaint("--nodes", plain ? "3 or 5" : "3 with --with " + o.with, std::to_string(o.nodes))};
  bool const three = plain && o.nodes == 3 && o.proposers == 3;
  if (o.proposers != 2 && !three)
    throw flags::failure{
        flags::complaint("--proposers", "2, or 3 of 3 nodes that only decide", std::to_string(o.proposers))};
  if (three) return run<deciding<3, std::uint8_t>, 3, 3>(o);
  if (o.nodes == 5) return run<deciding<5, std::uint8_t>, 5, 2>(o);
  if (plain) return run<deciding<3, std::uint8_t>, 3, 2>(o);
  if (o.with == "learners") return run<paxos::full_node<std::uint8_t, limits<limit_values{.nodes = 3}>>, 3, 2>(o);
  return run<deciding<3, std::uint32_t, paxos::rewritable<true>>, 3, 2>(o);
}

} // namespace check_tool
