// Snapshots in a folder: what is found there, what is refused and how, and the parts of a seal.
#include "quorate/snapshot/folder_snapshots.hpp"

#include "places.hpp"
#include "storage/wal_directory.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <thread>
#include <utility>

namespace quorate {
namespace {

using test::open_snapshots;
using test::sample;

std::string name_at(disk const& d, std::uint64_t at) {
  for (auto const& [name, id] : d.names)
    if (auto const n = snapshots::parse_name(name); n && n->at == log_index{at}) return name;
  return "";
}
bool has(std::string const& text, std::string const& part) { return text.find(part) != std::string::npos; }

TEST_CASE("names are read as they are written, and others are none") {
  auto const name = snapshots::file_name(log_index{17}, snapshot_id{0xabc});
  CHECK(name == "snapshot-0000000000000011-0000000000000abc");
  auto n = snapshots::parse_name(name);
  REQUIRE(n);
  CHECK((n->at == log_index{17} && n->id == snapshot_id{0xabc} && n->finished));
  n = snapshots::parse_name(snapshots::unfinished_name(name));
  REQUIRE(n);
  CHECK_FALSE(n->finished);
  for (char const* other :
       {"", "lock", "snapshot-", "snapshot-0000000000000011+0000000000000abc",
        "snapshot-0000000000000011-0000000000000abg", "snapshot-0000000000000011-0000000000000abc0",
        "snapshot-00000000000000-1-0000000000000abc", "snapshot-0000000000000011-000000000000abc.part"})
    CHECK_FALSE(snapshots::parse_name(other));
}

TEST_CASE("in a real folder: made, sealed, found again, locked") {
  temporary_directory directory;
  snapshot_folder_options const options{directory / "a/snapshots", cluster_id{7}};
  {
    auto one = folder_snapshots::open(options);
    REQUIRE_MESSAGE(one, one.error);
    REQUIRE((sample{3}.put(*one.store) && sample{9, 700'000}.put(*one.store)));
    auto const other = folder_snapshots::open(options);
    CHECK_FALSE(other);
    CHECK_MESSAGE(has(other.error, "is in use by another process"), other.error);
    REQUIRE(sample{12}.begin(*one.store));
  }
  auto again = folder_snapshots::open(options);
  REQUIRE_MESSAGE(again, again.error);
  CHECK(again.store->failure().empty());
  auto const newest = again.store->newest();
  REQUIRE(newest);
  CHECK(newest->mark == sample{9}.mark);
  CHECK(test::read_all(*again.store, *newest, 4096) == sample(9, 700'000).bytes);
  std::size_t files = 0;
  for (auto const& e : std::filesystem::directory_iterator{directory / "a/snapshots"}) files += e.exists() ? 1 : 0;
  CHECK(files == 3); // two snapshots and the lock: the unfinished one is gone
}
TEST_CASE("a folder that can't be made is a sentence") {
  temporary_directory directory;
  directory.write("file", "in the way");
  auto const o = folder_snapshots::open({directory / "file/snapshots", {}});
  CHECK_FALSE(o);
  CHECK_MESSAGE(has(o.error, "can't make the directory "), o.error);
}

TEST_CASE("a damaged newest is refused by name, and the one before it serves; both: none does") {
  disk d;
  {
    auto o = open_snapshots(d);
    REQUIRE((sample{3}.put(*o.store) && sample{9}.put(*o.store)));
  }
  d.file(name_at(d, 9))[300] ^= std::byte{1};
  {
    auto o = open_snapshots(d);
    REQUIRE_MESSAGE(o, o.error);
    CHECK(o.store->newest()->mark == sample{3}.mark);
    CHECK_MESSAGE(has(o.store->failure(), "the snapshot /disk/" + name_at(d, 9) + " is damaged: expected "),
                  o.store->failure());
    CHECK(o.store->damaged().size() == 1);
  }
  d.file(name_at(d, 3)).resize(100);
  auto o = open_snapshots(d);
  REQUIRE_MESSAGE(o, o.error);
  CHECK_FALSE(o.store->newest());
  CHECK(has(o.store->failure(), name_at(d, 9)));
  CHECK(has(o.store->failure(), name_at(d, 3)));
  REQUIRE(sample{4}.put(*o.store)); // and what is damaged makes room
  CHECK(name_at(d, 9).empty());
  CHECK(name_at(d, 3).empty());
}
TEST_CASE("one that was renamed is not taken for what its name says") {
  disk d;
  {
    auto o = open_snapshots(d);
    REQUIRE(sample{3}.put(*o.store));
  }
  auto const name = name_at(d, 3);
  d.names[snapshots::file_name(log_index{8}, snapshot_id{5})] = d.names[name];
  d.names.erase(name);
  auto o = open_snapshots(d);
  REQUIRE_MESSAGE(o, o.error);
  CHECK_FALSE(o.store->newest());
  CHECK(has(o.store->failure(), "is damaged"));
}
TEST_CASE("rot since the opening: the whole reading is refused, and so is the snapshot; also if it is cut") {
  for (bool const cut : {false, true}) {
    disk d;
    auto o = open_snapshots(d);
    REQUIRE((sample{3}.put(*o.store) && sample{9}.put(*o.store)));
    auto const newest = *o.store->newest();
    auto& f = d.file(name_at(d, 9));
    if (cut)
      f.resize(f.size() - 40);
    else
      f[f.size() - 30] ^= std::byte{1};
    CHECK_FALSE(test::read_all(*o.store, newest));
    CHECK_MESSAGE(has(o.store->failure(), "is damaged: expected "), o.store->failure());
    CHECK(o.store->newest()->mark == sample{3}.mark);
    CHECK(test::read_all(*o.store, *o.store->newest()) == sample{3}.bytes);
    std::array<std::byte, 4> out{};
    CHECK_FALSE(o.store->read(newest.id, 0, out));
  }
}
TEST_CASE("if the newest rots, the one before it is read before it is given out") {
  disk d;
  auto o = open_snapshots(d);
  REQUIRE((sample{3}.put(*o.store) && sample{6}.put(*o.store) && sample{9}.put(*o.store)));
  o.store.reset();
  o = open_snapshots(d); // which reads the newest only
  auto const newest = *o.store->newest();
  for (std::uint64_t const at : {6U, 9U}) {
    auto& f = d.file(name_at(d, at));
    f[f.size() - 30] ^= std::byte{1};
  }
  CHECK_FALSE(test::read_all(*o.store, newest));
  CHECK(o.store->newest()->mark == sample{3}.mark);
}

TEST_CASE("a snapshot of a later program, or of another cluster, is not passed over in silence") {
  disk d;
  {
    auto o = open_snapshots(d);
    REQUIRE(sample{3}.put(*o.store));
  }
  auto const other = open_snapshots(d, cluster_id{8});
  CHECK_FALSE(other);
  CHECK_MESSAGE(has(other.error, "belongs to cluster 7 and not to cluster 8"), other.error);
  auto& f = d.file(name_at(d, 3));
  f[4] = std::byte{2};
  wal::byte_writer{f.data() + 60}.u32(wal::checksum{}.add(std::span{f}.first(60)).value());
  auto const before = f;
  auto const later = open_snapshots(d);
  CHECK_FALSE(later);
  CHECK_MESSAGE(has(later.error, "the version at offset 4 of the file /disk/snapshot-"), later.error);
  CHECK(has(later.error, "is not known to this build"));
  CHECK(d.file(name_at(d, 3)) == before);
}
TEST_CASE("what others have put there is left alone") {
  disk d;
  d.inodes[1].now = test::bytes_of("notes"), d.names["README"] = 1;
  auto o = open_snapshots(d);
  REQUIRE_MESSAGE(o, o.error);
  REQUIRE(sample{3}.put(*o.store));
  CHECK(d.names.contains("README"));
}

TEST_CASE("a name that a process gave before it was killed is made durable before it is told") {
  disk d;
  {
    auto o = open_snapshots(d);
    d.directory_sync_lies = true; // as if it had not come to the sync
    REQUIRE(sample{3}.put(*o.store));
    d.directory_sync_lies = false;
  }
  {
    auto o = open_snapshots(d);
    REQUIRE(o.store->newest());
  }
  auto const nothing = [] { return std::uint64_t{0}; };
  d.crash(nothing);
  CHECK(open_snapshots(d).store->newest());
}

TEST_CASE("a seal in parts: it waits on another thread, and the store serves meanwhile") {
  temporary_directory directory;
  auto o = folder_snapshots::open({directory / "s", {}});
  REQUIRE_MESSAGE(o, o.error);
  auto& s = *o.store;
  REQUIRE(sample{3}.put(s));
  REQUIRE((sample{9}.begin(s) && s.write(sample{9}.bytes)));
  auto pending = s.prepare_seal();
  REQUIRE(pending);
  std::thread waiting{[&] { pending->wait(); }};
  CHECK(test::read_all(s, *s.newest()) == sample{3}.bytes);
  CHECK_FALSE(sample{12}.begin(s));
  CHECK(has(s.failure(), "between prepare_seal() and finish_seal()"));
  CHECK_FALSE(s.write(sample{9}.bytes));
  CHECK_FALSE(s.seal());
  waiting.join();
  CHECK(s.newest()->mark == sample{3}.mark);
  REQUIRE(s.finish_seal(std::move(*pending)));
  CHECK(s.newest()->mark == sample{9}.mark);
  CHECK(s.drop(s.before(s.newest()->id)->id));
  CHECK_FALSE(s.drop(s.newest()->id));
  CHECK(has(s.failure(), "drop() was called for the newest one"));
}
TEST_CASE("what a store refuses is a sentence") {
  disk d;
  auto o = open_snapshots(d);
  REQUIRE(sample{3}.put(*o.store));
  CHECK_FALSE(sample{2}.begin(*o.store));
  CHECK(o.store->failure() ==
        "a snapshot at index 2 was begun in /disk, and one above index 3 was expected, where the "
        "newest stands. Begin none behind it.");
  CHECK_FALSE(o.store->begin(sample{4}.mark, sample{4}.bytes));
  CHECK(has(o.store->failure(), "the entry of its configuration was expected, which has the number 1: "));
  CHECK_FALSE(o.store->entry(snapshot_id{1}));
  CHECK(has(o.store->failure(), "snapshot 1 was to be read, and there is no whole one of that name in /disk"));
}

} // namespace
} // namespace quorate
