// Patterns over keys, as Redis's KEYS and SCAN MATCH read them: * ? [abc] [^abc] [a-z] and \x.
#pragma once

#include <cstddef>
#include <string_view>

namespace quorate::service {

namespace glob_detail {

// One pattern element at `p` against one byte: whether it matches, and where the next element begins.
struct element {
  bool matches;
  std::size_t next;
};

// A class that is never closed ends with the pattern; "[]" holds nothing; a range may be written either way round.
constexpr element match_class(std::string_view pattern, std::size_t p, unsigned char c) {
  bool const negated = p < pattern.size() && pattern[p] == '^';
  if (negated) ++p;
  bool found = false;
  while (p < pattern.size() && pattern[p] != ']') {
    auto const left = pattern.size() - p;
    auto low = static_cast<unsigned char>(pattern[p]);
    auto high = low;
    if (low == '\\' && left >= 2) {
      low = high = static_cast<unsigned char>(pattern[p + 1]);
      p += 2;
    } else if (left >= 3 && pattern[p + 1] == '-') {
      high = static_cast<unsigned char>(pattern[p + 2]);
      p += 3;
    } else {
      ++p;
    }
    found = found || (low <= c && c <= high) || (high <= c && c <= low);
  }
  return {found != negated, p < pattern.size() ? p + 1 : p};
}

constexpr element match_one(std::string_view pattern, std::size_t p, char c) {
  if (pattern[p] == '?') return {true, p + 1};
  if (pattern[p] == '[') return match_class(pattern, p + 1, static_cast<unsigned char>(c));
  if (pattern[p] == '\\' && p + 1 < pattern.size()) ++p;
  return {pattern[p] == c, p + 1};
}

} // namespace glob_detail

// Whether all of `text` fits `pattern`. Only the last star is ever tried again (an earlier one could gain
// nothing that a later one cannot), so the time is at most |pattern| x |text| whatever a client sends.
constexpr bool glob_match(std::string_view pattern, std::string_view text) {
  constexpr auto none = std::string_view::npos;
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = none;
  std::size_t star_text = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = ++p;
      star_text = t;
      continue;
    }
    if (p < pattern.size()) {
      if (auto const e = glob_detail::match_one(pattern, p, text[t]); e.matches) {
        p = e.next;
        ++t;
        continue;
      }
    }
    if (star == none) return false;
    p = star;
    t = ++star_text;
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

} // namespace quorate::service
