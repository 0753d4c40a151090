// Data directories that replicas of the earlier versions have written are opened with all that was in them, and go
// on in this one.
#include "golden.hpp"

#include "crash_images.hpp"
#include "image_judge.hpp"
#include "quorate/core/ballot.hpp"
#include "quorate/multi_paxos/hard.hpp"
#include "quorate/raft/hard.hpp"
#include "quorate/replica/hard.hpp"
#include "wal_directory.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace quorate {
namespace {

struct golden_case {
  std::uint32_t format;
  std::string protocol;
  std::size_t entries; // of which the log has at the least so many
  std::size_t found;   // how many things are mended, beside the format
  std::string name() const { return "format_" + std::to_string(format) + "_" + protocol; }
  golden_store load() const { return golden_store{QUORATE_GOLDEN "/" + name() + ".txt"}; }
};
std::vector<golden_case> const cases{
    {1, "raft", 14, 0}, {1, "multi_paxos", 45, 1}, {2, "raft", 45, 1}, {2, "multi_paxos", 14, 0}};

wal_options options_of(golden_case const& c, golden_store const& s) {
  auto o = disk_options(1024);
  o.node = node_id{s.node};
  o.protocol = c.protocol + " 1";
  return o;
}
void lay_down(golden_store const& s, temporary_directory const& dir) {
  for (auto const& [name, bytes] : s.files)
    dir.write(name, {reinterpret_cast<char const*>(bytes.data()), bytes.size()});
}
disk disk_with(golden_store const& s) {
  disk d;
  int id = 0;
  for (auto const& [name, bytes] : s.files) {
    d.inodes[++id] = {bytes, bytes, {}};
    d.names[name] = id;
  }
  d.durable_names = d.names;
  return d;
}

// How many segments of each version there are.
std::vector<int> versions_in(temporary_directory const& dir) {
  std::vector<int> n(wal::format_version + 1);
  for (auto const& e : std::filesystem::directory_iterator{dir.path()}) {
    auto const name = e.path().filename().string();
    if (!wal::segment_start(name)) continue;
    auto const raw = bytes_of(dir.read(name));
    if (auto const head = wal::segment_head::decode(raw)) ++n[head->version];
  }
  return n;
}

void hard_state_is_read(golden_case const& c, golden_store const& s, hard_state const& h) {
  if (c.protocol == "raft") {
    auto const read = from_hard_state<raft::term_and_vote>(h);
    REQUIRE(read);
    CHECK(read->term.value == s.promised);
    CHECK(read->term.value == 4);
    CHECK(read->vote == member_id{2}); // at place 1, which is not the first
    CHECK(s.vote == 1);
  } else {
    auto const read = from_hard_state<multi_paxos::promise_and_mark>(h);
    REQUIRE(read);
    CHECK(read->promised.value == s.promised);
    CHECK(ballot{read->promised.value}.round_number() == 4);
    CHECK(ballot{read->promised.value}.owner() == member_id{2});
    CHECK(read->chosen.value == s.chosen);
    CHECK(s.chosen == 38);
  }
}

hard_state next_hard_state(golden_case const& c) {
  if (c.protocol == "raft") return to_hard_state(raft::term_and_vote{term_id{5}, member_id{3}});
  return to_hard_state(multi_paxos::promise_and_mark{stamp{ballot_at(5, member_id{3}).value}, log_index{39}});
}

TEST_CASE("a data directory of an earlier version is opened with all that it holds, and goes on in this one") {
  for (auto const& c : cases) {
    CAPTURE(c.name());
    auto const s = c.load();
    temporary_directory const dir;
    lay_down(s, dir);
    auto options = options_of(c, s);
    options.directory = dir.path();
    REQUIRE(wal::store_head::decode(bytes_of(dir.read("store")))->format == c.format);
    player<file_wal> p;
    {
      auto o = file_wal::open(options);
      REQUIRE_MESSAGE(o, o.error);
      auto& w = *o.wal;
      p.now = contents(w);
      CHECK(p.now.entries.size() >= c.entries);
      CHECK(p.now == s.expected);
      hard_state_is_read(c, s, w.hard());
      CHECK(w.log().config_at(w.log().last()) == golden_store::founders());
      CHECK(w.identity().incarnation.value == s.incarnation + 1);
      CHECK(w.recovered().notes.size() == c.found + 1);
      CHECK(w.recovered().notes.back() ==
            "brought the store in " + dir.path() + " from format version " + std::to_string(c.format) + " to 3");
      auto const versions = versions_in(dir);
      CHECK(versions[c.format] > 0);
      CHECK(versions[3] == 1);
      p.now.hard = next_hard_state(c);
      CHECK(w.put(p.now.hard));
      for (int k = 0; k < 30; ++k) {
        p.put(w, 2, s.promised, entry_kind::command, 30);
        REQUIRE(p.sync(w));
      }
    }
    auto o = file_wal::open(options);
    REQUIRE_MESSAGE(o, o.error);
    CHECK(contents(*o.wal) == p.acked);
    CHECK(o.wal->hard() == next_hard_state(c));
    CHECK(o.wal->log().config_at(o.wal->log().last()) == golden_store::founders());
    CHECK(o.wal->recovered().notes.empty());
    auto const versions = versions_in(dir);
    CHECK(versions[c.format] > 0); // one log, of two formats
    CHECK(versions[3] > 1);
    CHECK(versions[3 - c.format] == 0);
  }
}

// What is wrong with what a power cut in the middle of the first opening has left; "": nothing.
std::string judge(disk image, golden_store const& s, wal_options const& options) {
  for (int times = 0; times < 2; ++times) {
    auto o = open_disk(image, options);
    if (!o) return "refused: " + o.error;
    if (contents(*o.wal) != s.expected) return "something else";
    if (times == 1 && !o.wal->recovered().notes.empty()) return "mended twice: " + o.wal->recovered().notes[0];
  }
  return "";
}

TEST_CASE("a power cut at any operation of the first opening leaves all that a golden store holds") {
  for (auto const& c : cases) {
    CAPTURE(c.name());
    auto const s = c.load();
    auto const options = options_of(c, s);
    auto d = disk_with(s);
    test::dice dice{c.format};
    std::uint64_t points = 0, images = 0;
    std::string wrong;
    d.watch = [&](disk const& now) {
      if (!wrong.empty() || image_judge::only_read(now)) return;
      ++points;
      (void)crash_images{now}.each(24, dice, [&](disk image) {
        ++images;
        wrong = judge(std::move(image), s, options);
        return wrong.empty();
      });
    };
    CHECK(open_disk(d, options));
    CHECK(wrong == "");
    CHECK(points > 20);
    CHECK(images > 100);
  }
}

TEST_CASE("a store of this version that was made to begin behind snapshots is opened with all that it holds") {
  golden_store const s{QUORATE_GOLDEN "/format_3_install.txt"};
  temporary_directory const dir;
  lay_down(s, dir);
  auto options = options_of({3, "raft", 0, 0}, s);
  options.directory = dir.path();
  player<file_wal> p;
  {
    auto o = file_wal::open(options);
    REQUIRE_MESSAGE(o, o.error);
    CHECK(contents(*o.wal) == s.expected);
    CHECK(o.wal->log().compacted() == log_index{12});
    CHECK(o.wal->log().last() == log_index{18});
    CHECK(o.wal->identity().incarnation.value == s.incarnation + 1);
    CHECK(o.wal->recovered().notes.empty());
    p.now = s.expected;
    p.put(*o.wal, 3, 4, entry_kind::command, 30);
    REQUIRE(p.sync(*o.wal));
  }
  auto o = file_wal::open(options);
  REQUIRE_MESSAGE(o, o.error);
  CHECK(contents(*o.wal) == p.acked);
}

TEST_CASE("a golden store whose configuration's entry can't be read is refused") {
  for (auto const& c : cases) {
    auto const s = c.load();
    if (s.expected.start.compacted.value > 0) continue; // that entry is gone
    CAPTURE(c.name());
    auto d = disk_with(s);
    auto& log = d.file("log-0000000000000000");
    auto const& entry = s.expected.entries[0].bytes;
    auto const at = std::search(log.begin(), log.end(), entry.begin(), entry.end());
    REQUIRE(at != log.end());
    *at |= std::byte{8}; // a fourth voter, whose id is not there
    auto const record = at - static_cast<std::ptrdiff_t>(payloads::prefix + wal::record_head::encoded_size);
    wal::record_head::seal({record, wal::record_head::encoded_size + payloads::prefix + entry.size()},
                           wal::store_head::decode(d.file("store"))->salt);
    auto const o = open_disk(d, options_of(c, s));
    CHECK_FALSE(o);
    CHECK_MESSAGE(o.error.find("the file /disk/log-0000000000000000 is damaged at offset ") == 0, o.error);
    CHECK_MESSAGE(o.error.find(": the configuration in entry 1 can't be read") != std::string::npos, o.error);
  }
}

} // namespace
} // namespace quorate
