#include "quorate/service/operation.hpp"

#include "said.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <random>

namespace quorate::service {
namespace {

// Decodes from a heap block of exactly that size, so that a sanitizer sees one byte too many.
bool decodes(std::string_view bytes) {
  auto const exact = std::make_unique<char[]>(bytes.size());
  bytes.copy(exact.get(), bytes.size());
  auto op = decode_operation({exact.get(), bytes.size()});
  if (!op) return false;
  std::size_t total = 0;
  while (op->arguments.count() > 0) total += op->arguments.next().size();
  return total <= bytes.size();
}

TEST_CASE("an operation comes back as it went") {
  std::string const long_one(300, 'v');
  auto const bytes = encoded(op_code::set, {std::string{"k\0\r", 3}, long_one}, set_flag::if_absent);
  auto op = decode_operation(bytes);
  REQUIRE(op);
  CHECK(op->code == op_code::set);
  CHECK(op->flags == set_flag::if_absent);
  CHECK(op->arguments.count() == 2);
  CHECK(op->arguments.next() == std::string_view{"k\0\r", 3});
  CHECK(op->arguments.next() == long_one);

  op = decode_operation(encoded(op_code::scan, {"*"}, 0, 12345678901234, 10));
  REQUIRE(op);
  CHECK(op->numbers[0] == 12345678901234);
  CHECK(op->numbers[1] == 10);
}

TEST_CASE("a delta of either sign comes back as it went") {
  for (auto const n : {std::int64_t{0}, std::int64_t{1}, std::int64_t{-1}, INT64_MAX, INT64_MIN})
    CHECK(unzigzag(zigzag(n)) == n);
}

TEST_CASE("no truncated operation decodes, and none with something behind it") {
  for (auto const& whole : {encoded(op_code::mset, {"a", "bb", "", "dddd"}),
                            encoded(op_code::append, {"a", "b"}, 0, 1000), encoded(op_code::dbsize, {}),
                            encoded(op_code::exec, {encoded(op_code::get, {"a"}), encoded(op_code::flush, {}),
                                                    encoded(op_code::mset, {"a", "1", "b", "2"})})}) {
    CHECK(decodes(whole));
    for (std::size_t n = 0; n < whole.size(); ++n) CHECK_FALSE(decodes(whole.substr(0, n)));
    CHECK_FALSE(decodes(whole + '\0'));
  }
}

TEST_CASE("an exec holds writes and point reads, and no exec") {
  for (int c = 0; c < 256; ++c) {
    auto const code = static_cast<op_code>(c);
    auto const shape = shape_of(code);
    if (!shape) continue;
    CAPTURE(c);
    auto const element = encoded(code, std::vector<std::string>(static_cast<std::size_t>(shape->least), "a"));
    REQUIRE(decodes(element));
    CHECK(decodes(encoded(op_code::exec, {element})) == (code != op_code::exec && !is_walk(code)));
    CHECK_FALSE(decodes(encoded(op_code::exec, {element, "x"})));
  }
}

// Logs on disks hold them.
TEST_CASE("a code keeps its number") {
  using enum op_code;
  int expected = 1;
  for (auto const code : {set, getdel, del, increment, append, mset, cas, flush, exec})
    CHECK(static_cast<int>(code) == expected++);
  expected = 64;
  for (auto const code : {get, exists, strlen, mget, keys, scan, dbsize, type, echo})
    CHECK(static_cast<int>(code) == expected++);
}

TEST_CASE("lies in lengths and counts, unknown codes and flags, and wasteful numbers do not decode") {
  using namespace std::string_literals;
  CHECK(decodes("\x40\0\1\1a"s)); // GET a
  CHECK_FALSE(decodes("\x40\0\1\x7f"
                      "a"s));                                                 // a string longer than there is
  CHECK_FALSE(decodes("\x42\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\1a"s)); // 2^64-1 strings
  CHECK_FALSE(decodes("\x40\0\1\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"s));  // a string of 2^64-1
  CHECK_FALSE(decodes("\x40\0\1\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"s));  // 2^64 and more
  CHECK_FALSE(decodes("\x40\0\1\x81\0"
                      "a"s));              // 1 in two bytes
  CHECK_FALSE(decodes("\x40\0\2\1a\1b"s)); // GET of two keys
  CHECK_FALSE(decodes("\x40\1\1\1a"s));    // GET has no flags
  CHECK_FALSE(decodes("\x3f\0\1\1a"s));
  CHECK_FALSE(decodes("\0\0\1\1a"s));
  CHECK_FALSE(decodes("\6\0\3\1a\1b\1c"s)); // MSET of one and a half
}

TEST_CASE("arbitrary bytes and flipped bits never read outside") {
  std::mt19937 random{7};
  auto const several = encoded(op_code::mset, {"key", std::string(200, 'x'), "other", "y"});
  auto const nested =
      encoded(op_code::exec, {encoded(op_code::get, {"key"}), several, encoded(op_code::dbsize, {})});
  for (int i = 0; i < 20000; ++i) {
    auto bytes = i % 3 == 0 ? nested : several;
    for (auto flips = random() % 4 + 1; flips > 0; --flips)
      bytes[random() % (i % 2 == 0 ? 8 : bytes.size())] ^= static_cast<char>(1U << (random() % 8));
    decodes(bytes);
    key_value kv;
    written(kv, bytes);
  }
}

} // namespace
} // namespace quorate::service
