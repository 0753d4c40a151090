// Nothing is said before it is durable: clusters on the write-ahead log, on disks that know what is durable. At
// each binding message that leaves a node, and at each outcome, the power is cut in thought: what a recovery of
// the synced bytes alone would find must be what was said (cluster.hpp). A log without either kind of sync fails.
#include "cluster.hpp"
#include "support/dice.hpp"

#include <cstdint>

namespace quorate {
namespace {

using namespace test;

template <class Protocol>
struct run_of {
  protocol_cluster<Protocol, wal_on_disk> c{};
  std::size_t power_cuts = 0;

  run_of() {
    c.strict = false;
    c.settings = {10, 3, 60};
    for (std::uint32_t id = 1; id <= 3; ++id) c.crash(id), c.restart(id);
  }
  // Proposals everywhere, and now and then messages are lost, or a node its power.
  void go(std::uint64_t seed, int ticks, bool cuts) {
    dice random{seed};
    for (std::uint64_t t = 0; t < static_cast<std::uint64_t>(ticks); ++t) {
      for (std::uint32_t id = 1; id <= 3; ++id)
        if (random(3) == 0) (void)c.propose(id, 3 * t + id);
      c.run(1);
      for (std::uint32_t id = 1; id <= 3 && cuts; ++id)
        if (random(400) == 0) c.crash(id), c.restart(id), ++power_cuts;
      if (random(20) == 0) c.net.clear();
    }
  }
};

TEST_CASE_TEMPLATE(
    "no vote and no acknowledgement leaves, and nothing is told done, before the sync that covers it", Protocol,
    raft_protocol, multi_paxos_protocol) {
  std::size_t said = 0, done = 0, power_cuts = 0;
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    CAPTURE(seed);
    run_of<Protocol> r;
    r.go(seed, 300, true);
    CHECK(r.c.unsound == 0);
    r.c.book.check();
    said += r.c.sent_binding;
    done += r.c.book.promised_at.size();
    power_cuts += r.power_cuts;
  }
  CHECK(said > 500);
  CHECK(done > 100);
  CHECK(power_cuts > 3);
}

TEST_CASE_TEMPLATE("leaving out either kind of sync is seen", Protocol, raft_protocol, multi_paxos_protocol) {
  run_of<Protocol> data, names;
  for (std::uint32_t id = 1; id <= 3; ++id) {
    data.c[id].disk.platter().data_sync_lies = true;
    names.c[id].disk.platter().directory_sync_lies = true;
  }
  data.go(1, 100, false);
  CHECK(data.c.unsound > 0);
  names.go(1, 100, false);
  CHECK(names.c.unsound > 0);
}

} // namespace
} // namespace quorate
