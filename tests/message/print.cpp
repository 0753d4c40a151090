#include "quorate/message/print.hpp"

#include "quorate/core/bounded.hpp"
#include "quorate/message/bytes.hpp"
#include "quorate/raft/message.hpp"

#include "said.hpp"

#include <limits>

namespace quorate {
namespace {

enum class unnamed : std::int8_t { below = -3 };

TEST_CASE("a message is printed with its fields by name") {
  raft::request_vote m;
  m.term = term_id{3};
  m.last_log_index = log_index{12};
  CHECK(printed(m) == "request_vote{term: 3, last_log_index: 12, last_log_term: 0}");
}

TEST_CASE("a user's struct is printed by what Hana knows of it") {
  CHECK(printed(sample_order()) ==
        "order{urgent: true, change: -2, paint: blue, money: transfer{from: 1, to: 2}, customer: \"Ann\", "
        "parts: [transfer{from: 3, to: 4}, transfer{from: 5, to: 6}], note: \"no\\x0ahurry\", code: [7, 8, "
        "9]}");
  CHECK(printed(shop::nothing{}) == "nothing{}");
}

TEST_CASE("numbers, ids and enums are printed as numbers, or by name when they have one") {
  CHECK(printed(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
  CHECK(printed(std::numeric_limits<std::uint64_t>::max()) == "18446744073709551615");
  CHECK(printed(std::int8_t{-1}) == "-1");
  CHECK(printed(std::uint8_t{65}) == "65");
  CHECK(printed(0) == "0");
  CHECK(printed(no_node) == "255");
  CHECK(printed(log_index{4}) == "4");
  CHECK(printed(unnamed::below) == "-3");
  CHECK(printed(decode_error::bad_value) == "bad_value");
}

TEST_CASE("bytes are printed escaped, on one line") {
  CHECK(printed(std::string{"a\"b\\c\x7f\xff\0", 8}) == "\"a\\x22b\\x5cc\\x7f\\xff\\x00\"");
  CHECK(printed(std::vector<std::byte>{std::byte{'h'}, std::byte{10}}) == "\"h\\x0a\"");
  CHECK(printed(std::array<char, 2>{'o', 'k'}) == "\"ok\"");
  auto const records = raw({1, 0, 0, 0, 'x', 2, 0, 0, 0, 'y', 0});
  CHECK(printed(payloads::trusted(records, 2)) == "[\"x\", \"y\\x00\"]");
  CHECK(printed(payloads{}) == "[]");
}

TEST_CASE("sets, sequences and optionals are printed as such") {
  std::string three = "configuration{number: 0, voters: {0, 1, 2}, outgoing: {}, learners: {}, witnesses: {}, "
                      "lease: 0, flags: 0, last_member: 3, members: [1, 2, 3";
  for (int i = 3; i < 64; ++i) three += ", 0";
  CHECK(printed(configuration{node_set<64>::first(3)}) == three + "]}");
  CHECK(printed(node_set<3>{}) == "{}");
  CHECK(printed(std::vector<bool>{true, false}) == "[true, false]");
  CHECK(printed(std::vector<std::vector<int>>{{1, 2}, {}, {3}}) == "[[1, 2], [], [3]]");
  bounded<term_id, 3> list;
  CHECK(list.push_back(term_id{9}));
  CHECK(printed(list) == "[9]");
  CHECK(printed(std::optional<int>{}) == "none");
  CHECK(printed(std::optional<int>{5}) == "5");
}

} // namespace
} // namespace quorate
