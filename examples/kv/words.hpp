// Command and option words, which clients write in any case.
#pragma once

#include <string>
#include <string_view>

namespace kv {

inline std::string small_letters(std::string_view word) {
  std::string s{word};
  for (auto& c : s)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  return s;
}

inline std::string capital_letters(std::string_view word) {
  std::string s{word};
  for (auto& c : s)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - ('a' - 'A'));
  return s;
}

// `word` in any case; `small` in small letters.
inline bool is_word(std::string_view word, std::string_view small) {
  return word.size() == small.size() && small_letters(word) == small;
}

inline constexpr std::string_view syntax_error = "ERR syntax error";
inline constexpr std::string_view not_an_integer = "ERR value is not an integer or out of range";

} // namespace kv
