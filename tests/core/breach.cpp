// What a property tells of the values that break it, kept without a heap and read as a sentence.
#include "quorate/core/breach.hpp"
#include "quorate/core/ballot.hpp"
#include "quorate/core/id.hpp"
#include "quorate/core/node_set.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace quorate {
namespace {

enum class mood : std::uint8_t { calm, cross };
constexpr char const* name_of(mood m) { return m == mood::calm ? "calm" : "cross"; }
enum class bare : std::uint8_t { one = 1 };

template <class... Parts>
constexpr bool says(std::string_view expected, Parts const&... parts) {
  breach b;
  b("a law", parts...);
  return text(b).view() == expected;
}

static_assert(says("node B votes in term 1 for A, and has voted for nobody", "node ", node_index{1},
                   " votes in term ", term_id{1}, " for ", node_index{0}, ", and has voted for ", no_node));
static_assert(says("0 18446744073709551615 -3 -9223372036854775808", 0U, " ", ~std::uint64_t{0}, " ", -3, " ",
                   std::numeric_limits<std::int64_t>::min()));
static_assert(says("true, false", true, ", ", false));
static_assert(says("cross and 1", mood::cross, " and ", bare::one));
static_assert(says("7", log_index{7}) && says("Z and 26", node_index{25}, " and ", node_index{26}));
static_assert(says("ballot 3.B, ballot none", "ballot ", ballot_at(3, node_index{1}), ", ballot ", ballot{}));
static_assert(says("{A, C} {} {63}", node_set<8>{5}, " ", node_set<8>{}, " ", node_set<64>::of(node_index{63})));
static_assert(says(""));

// A property as they are all written.
template <class Tell>
constexpr bool is_small(int n, Tell&& tell) {
  return n < 10 || tell("numbers are small", "it is ", n);
}

static_assert(is_small(9, quiet{}) && !is_small(10, quiet{}));

constexpr breach broken_by(int n) {
  breach b;
  (void)is_small(n, b);
  return b;
}
static_assert(!broken_by(9) && broken_by(9).size == 0);
static_assert(broken_by(10) && std::string_view{broken_by(10).law} == "numbers are small");

// Of two things that are told, the later one stays, and whole.
static_assert([] {
  breach b;
  b("one", 1, 2, 3);
  b("two", "it is ", 4);
  return std::string_view{b.law} == "two" && text(b).view() == "it is 4";
}());

static_assert([] {
  short_text<5> t;
  t.append("abcde", 5);
  bool const whole = t.view() == "abcde";
  t.append("f", 1);
  return whole && t.view() == "ab..." && t.c_str()[5] == '\0';
}());

TEST_CASE("a breach is read into a string, too") {
  std::string out = "Broken: ";
  append(out, broken_by(12));
  CHECK(out == "Broken: it is 12");
}

} // namespace
} // namespace quorate
