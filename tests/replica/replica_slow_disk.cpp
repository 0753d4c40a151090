// A slow disk: a node that waits for a sync does nothing else. The log says how many syncs a turn takes.
#include "cluster.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

namespace quorate {
namespace {

using namespace test;

// Replicas each of which is blocked by its syncs, while what it is sent waits.
template <class Protocol>
class blocked_cluster {
public:
  std::size_t most_syncs = 0; // of a turn that made no segment

  blocked_cluster(std::uint64_t sync_takes, std::uint32_t lives) : sync_takes_{sync_takes} {
    for (std::uint32_t id = 1; id <= 3; ++id) // each life draws its waiting times from another seed
      for (std::uint32_t k = 0; k < lives; ++k) c_.crash(id), c_.restart(id);
  }
  // Whether somebody leads and has committed what it must, that many ticks from now at the latest.
  bool elects(std::uint64_t ticks) {
    for (; ticks > 0; --ticks) {
      tick();
      if (auto const l = c_.leader(); l != 0 && Protocol::settled(c_[l]->core(), c_[l].disk.log())) return true;
    }
    return false;
  }

private:
  using packet = typename protocol_cluster<Protocol, wal_on_disk>::packet;

  void tick() {
    ++c_.now;
    for (std::uint32_t id = 1; id <= 3; ++id) {
      if (free_at_[id] > c_.now) continue;
      auto const theirs = [&](auto const& p) { return p.second.to.value == id && p.first <= c_.now; };
      for (auto const& p : on_the_way_)
        if (theirs(p)) c_.hand_over(p.second);
      std::erase_if(on_the_way_, theirs);
      turn(id);
    }
  }
  void turn(std::uint32_t id) {
    auto& events = c_[id].disk.platter().events;
    events.clear();
    c_.turn(id);
    auto const count = [&](std::string_view what) {
      return static_cast<std::size_t>(std::ranges::count_if(events, [&](auto& e) { return e.what == what; }));
    };
    if (count("create") == 0) most_syncs = std::max(most_syncs, count("sync_data"));
    free_at_[id] = c_.now + count("sync_data") * sync_takes_;
    // What need not wait for the sync leaves before it.
    for (auto& p : c_.net) on_the_way_.emplace_back((waits(p) ? free_at_[id] : c_.now) + 1, std::move(p));
    c_.net.clear();
  }

  static bool waits(packet const& p) {
    return std::visit([]<class M>(M const&) { return binding_message<M>; }, p.what);
  }

  protocol_cluster<Protocol, wal_on_disk> c_{};
  std::uint64_t sync_takes_;
  std::map<std::uint32_t, std::uint64_t> free_at_{};
  std::vector<std::pair<std::uint64_t, packet>> on_the_way_{}; // and from when on it is there
};

TEST_CASE_TEMPLATE("K5: a sync that takes half of the election timeout on all nodes leaves them a leader",
                   Protocol, raft_protocol, multi_paxos_protocol) {
  int elected = 0;
  for (std::uint32_t lives = 1; lives <= 20; ++lives) {
    blocked_cluster<Protocol> slow{50, lives};
    elected += slow.elects(3000) ? 1 : 0;
    CHECK(slow.most_syncs == 1);
  }
  CHECK(elected == 20);
}

} // namespace
} // namespace quorate
