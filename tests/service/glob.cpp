#include "quorate/service/glob.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <initializer_list>
#include <random>
#include <string>

namespace quorate::service {
namespace {

static_assert(glob_match("h?llo", "hello"));
static_assert(glob_match("h*llo", "heeeello"));
static_assert(glob_match("h*llo", "hllo"));
static_assert(glob_match("h[ae]llo", "hallo") && !glob_match("h[ae]llo", "hillo"));
static_assert(glob_match("h[^e]llo", "hallo") && !glob_match("h[^e]llo", "hello"));
static_assert(glob_match("h[a-b]llo", "hbllo") && !glob_match("h[a-b]llo", "hcllo"));
static_assert(glob_match("h[b-a]llo", "hallo"));
static_assert(glob_match("a\\*b", "a*b") && !glob_match("a\\*b", "axb"));
static_assert(glob_match("[\\]]", "]") && glob_match("[\\-x]", "-"));
static_assert(glob_match("", "") && !glob_match("", "a") && !glob_match("a", ""));
static_assert(glob_match("*", "") && glob_match("**", "abc") && !glob_match("*a", "b"));
static_assert(glob_match("*ab*ab", "abxabab") && !glob_match("*ab*ab", "ab"));
static_assert(glob_match("[abc", "c") && !glob_match("[", "["));
static_assert(!glob_match("[]", "]") && glob_match("[^]", "x"));
static_assert(glob_match("\\", "\\"));
static_assert(glob_match("?", "\xff") && glob_match("[\x80-\xff]", "\xc3"));

// What is right, without any thought of speed: each way to read a star is tried.
bool fits(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern.front() == '*') {
    for (std::size_t n = 0; n <= text.size(); ++n)
      if (fits(pattern.substr(1), text.substr(n))) return true;
    return false;
  }
  if (text.empty()) return false;
  auto const c = static_cast<unsigned char>(text.front());
  auto const then = [&](std::size_t used, bool one) {
    return one && fits(pattern.substr(std::min(used, pattern.size())), text.substr(1));
  };
  if (pattern.front() == '?') return then(1, true);
  if (pattern.front() == '\\' && pattern.size() > 1) return then(2, pattern[1] == text.front());
  if (pattern.front() != '[') return then(1, pattern.front() == text.front());
  std::size_t at = 1;
  bool const negated = at < pattern.size() && pattern[at] == '^';
  if (negated) ++at;
  bool found = false;
  while (at < pattern.size() && pattern[at] != ']') {
    auto low = static_cast<unsigned char>(pattern[at]);
    auto high = low;
    if (low == '\\' && pattern.size() - at >= 2) {
      low = high = static_cast<unsigned char>(pattern[++at]);
    } else if (pattern.size() - at >= 3 && pattern[at + 1] == '-') {
      high = static_cast<unsigned char>(pattern[at += 2]);
    }
    found = found || (std::min(low, high) <= c && c <= std::max(low, high));
    ++at;
  }
  return then(at + 1, found != negated);
}

TEST_CASE("the matcher says what one says that tries everything") {
  std::mt19937 random{8};
  auto const word = [&](std::string_view letters, std::size_t longest) {
    std::string w(random() % (longest + 1), ' ');
    for (auto& c : w) c = letters[random() % letters.size()];
    return w;
  };
  int yes = 0;
  for (int i = 0; i < 60000; ++i) {
    auto const pattern = word(i % 2 == 0 ? "ab*?" : "abc*?[^]-\\\xff", 9);
    auto const text = word(i % 2 == 0 ? "ab" : "abc^]-\\\xff", 9);
    CAPTURE(pattern);
    CAPTURE(text);
    REQUIRE(glob_match(pattern, text) == fits(pattern, text));
    yes += glob_match(pattern, text) ? 1 : 0;
  }
  CHECK(yes > 3000);
}

TEST_CASE("a pattern of several words of bits is matched across them") {
  for (auto const n : std::initializer_list<std::size_t>{62, 63, 64, 65, 127, 128, 129, 1000, 1022}) {
    CAPTURE(n);
    std::string const as(n, 'a');
    CHECK(glob_match(as, as));
    CHECK_FALSE(glob_match(as, as + "a"));
    CHECK_FALSE(glob_match(as + "a", as));
    CHECK(glob_match("*" + as, "aaa" + as));
    CHECK(glob_match(as + "*", as + "bbb"));
    CHECK(glob_match(as + "*b", as + "abab"));
    CHECK_FALSE(glob_match(as + "*b", as + "aba"));
    CHECK_FALSE(glob_match("*" + as + "b", "b" + as));
  }
}

TEST_CASE("a text may be read in pieces, and reading stops when nothing can change any more") {
  auto const pattern = *glob_pattern::compile("*ab*ab");
  std::string const text = "abxabab";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    auto p = pattern.begin();
    CHECK(pattern.read(p, text.substr(0, cut)) == cut);
    pattern.read(p, text.substr(cut));
    CHECK(p.matches());
  }
  auto const prefix = *glob_pattern::compile("user:*");
  auto p = prefix.begin();
  CHECK(prefix.read(p, "user:" + std::string(60000, 'x')) == 5);
  CHECK((p.decided() && p.matches()));
  p = prefix.begin();
  CHECK(prefix.read(p, "uses:" + std::string(60000, 'x')) == 4);
  CHECK((p.decided() && !p.matches()));
}

// Each once held a node's only thread for 18 seconds and more.
TEST_CASE("a pattern made to be slow is refused if it is long, and else costs a bounded sum for each byte") {
  std::string const key(65000, 'a');
  CHECK_FALSE(glob_pattern::compile("*[" + std::string(60000, 'b') + "]"));
  CHECK_FALSE(glob_pattern::compile("*" + std::string(32000, 'a') + "c"));
  CHECK_FALSE(glob_pattern::compile(std::string(glob_pattern::max_pattern + 1, 'a')));
  CHECK_FALSE(glob_match(std::string(glob_pattern::max_pattern + 1, '*'), ""));

  std::string stars;
  for (int i = 0; i < 511; ++i) stars += "a*";
  for (auto const& slow : {"*[" + std::string(1021, 'b') + "]", "*" + std::string(1022, 'a') + "c", stars + "b"}) {
    CAPTURE(slow);
    auto const pattern = glob_pattern::compile(slow);
    REQUIRE(pattern);
    CHECK_FALSE(pattern->matches(key));
    CHECK(pattern->step_cost() <= 275);
    CHECK(pattern->bytes() <= 40000);
  }
  CHECK(glob_pattern::compile("user:*")->step_cost() <= 35);
}

} // namespace
} // namespace quorate::service
