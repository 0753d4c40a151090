// The log on a real disk: what goes in comes out, also of a log opened again.
#include "quorate/storage/file_wal.hpp"
#include "wal_directory.hpp"
#include "wal_model.hpp"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace quorate {
namespace {

static_assert(storage<file_wal>);
static_assert(storage<disk_wal>);

wal_options options_in(temporary_directory const& dir) {
  auto o = disk_options(4096);
  o.directory = dir / "data/node";
  return o;
}

file_wal opened(wal_options const& options) {
  auto o = file_wal::open(options);
  REQUIRE_MESSAGE(o, o.error);
  return std::move(*o.wal);
}

TEST_CASE("a new store is empty, has the directories made for it, and knows who it is") {
  temporary_directory const dir;
  auto const w = opened(options_in(dir));
  CHECK(w.log().last() == log_index{0});
  CHECK(w.hard() == hard_state{});
  CHECK(w.recovered().created);
  CHECK(w.identity().cluster == cluster_id{7});
  CHECK(w.identity().node == node_id{3});
  CHECK(w.identity().store != store_id{});
  CHECK(w.identity().incarnation == incarnation_id{1});
  CHECK(std::filesystem::file_size(dir / "data/node/log-0000000000000000") == 4096 + 3 * 4096);
}

TEST_CASE("the incarnation rises at each opening, and the store stays the same") {
  temporary_directory const dir;
  auto const first = opened(options_in(dir)).identity();
  for (std::uint64_t n = 2; n < 50; ++n) { // long enough to roll a segment
    auto const w = opened(options_in(dir));
    CHECK(w.identity() == store_identity{first.cluster, first.node, first.store, incarnation_id{n}});
    CHECK_FALSE(w.recovered().created);
    CHECK(w.recovered().notes.empty());
  }
}

TEST_CASE("two stores are not the same store") {
  temporary_directory const a, b;
  CHECK(opened(options_in(a)).identity().store != opened(options_in(b)).identity().store);
}

TEST_CASE("everything put and synced is there again, whatever else was done") {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    temporary_directory const dir;
    std::mt19937_64 random{seed};
    player<file_wal> p;
    for (int life = 0; life < 4; ++life) {
      auto w = opened(options_in(dir));
      CHECK(contents(w, 1000) == p.acked);
      p.now = p.acked;
      for (int k = 0; k < 150; ++k) {
        p.move(w, random);
        REQUIRE_MESSAGE(!p.failed, w.failure());
        if (k % 10 == 0) CHECK(contents(w, random() % 300) == p.now); // reads see what was not synced yet
      }
      REQUIRE(p.sync(w));
    }
  }
}

TEST_CASE("what was put and not synced may be gone, and is never half there") {
  temporary_directory const dir;
  player<file_wal> p;
  {
    auto w = opened(options_in(dir));
    p.put(w, 3, 1, entry_kind::command, 5);
    REQUIRE(p.sync(w));
    p.put(w, 3, 1, entry_kind::command, 5);
  }
  auto w = opened(options_in(dir));
  CHECK(contents(w) == p.acked);
}

TEST_CASE("a truncation holds, also when nothing was put after it") {
  temporary_directory const dir;
  player<file_wal> p;
  {
    auto w = opened(options_in(dir));
    p.put(w, 5, 1, entry_kind::command, 5);
    REQUIRE(p.sync(w));
    p.truncate(w, log_index{3});
    REQUIRE(p.sync(w));
  }
  auto w = opened(options_in(dir));
  CHECK(w.log().last() == log_index{2});
  p.put(w, 1, 2, entry_kind::command, 7);
  REQUIRE(p.sync(w));
  CHECK(contents(w) == p.now);
}

TEST_CASE("a configuration truncated away is not in force any more, nor after opening again") {
  temporary_directory const dir;
  auto const put = [](file_wal& w, std::uint64_t at, std::uint64_t voters) {
    auto const blob =
        blob_of({{stamp{1}, entry_kind::configuration, config_bytes(log_index{at}, voters, {})}}, 0, 1);
    return w.put({log_index{at}, 1, stamp{1}, entry_kind::configuration}, payloads::trusted(blob, 1));
  };
  {
    auto w = opened(options_in(dir));
    CHECK(put(w, 1, 7));
    CHECK(put(w, 2, 31));
    REQUIRE(sync(w));
    CHECK(w.log().config_at(log_index{2}).voters.bits == 31);
    CHECK(w.truncate(log_index{2}));
    REQUIRE(sync(w));
  }
  auto w = opened(options_in(dir));
  CHECK(w.log().config_at(w.log().last()).voters.bits == 7);
}

TEST_CASE("a store may begin behind any entry") {
  temporary_directory const dir;
  auto options = options_in(dir);
  options.start = {log_index{1000}, stamp{9}, {node_set<64>::first(3)}};
  player<file_wal> p;
  p.now.start = options.start;
  {
    auto w = opened(options);
    CHECK(contents(w) == p.now);
    p.put(w, 2, 9, entry_kind::command, 10);
    REQUIRE(p.sync(w));
  }
  auto w = opened(options_in(dir)); // an existing store begins where it does
  CHECK(contents(w) == p.acked);
  CHECK(w.log().last() == log_index{1002});
}

TEST_CASE("compaction gives segments back") {
  temporary_directory const dir;
  auto w = opened(options_in(dir));
  player<file_wal> p;
  auto const files = [&] { return std::distance(std::filesystem::directory_iterator{dir / "data/node"}, {}); };
  for (int k = 0; k < 40; ++k) p.put(w, 10, 1, entry_kind::command, 50) && p.sync(w);
  CHECK(files() > 8);
  p.compact(w, p.now.last());
  REQUIRE(p.sync(w));
  CHECK(files() <= 5); // lock, state, store, and at most the two newest segments
  CHECK(contents(w) == p.now);
}

