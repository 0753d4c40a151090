// What is kept of the peers' stores, and damage of the file, which is told by name and not taken for "no peers".
#include "quorate/transport/known_stores.hpp"
#include "storage/wal_directory.hpp"
#include "storage/wal_model.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <filesystem>
#include <initializer_list>
#include <string>

namespace quorate {
namespace {

constexpr node_id two{2}, three{3}, four{4};
constexpr store_id a{0x1234567890abcdef}, b{0x10};

TEST_CASE("M8, P12: what is remembered is known again, and a later store takes the place of an earlier one") {
  temporary_directory const dir;
  {
    known_stores k{dir.path()};
    CHECK(k.failure() == "");
    CHECK_FALSE(k.find(two));
    CHECK(k.expects_log() == "");
    CHECK(k.remember(two, b));
    CHECK(k.remember(three, b));
    CHECK(k.remember(two, a));
  }
  known_stores const k{dir.path()};
  CHECK(k.failure() == "");
  CHECK(k.find(two) == a);
  CHECK(k.find(three) == b);
  CHECK_FALSE(k.find(four));
}

// The file that a node writes which knows two peers.
std::string written() {
  temporary_directory const dir;
  known_stores k{dir.path()};
  CHECK(k.remember(two, a));
  CHECK(k.remember(three, b));
  return dir.read("peers");
}

// What is wrong with a file of that content; "" if nothing is.
std::string damage_of(std::string const& content) {
  temporary_directory const dir;
  dir.write("peers", content);
  known_stores const k{dir.path()};
  auto const why = k.failure();
  if (why.empty()) return "";
  CHECK_MESSAGE(why.find("the file " + (dir / "peers") + " is damaged in line ") == 0, why);
  CHECK_MESSAGE(why.find("Restore the file from a copy.") != std::string::npos, why);
  return why;
}

TEST_CASE("an empty file is damage: one with no peer in it is never written") {
  auto const why = damage_of("");
  CHECK_MESSAGE(why.find("line 1: expected a node id") != std::string::npos, why);
  CHECK_MESSAGE(why.find("but got nothing.") != std::string::npos, why);
}

TEST_CASE("a file that is cut anywhere inside a line is damage, of this version and of the earlier ones") {
  for (auto const& whole : {written(), std::string{"2 1234567890abcdef\n3 10\n"}}) {
    REQUIRE(damage_of(whole) == "");
    for (std::size_t n = 1; n < whole.size(); ++n) {
      INFO("cut at ", n);
      auto const why = damage_of(whole.substr(0, n));
      CHECK((why != "") == (whole[n - 1] != '\n'));
      if (n > whole.find('\n') + 1) CHECK_MESSAGE(why.find("in line 2: ") != std::string::npos, why);
    }
  }
}

TEST_CASE("a bit that is flipped anywhere is damage, and no other peer or store") {
  auto const whole = written();
  CHECK(whole.substr(0, 19) == "2 1234567890abcdef ");
  for (std::size_t n = 0; n < whole.size(); ++n)
    for (unsigned bit = 0; bit < 8; ++bit) {
      auto bad = whole;
      bad[n] = static_cast<char>(static_cast<unsigned char>(bad[n]) ^ (1U << bit));
      INFO("byte ", n, ", bit ", bit);
      CHECK(damage_of(bad) != "");
    }
}

TEST_CASE("a file without checksums is read, and has them from then on; one with some of them is damage") {
  temporary_directory const dir;
  dir.write("peers", "2 1234567890abcdef\n");
  known_stores k{dir.path()};
  CHECK(k.find(two) == a);
  CHECK(dir.read("peers") == written().substr(0, dir.read("peers").size()));
  CHECK(dir.read("peers").size() == 28);
  CHECK(k.remember(three, b));
  CHECK(dir.read("peers") == written());
  auto const lines = written();
  auto const cut = lines.find(' ', 2);
  CHECK(damage_of(lines.substr(0, cut) + lines.substr(lines.find('\n'))).find("in line 2: ") != std::string::npos);
}

TEST_CASE("a line that no node writes is damage, and is cited") {
  for (auto const& line : std::initializer_list<std::string>{
           "0 10", "2", "2 ", "2 10 ", "2  10", " 2 10", "x 10", "2 x", "2 10x", "2 -1", "-2 10", "4294967296 10",
           "2 10000000000000000", "3 10", std::string(5, '\0')}) {
    auto const why = damage_of("3 10\n" + line + "\n4 10\n");
    CHECK_MESSAGE(why.find("in line 2: ") != std::string::npos, line);
    CHECK_MESSAGE(why.find("but got \"" + line + "\".") != std::string::npos, why);
  }
  auto const why = damage_of(std::string(1000, 'x'));
  CHECK_MESSAGE(why.find("but got \"" + std::string(40, 'x') + "\".") != std::string::npos, why);
}

TEST_CASE("a file that can't be read is told") {
  temporary_directory const dir;
  std::filesystem::create_directory(dir / "peers");
  known_stores k{dir.path()};
  CHECK_MESSAGE(k.failure().find("read " + (dir / "peers") + ": ") == 0, k.failure());
}

TEST_CASE("a log that is gone while the file is there is damage, and not a new store") {
  temporary_directory const dir;
  auto options = disk_options();
  options.directory = dir / "log";
  {
    known_stores k{dir.path()};
    options.expected_because = k.expects_log();
    auto const o = file_wal::open(options);
    CHECK_MESSAGE(o, o.error);
    CHECK(k.remember(two, a));
  }
  options.expected_because = known_stores{dir.path()}.expects_log();
  CHECK(file_wal::open(options)); // both are there
  auto const refused = [&] {
    auto const o = file_wal::open(options);
    CHECK_FALSE(o);
    CHECK_MESSAGE(o.error.find("the directory " + (dir / "log") + " has no store, and one is expected, because " +
                               (dir / "peers") + " is there, ") == 0,
                  o.error);
    CHECK_MESSAGE(o.error.find("Restore it from a copy") != std::string::npos, o.error);
  };
  std::filesystem::remove_all(dir / "log");
  refused();
  refused(); // the attempt has made none
  std::filesystem::remove_all(dir / "log");
  std::filesystem::create_directory(dir / "log");
  refused();
}

} // namespace
} // namespace quorate
