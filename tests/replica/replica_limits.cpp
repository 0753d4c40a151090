// The limits at both ends of what compiles (tests/reject has what does not): replicas elect, commit and read.
#include "protocols.hpp"

#include "quorate/message/messages.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"
#include "quorate/transport/loopback.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace quorate {
namespace {

using namespace test;

// The failure of a node that is stopped; empty: all have applied a command, and all have read.
template <class Protocol, limit_values Limits>
std::string outcome_of(std::uint32_t nodes) {
  using node = typename Protocol::template replica<messages<int>, memory, manual_timer, limits<Limits>>;
  std::vector<node_id> ids;
  for (std::uint32_t i = 1; i <= nodes; ++i) ids.push_back(node_id{i});
  std::deque<memory> disks;
  std::deque<node> all;
  loopback<node> net;
  std::vector<int> applied(nodes), have_read(nodes);
  for (auto const id : ids)
    net.attach(id, all.emplace_back(replica_config{.self = id, .members = ids}, disks.emplace_back(),
                                    manual_timer{{20, 3, 99}, id.value}));
  for (std::uint64_t now = 0; now < 400; ++now, net.deliver_all())
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (now >= 150 && now % 10 == 0) (void)all[i].propose(1), (void)all[i].read();
      all[i].turn(now, net.sender(ids[i]), [&](auto const& e) {
        if constexpr (requires { e.command; }) ++applied[i];
        if constexpr (std::is_same_v<decltype(e), read_outcome const&>) have_read[i] += e.what == fate::done;
      });
    }
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].stopped()) return all[i].failure();
    CHECK(applied[i] > 0);
    CHECK(have_read[i] > 0);
  }
  return {};
}

constexpr limit_values lowest{
    .nodes = 3, .window = 1, .reads = 1, .append_entries = 1, .append_bytes = 0, .mark = 0, .reserve = 0};
constexpr limit_values ones{
    .nodes = 3, .window = 1, .reads = 1, .append_entries = 1, .append_bytes = 1, .mark = 1, .reserve = 1};
constexpr limit_values highest{.nodes = 64,
                               .window = 255,
                               .reads = 64,
                               .append_entries = 1U << 20,
                               .append_bytes = 1U << 30,
                               .mark = ~std::uint32_t{0},
                               .reserve = 60'000}; // of the 65,536 that memory holds

TEST_CASE_TEMPLATE("limits: the lowest, ones and the highest work", Protocol, raft_protocol,
                   multi_paxos_protocol) {
  // A new one needs a place above.
  auto [nodes, window, reads, append_entries, append_bytes, mark, reserve] = lowest;
  (void)nodes, (void)window, (void)reads, (void)append_entries, (void)append_bytes, (void)mark, (void)reserve;
  CHECK(outcome_of<Protocol, lowest>(3).empty());
  CHECK(outcome_of<Protocol, ones>(3).empty());
  CHECK(outcome_of<Protocol, highest>(3).empty());
  CHECK(outcome_of<Protocol, limit_values{.nodes = 1}>(1).empty());
}

TEST_CASE("limits: a reserve that the storage can't keep back, and more members than nodes, are refused") {
  auto const reserve = outcome_of<raft_protocol, limit_values{.reserve = std::uint64_t{1} << 32}>(1);
  CHECK(reserve.find("the storage has room for 65536 entries in all: expected at least 4294967299") == 0);
  CHECK(reserve.find("limits' reserve") != reserve.npos);
  auto const nodes = outcome_of<raft_protocol, limit_values{.nodes = 1}>(2);
  CHECK(nodes.find("expected between 1 and 1 different members") == 0);
}

} // namespace
} // namespace quorate
