#include "quorate/service/glob.hpp"

#include <doctest/doctest.h>

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

TEST_CASE("a pattern made to be slow is not") {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "a*";
  CHECK_FALSE(glob_match(pattern + "b", std::string(20000, 'a')));
}

} // namespace
} // namespace quorate::service
