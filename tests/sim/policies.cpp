// A user's own policies under the simulator: another command, another timer, another storage, other options.
#include "quorate/sim/campaign.hpp"
#include "quorate/sim/multi_paxos.hpp"
#include "quorate/sim/raft.hpp"
#include "quorate/timer/steady.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace quorate {
namespace {

using texts = messages<std::string>;

struct kept_apart : memory { // a storage of another type, with another way to make it
  explicit kept_apart(store_identity const& who) : memory{{.identity = who, .entries = 4000, .bytes = 512}} {}
};

} // namespace

template <>
struct sim::command_fitting<texts> {
  static std::string make(std::uint64_t number) { return "number " + std::to_string(number); }
  static std::uint64_t number(std::string const& s) { return s.size() > 7 ? std::stoull(s.substr(7)) : 0; }
};
template <>
struct sim::storage_fitting<kept_apart> {
  static kept_apart make(store_identity const& identity, std::size_t) { return kept_apart{identity}; }
  static void crash(kept_apart& s) { s.crash(); }
  static void reopen(kept_apart& s) { s.reopen(); }
};

namespace {

using own_raft =
    sim::raft_family<raft::node<raft::pre_vote<off>, raft::pipelining<off>>, texts, kept_apart, steady_timer>;
using own_multi_paxos = sim::multi_paxos_family<sim::marking_multi_paxos, texts, kept_apart, steady_timer>;

TEST_CASE_TEMPLATE("a user's policies take the place of ours", Family, own_raft, own_multi_paxos) {
  auto const all = sim::run_seeds<Family>({.nodes = 5}, 40, [](auto const&) { return true; });
  for (auto const& f : all.failed) FAIL_CHECK("seed " << f.seed << ": " << std::string{f.result.broken});
  CHECK(all.covered[sim::happening::proposals_done] > 100);
  CHECK(all.covered[sim::happening::reads_done] > 100);
}

} // namespace
} // namespace quorate
