#include "quorate/message/hash.hpp"

#include "quorate/log/hard.hpp"

#include "said.hpp"

#include <set>

namespace quorate {
namespace {

// These numbers come from another program, by the definition at `hasher`. They are the same on every machine
// and must stay: somebody may have stored them.
static_assert(hash(shop::nothing{}) == 0x09e2'ff77'580e'f265U);
static_assert(hash(shop::transfer{1, 2}) == 0x3b53'd321'c3cf'71c7U);
static_assert(hash(earlier_hard_state{stamp{5}, no_node, log_index{9}}) == 0x1214'ec79'a6f8'aaa1U);

TEST_CASE("the hash of a value never changes, and is of its value and not of its type") {
  CHECK(hash(sample_order()) == 0xddf8'654f'a5f7'0dedU);
  CHECK(hash(std::string{"quorum, n."}) == 0x2936'3ba7'7858'd228U);
  CHECK(hash(std::string_view{"quorum, n."}) == hash(std::string{"quorum, n."}));
  CHECK(hash(term_id{7}) == hash(std::uint64_t{7}));
}

TEST_CASE("neighbours have different hashes") {
  std::set<std::uint64_t> seen;
  for (std::uint64_t from = 0; from < 100; ++from)
    for (std::uint64_t to = 0; to < 100; ++to) seen.insert(hash(shop::transfer{from, to << 40}));
  CHECK(seen.size() == 10'000);
  CHECK(hash(std::vector<std::string>{"ab", "c"}) != hash(std::vector<std::string>{"a", "bc"}));
  CHECK(hash(std::string{"a"}) != hash(std::string{"a\0", 2}));
}

} // namespace
} // namespace quorate