TEST_CASE("an entry larger than a segment gets one of its size") {
  temporary_directory const dir;
  player<file_wal> p;
  {
    auto w = opened(options_in(dir));
    for (std::size_t const size : {10U, 100'000U, 10U}) p.put(w, 1, 1, entry_kind::command, size) && p.sync(w);
    CHECK(contents(w) == p.now);
  }
  auto w = opened(options_in(dir));
  CHECK(contents(w) == p.acked);
}

TEST_CASE("fit takes as much as fits, and never nothing") {
  disk d;
  auto o = open_disk(d);
  player<disk_wal> p;
  std::mt19937_64 random{5};
  for (std::uint32_t k = 0; k < 60; ++k) {
    p.put(*o.wal, 1 + k % 4, 1, entry_kind::command, random() % 70);
    if (k % 7 == 0) p.truncate(*o.wal, p.now.last());
    if (k % 3 == 0) p.sync(*o.wal);
  }
  p.compact(*o.wal, log_index{9});
  auto const& log = o.wal->log();
  for (auto i = log.compacted() + 1; i <= log.last(); i = i + 1)
    for (std::size_t budget = 0; budget < 400; budget += 13) {
      auto const max = static_cast<std::uint32_t>(1 + random() % 9);
      std::uint32_t n = 0;
      for (std::size_t bytes = 0; n < max && i + n <= log.last(); ++n)
        if (bytes += 4 + p.now.at(i + n).bytes.size(); n > 0 && bytes > budget) break;
      CHECK(log.fit(i, max, budget) == entry_run{i, n, stamp{1}, entry_kind::command});
    }
}

TEST_CASE("a record that rots while the log is open is not handed out") {
  temporary_directory const dir;
  auto options = options_in(dir);
  options.cache_bytes = 0;
  auto w = opened(options);
  player<file_wal> p;
  p.put(w, 2, 1, entry_kind::command, 50);
  REQUIRE(p.sync(w));
  p.put(w, 2, 1, entry_kind::command, 50);
  REQUIRE(p.sync(w));
  auto const name = "data/node/log-0000000000000000";
  auto bytes = dir.read(name);
  auto const at = bytes.find(reinterpret_cast<char const*>(p.now.at(log_index{1}).bytes.data()), 0, 50);
  REQUIRE(at != std::string::npos);
  bytes[at + 3] = static_cast<char>(bytes[at + 3] ^ 1);
  dir.write(name, bytes);
  CHECK_FALSE(w.read(log_index{1}, 1));
  CHECK_MESSAGE(w.failure().find(name) != std::string::npos, w.failure());
  CHECK_MESSAGE(w.failure().find("damaged at offset") != std::string::npos, w.failure());
  CHECK_FALSE(sync(w));
}

TEST_CASE("what a program must not do is refused, and stops it") {
  temporary_directory const dir;
  auto const refused = [&](auto misuse) {
    auto w = opened(options_in(dir));
    player<file_wal> p;
    p.now = contents(w);
    if (p.now.entries.empty()) p.put(w, 5, 1, entry_kind::command, 5) && p.compact(w, log_index{2}) && p.sync(w);
    misuse(w);
    return w.failure().find("bug of the program") != std::string::npos && !sync(w);
  };
  payloads const none{};
  CHECK(refused([&](auto& w) { CHECK_FALSE(w.put({log_index{9}, 1, stamp{1}, {}}, none)); }));
  CHECK(refused([&](auto& w) { CHECK_FALSE(w.put({log_index{6}, 1, stamp{1}, {}}, none)); }));
  auto const other = blob_of({{stamp{1}, entry_kind::configuration, config_bytes(log_index{7}, 1, {})}}, 0, 1);
  CHECK(refused([&](auto& w) { // the configuration of another index
    CHECK_FALSE(w.put({log_index{6}, 1, stamp{1}, entry_kind::configuration}, payloads::trusted(other, 1)));
  }));
  CHECK(refused([](auto& w) { CHECK_FALSE(w.truncate(log_index{2})); }));
  CHECK(refused([](auto& w) { CHECK_FALSE(w.compact(log_index{6})); }));
  CHECK(refused([](auto& w) { CHECK_FALSE(w.install({log_index{2}, {}, {}}, above_mark::always)); }));
  CHECK(refused([](auto& w) { CHECK_FALSE(w.read(log_index{2}, 1)); }));
  CHECK(refused([](auto& w) { CHECK_FALSE(w.read(log_index{5}, 2)); }));
}

TEST_CASE("a process killed between two syncs leaves what it had synced, and its lock goes with it") {
  temporary_directory const dir;
  int ready[2];
  REQUIRE(::pipe(ready) == 0);
  auto const child = ::fork();
  if (child == 0) {
    auto o = file_wal::open(options_in(dir));
    player<file_wal> p;
    char const fine = o && p.put(*o.wal, 3, 1, entry_kind::command, 5) && p.sync(*o.wal) &&
                      p.put(*o.wal, 3, 1, entry_kind::command, 5);
    (void)!::write(ready[1], &fine, 1);
    for (;;) ::pause();
  }
  char fine = 0;
  CHECK(::read(ready[0], &fine, 1) == 1);
  CHECK(fine == 1);
  auto const locked = file_wal::open(options_in(dir));
  CHECK_FALSE(locked);
  CHECK_MESSAGE(locked.error.find("in use by another process") != std::string::npos, locked.error);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  auto const w = opened(options_in(dir));
  CHECK(w.log().last() == log_index{3});
  CHECK(w.identity().incarnation == incarnation_id{2});
  ::close(ready[0]);
  ::close(ready[1]);
}

} // namespace
} // namespace quorate
