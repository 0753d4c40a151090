// The order of writes and syncs: when sync() returns, every file was synced after its last write, and the
// directory after its last change.
#include "wal_model.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <set>

namespace quorate {
namespace {

bool is(disk::event const& e, std::initializer_list<char const*> whats) {
  return std::any_of(whats.begin(), whats.end(), [&](auto w) { return std::string{w} == e.what; });
}

// What was written or named and not synced afterwards. The lock file has no content, and its name need not last.
std::set<std::string> unsynced(std::vector<disk::event> const& events) {
  std::set<std::string> dirty;
  for (auto const& e : events) {
    if (e.name == "lock") continue;
    if (is(e, {"write", "allocate"})) dirty.insert(e.name);
    if (is(e, {"sync_data", "sync_file"})) dirty.erase(e.name);
    if (is(e, {"create", "rename", "unlink"})) dirty.insert("the directory");
    if (is(e, {"sync_directory"}) && e.name == "/disk") dirty.erase("the directory");
  }
  return dirty;
}

std::size_t count(std::vector<disk::event> const& events, std::initializer_list<char const*> whats) {
  return static_cast<std::size_t>(
      std::count_if(events.begin(), events.end(), [&](auto& e) { return is(e, whats); }));
}

TEST_CASE("when a store has been made and opened, all of it is durable") {
  disk d;
  auto const o = open_disk(d);
  REQUIRE_MESSAGE(o, o.error);
  CHECK(unsynced(d.events).empty());
  // `store` gets its name only when all else is durable, so that a store that is half made is not taken for one.
  auto const rename = std::find_if(d.events.begin(), d.events.end(), [](auto& e) { return is(e, {"rename"}); });
  CHECK(unsynced({d.events.begin(), rename}).empty());
}

TEST_CASE("no sync returns before the files that it wrote, and the directory if a name changed, are synced") {
  disk d;
  auto o = open_disk(d);
  player<disk_wal> p;
  std::mt19937_64 random{11};
  std::size_t rolled = 0, dropped = 0;
  for (int k = 0; k < 2000; ++k) {
    d.events.clear();
    p.move(*o.wal, random);
    REQUIRE_FALSE(p.failed);
    if (!p.sync(*o.wal)) break;
    CHECK(unsynced(d.events).empty());
    CHECK((count(d.events, {"sync_directory"}) != 0) == (count(d.events, {"create", "unlink", "rename"}) != 0));
    rolled += count(d.events, {"create"});
    dropped += count(d.events, {"unlink"});
  }
  CHECK(rolled > 20);
  CHECK(dropped > 20);
}

TEST_CASE("an installation is durable, and then `state` disowns the old segments, before the first of them goes") {
  disk d;
  auto o = open_disk(d, disk_options(512));
  player<disk_wal> p;
  for (int k = 0; k < 20; ++k) p.put(*o.wal, 1, 1, entry_kind::command, 200) && p.sync(*o.wal);
  d.events.clear();
  REQUIRE(p.install(*o.wal, {log_index{50}, stamp{2}, config_of(log_index{1}, 7)}, above_mark::if_agreeing));
  CHECK(d.events.empty());
  REQUIRE(p.sync(*o.wal));
  // The last time that this was done before the first segment went: a segment for the turn is made before it.
  auto const first = std::find_if(d.events.begin(), d.events.end(), [](auto& e) { return is(e, {"unlink"}); });
  auto const place = [&](std::string const& what, std::string const& name) {
    auto at = first;
    while (at != d.events.begin() && !(at->what == what && at->name.starts_with(name))) --at;
    return at - d.events.begin();
  };
  REQUIRE(count(d.events, {"unlink"}) > 5);
  CHECK(unsynced({d.events.begin(), first}).empty());
  CHECK(place("write", "log-") < place("sync_data", "log-"));
  CHECK(place("sync_data", "log-") < place("write", "state"));
  CHECK(place("write", "state") < place("sync_data", "state"));
  CHECK(place("sync_data", "state") + 1 == first - d.events.begin());
}

// A node's own thread must not wait: in both it does no more than write into files that are there, while its
// heartbeats are due.
TEST_CASE("of a sync in three parts only the middle one waits for the disk, makes segments and removes them") {
  disk d;
  auto o = open_disk(d);
  player<disk_wal> p;
  std::mt19937_64 random{12};
  std::size_t rolled = 0, dropped = 0;
  auto const waits = [&] { return count(d.events, {"write", "read"}) != d.events.size(); };
  for (int k = 0; k < 2000; ++k) {
    p.move(*o.wal, random);
    REQUIRE_FALSE(p.failed);
    d.events.clear();
    auto pending = o.wal->prepare(tickets{}.order());
    REQUIRE(pending);
    CHECK_FALSE(waits());
    pending->wait();
    rolled += count(d.events, {"create"});
    dropped += count(d.events, {"unlink"});
    d.events.clear();
    REQUIRE(o.wal->finish(std::move(*pending)));
    CHECK(d.events.empty());
  }
  CHECK(rolled > 20);
  CHECK(dropped > 20);
}

TEST_CASE("K5: a turn is its frame, a slot and one sync of one file, also when term or vote change") {
  disk d;
  auto o = open_disk(d, disk_options(1 << 16));
  player<disk_wal> p;
  auto const turn = [&](auto... calls) {
    d.events.clear();
    (calls(), ...);
    REQUIRE(p.sync(*o.wal));
    std::string s;
    for (auto const& e : d.events) s += std::string{e.what} + " " + e.name + "; ";
    return s;
  };
  auto const put = [&] { p.put(*o.wal, 3, 1, entry_kind::command, 10); };
  auto const vote = [&] { p.hard(*o.wal, 4, 1); };
  std::string const write = "write log-0000000000000000; ",
                    one = write + write + "sync_data log-0000000000000000; ";
  CHECK(turn(put) == one);
  CHECK(turn(put, put, put) == one);
  CHECK(turn(vote, put) == one);
  CHECK(turn(vote) == ""); // the same again: scenario T3
  // Whichever part of the state changes, and however often.
  auto const state_is = [&](std::uint64_t term, std::uint8_t vote_for, std::uint64_t chosen) {
    return [&p, &o, term, vote_for, chosen] {
      REQUIRE(o.wal->put(hard_of(term, vote_for, chosen)));
      p.now.hard = o.wal->hard();
    };
  };
  CHECK(turn(state_is(4, 2, 12)) == one);
  CHECK(turn(state_is(4, 2, 13)) == one);
  CHECK(turn(state_is(5, 2, 13), state_is(6, 2, 13)) == one);
  CHECK(turn(vote) == one);
  CHECK(turn(vote, put) == one);
  CHECK(turn() == "");
  CHECK(o.wal->counters().syncs == 9); // the opening's own, and eight
  CHECK(o.wal->counters().entries == 18);
}

} // namespace
} // namespace quorate
