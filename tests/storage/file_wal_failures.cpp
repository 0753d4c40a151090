// Scenario P8: the k-th operation of a script fails, for every k. What was acknowledged is there, and
// nothing more is acknowledged.
#include "wal_model.hpp"

#include <doctest/doctest.h>

namespace quorate {
namespace {

// A mark so many entries before the log's end.
snapshot_mark mark_in(model const& m, std::uint64_t before_last, std::uint64_t term) {
  auto const at = m.last() - before_last;
  return {at, stamp{term}, config_of(at, 3)};
}

// About seventy calls with everything in them: puts of all kinds, truncations, votes, rolls, compactions and
// installations that drop files.
void script(disk_wal& w, player<disk_wal>& p) {
  p.put(w, 1, 0, entry_kind::configuration, 4) && p.sync(w);
  for (std::uint64_t t = 1; t <= 6 && !p.failed; ++t) {
    p.hard(w, t, static_cast<std::uint8_t>(t % 3)) && p.sync(w);
    p.put(w, 1, t, entry_kind::no_op, 0) && p.put(w, 4, t, entry_kind::command, 40) && p.sync(w);
    p.put(w, 3, t, entry_kind::command, 60) && p.truncate(w, p.now.last() - 1) && p.sync(w);
    if (t % 2 == 0) p.put(w, 1, t, entry_kind::configuration, 0) && p.compact(w, p.now.last() - 2) && p.sync(w);
    if (t == 3) p.truncate(w, p.now.last() - 2) && p.hard(w, t, 2) && p.sync(w);
    if (t == 4) p.install(w, mark_in(p.now, 1, t), above_mark::if_agreeing) && p.sync(w);
    if (t == 5) p.install(w, mark_in(p.now, 2, t + 1), above_mark::if_agreeing) && p.hard(w, t, 1) && p.sync(w);
  }
}

std::string read_back(disk& d, model const& acked, model const& flying) {
  auto o = open_disk(d);
  if (!o) return o.error;
  auto const found = contents(*o.wal);
  return found == acked || found == flying ? "" : "something else than what was acknowledged";
}

TEST_CASE("the script works, rolls segments and drops some") {
  disk d;
  auto o = open_disk(d);
  REQUIRE_MESSAGE(o, o.error);
  player<disk_wal> p;
  script(*o.wal, p);
  CHECK_FALSE(p.failed);
  CHECK(contents(*o.wal) == p.now);
  CHECK(p.acked == p.now);
  CHECK_FALSE(d.names.contains("log-0000000000000000"));
  CHECK(d.names.size() >= 4);
}

TEST_CASE("an operation fails, whichever: nothing more is acknowledged, and what was acknowledged stays") {
  struct kind {
    char const* what;
    int error;
    char const* says;
  };
  for (auto const& how :
       {kind{"an I/O error", EIO, "Input/output error"}, kind{"a full disk", ENOSPC, "Free some space"},
        kind{"a short write", 0, "Input/output error"}}) {
    std::uint64_t k = 1;
    for (bool done = false; !done; ++k) {
      INFO(how.what, " at operation ", k);
      disk d;
      d.fail_at = k;
      d.error = how.error;
      player<disk_wal> p;
      {
        auto o = open_disk(d);
        if (o) script(*o.wal, p);
        done = d.operations < k;
        auto const failure = o ? o.wal->failure() : o.error;
        CHECK(done == failure.empty());
        if (!done && how.error != 0) {
          CHECK_MESSAGE(failure.find(how.says) != std::string::npos, failure);
          CHECK_MESSAGE(failure.find(" /") != std::string::npos, failure);
        }
        if (o && !done) { // stopped: the disk is healthy again, and is not asked
          CHECK(d.operations == k);
          CHECK_FALSE(o.wal->put(hard_of(77, 0xff)));
          CHECK_FALSE(o.wal->truncate(o.wal->log().last()));
          CHECK_FALSE(sync(*o.wal));
          CHECK_FALSE(sync(*o.wal));
          CHECK_FALSE(o.wal->read(o.wal->log().last(), 1));
          CHECK(o.wal->failure() == failure);
          CHECK(d.operations == k);
        }
      }
      d.heal();
      auto after_power_failure = d; // the failed sync's bytes can still be read now, and are lost then
      CHECK(read_back(d, p.acked, p.now) == "");
      CHECK(read_back(d, p.acked, p.now) == "");
      std::mt19937_64 random{k};
      after_power_failure.crash(random);
      CHECK(read_back(after_power_failure, p.acked, p.now) == "");
    }
    CHECK(k > 120);
  }
}

// Two levels: a failed operation leaves bytes that can be read and are not on the disk, and the recovery that
// finds them is itself cut short by a power failure.
TEST_CASE("an operation fails, and then the power fails at any operation of the recovery") {
  std::uint64_t k = 1, runs = 0;
  for (bool done = false; !done; ++k) {
    disk failed;
    failed.fail_at = k;
    player<disk_wal> p;
    {
      auto o = open_disk(failed);
      if (o) script(*o.wal, p);
      done = failed.operations < k;
    }
    bool recovered = false;
    for (std::uint64_t j = 1; !recovered; ++j, ++runs) {
      INFO("operation ", k, " fails, then the power at ", j);
      auto d = failed;
      d.heal();
      d.fail_at = j;
      d.power_fails = true;
      recovered = open_disk(d).wal.has_value();
      d.heal();
      d.power_fails = false;
      std::mt19937_64 random{k * 1000 + j};
      d.crash(random);
      auto const wrong = read_back(d, p.acked, p.now);
      REQUIRE(wrong == "");
    }
  }
  CHECK(runs > 3000);
}

TEST_CASE("what was found after a failed sync is made durable before it is handed out") {
  // The failed sync's bytes are still in the system's memory, which takes them for clean: syncing again
  // writes nothing.
  disk d;
  player<disk_wal> p;
  {
    auto o = open_disk(d);
    p.put(*o.wal, 2, 1, entry_kind::command, 30);
    d.fail_at = d.operations + 3; // the writes of frame and slot go well, the sync fails
    CHECK_FALSE(p.sync(*o.wal));
    CHECK(std::string{d.events.back().what} == "sync_data");
  }
  d.heal();
  auto o = open_disk(d);
  REQUIRE_MESSAGE(o, o.error);
  CHECK(contents(*o.wal) == p.now);
  o.wal.reset();
  for (auto& [id, f] : d.inodes) f.pending.clear(), f.now = f.durable;
  d.locked.clear();
  CHECK(read_back(d, p.now, p.now) == "");
}

} // namespace
} // namespace quorate
