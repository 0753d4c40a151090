// Every store that is not to be opened, and the sentence that says so: what was expected, what was found, in
// which file, and what to do.
#include "wal_directory.hpp"
#include "wal_model.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace quorate {
namespace {

wal_options options_in(temporary_directory const& dir) {
  auto o = disk_options(4096);
  o.directory = dir.path();
  return o;
}

// A store of two segments, in a directory of its own.
struct store_on_disk {
  temporary_directory dir{};
  wal_options options = options_in(dir);
  std::vector<std::string> segments{};

  store_on_disk() {
    auto o = file_wal::open(options);
    REQUIRE_MESSAGE(o, o.error);
    player<file_wal> p;
    p.hard(*o.wal, 1, 1);
    for (int k = 0; k < 24; ++k) p.put(*o.wal, 3, 1, entry_kind::command, 150) && p.sync(*o.wal);
    REQUIRE_MESSAGE(!p.failed, o.wal->failure());
    for (auto const& e : std::filesystem::directory_iterator{dir.path()})
      if (wal::segment_start(e.path().filename().string())) segments.push_back(e.path().filename());
    std::sort(segments.begin(), segments.end());
    REQUIRE(segments.size() >= 3);
  }

  std::string error() const { return file_wal::open(options).error; }
  void flip(std::string const& name, std::size_t at) const {
    auto bytes = dir.read(name);
    bytes[at] = static_cast<char>(bytes[at] ^ 1);
    dir.write(name, bytes);
  }
};

void says(std::string const& sentence, std::initializer_list<std::string> parts) {
  for (auto const& p : parts) CHECK_MESSAGE(sentence.find(p) != std::string::npos, p, " is not in: ", sentence);
}

TEST_CASE("P14: a store of another cluster, node or protocol, such as one copied to another node") {
  store_on_disk s;
  auto const right = s.options;
  SUBCASE("cluster") {
    s.options.cluster = cluster_id{8};
    says(s.error(), {s.dir.path(), "belongs to cluster 7 and not to cluster 8", s.dir / "store",
                     "start the node as cluster 7"});
  }
  SUBCASE("node") {
    s.options.node = node_id{4};
    says(s.error(),
         {s.dir.path(), "belongs to node 3 and not to node 4", s.dir / "store", "start the node as node 3"});
  }
  SUBCASE("protocol") {
    s.options.protocol = "paxos 1";
    says(s.error(), {s.dir.path(), "belongs to protocol raft 1 and not to protocol paxos 1", s.dir / "store",
                     "Name the directory"});
  }
  s.options = right;
  CHECK(s.error() == ""); // and the attempt has left no trace
}

TEST_CASE("a store in another format") {
  store_on_disk s;
  auto bytes = s.dir.read("store");
  bytes[8] = 4; // even when nothing else of it can be understood
  bytes[60] = 'x';
  s.dir.write("store", bytes);
  says(s.error(),
       {"has format version 4", s.dir / "store", "reads versions 1 to 3", "Start the program that wrote it"});
}

TEST_CASE("a store file that is damaged") {
  store_on_disk s;
  SUBCASE("a flipped byte") { s.flip("store", 30); }
  SUBCASE("cut") { s.dir.write("store", s.dir.read("store").substr(0, 40)); }
  SUBCASE("empty") { s.dir.write("store", ""); }
  SUBCASE("something else") { s.dir.write("store", "hello"); }
  says(s.error(), {s.dir / "store", "damaged", "offset 0", "Restore it"});
}

TEST_CASE("P62: a store that is in use") {
  temporary_directory const dir;
  auto const o = file_wal::open(options_in(dir));
  REQUIRE(o);
  says(file_wal::open(options_in(dir)).error, {"in use by another process", dir / "lock", "Stop that process"});
}

TEST_CASE("a directory with somebody else's files is left alone") {
  temporary_directory const dir;
  dir.write("thesis.txt", "dear reader");
  says(file_wal::open(options_in(dir)).error,
       {"has no store but holds other files", dir / "thesis.txt", "Name an empty directory"});
  CHECK_FALSE(std::filesystem::exists(dir / "lock"));
}

TEST_CASE("a directory that is none, or can't be made") {
  temporary_directory const dir;
  dir.write("file", "");
  auto o = options_in(dir);
  o.directory = dir / "file";
  says(file_wal::open(o).error, {dir / "file", "Not a directory"});
  o.directory = dir / "file/below";
  says(file_wal::open(o).error, {"can't make the directory", dir / "file/below", "Not a directory"});
  o.directory = "";
  says(file_wal::open(o).error, {"needs a directory"});
}

TEST_CASE("a log without its store file") {
  store_on_disk s;
  std::filesystem::remove(s.dir / "store");
  says(s.error(), {s.dir / "store", "holds a log", "is missing"});
  CHECK(std::filesystem::exists(s.dir / s.segments[0]));
}

TEST_CASE("what is left of a founding that was cut short is not a log") {
  temporary_directory const dir;
  dir.write("log-0000000000000000", std::string(4096, '\0'));
  dir.write("state", "torn");
  dir.write("store.new", "torn");
  auto const o = file_wal::open(options_in(dir));
  CHECK_MESSAGE(o, o.error);
}

TEST_CASE("a segment that is missing: the first, one in the middle, the last, all") {
  store_on_disk s;
  auto const remove = [&](std::string const& name) { std::filesystem::remove(s.dir / name); };
  SUBCASE("first") {
    remove(s.segments.front());
    says(s.error(), {s.dir / s.segments.front(), "missing"});
    SUBCASE("and the state with it") {
      remove("state");
      says(s.error(), {s.dir / s.segments[1], "a segment before this one is missing"});
    }
  }
  SUBCASE("middle") {
    remove(s.segments[1]);
    says(s.error(), {s.dir / s.segments[0], "the next segment goes on from"});
  }
  SUBCASE("last") {
    remove(s.segments.back());
    says(s.error(), {s.dir / s.segments.back(), "the newest segment of the log, is missing"});
  }
  SUBCASE("all") {
    for (auto const& n : s.segments) remove(n);
    says(s.error(), {"no segment of the log is there at all"});
  }
}

TEST_CASE("a segment whose head is damaged, or that is cut, renamed or another store's") {
  store_on_disk s;
  SUBCASE("head") {
    for (auto const& name : s.segments)
      for (std::size_t const at : {std::size_t{0}, std::size_t{20}, std::size_t{70}, std::size_t{127}}) {
        s.flip(name, at);
        says(s.error(), {s.dir / name, "offset 0", "bad checksum"});
        s.flip(name, at);
      }
  }
  SUBCASE("cut") {
    for (auto const& name : s.segments) {
      auto const whole = s.dir.read(name);
      s.dir.write(name, whole.substr(0, 4000));
      says(s.error(), {s.dir / name, "offset 4000", "made 16384 bytes long"});
      s.dir.write(name, whole);
    }
  }
  SUBCASE("renamed") {
    s.dir.write(s.segments[1], s.dir.read(s.segments[0]));
    says(s.error(), {s.dir / s.segments[1], "it is the segment " + s.segments[0]});
  }
  SUBCASE("another store's") {
    store_on_disk const other;
    s.dir.write(s.segments[1], other.dir.read(other.segments[1]));
    says(s.error(), {s.dir / s.segments[1], "and not of store"});
  }
  SUBCASE("another store's state") {
    store_on_disk const other;
    s.dir.write("state", other.dir.read("state"));
    says(s.error(), {s.dir / "state", "of another store"});
  }
}

TEST_CASE("an older copy of the log under a newer state") {
  store_on_disk s;
  auto const old = s.dir.read(s.segments.back());
  { // another life, with a vote
    auto o = file_wal::open(s.options);
    REQUIRE(o);
    CHECK(o.wal->put(hard_of(8, 2)));
    CHECK(sync(*o.wal));
  }
  s.dir.write(s.segments.back(), old);
  says(s.error(), {s.dir / s.segments.back(), "damaged at offset", "the log was durable up to there"});
}

} // namespace
} // namespace quorate
