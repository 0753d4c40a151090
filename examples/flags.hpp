// Command lines of the examples: words one after the other, and what is wrong with them in words that help.
#pragma once

#include "quorate/service/integer.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace flags {

// Thrown by what reads a command line, for the function that was given it.
struct failure {
  std::string text;
};

// What was expected, what came.
inline std::string complaint(std::string_view flag, std::string_view expected, std::string_view came) {
  return std::string{flag} + ": expected " + std::string{expected} + ", but got \"" + std::string{came} + "\"";
}

template <class Int>
Int integer_within(std::string_view flag, std::string_view text, Int least, Int most) {
  auto const n = quorate::service::parse_integer<Int>(text);
  if (!n || *n < least || *n > most)
    throw failure{complaint(flag, "a number from " + std::to_string(least) + " to " + std::to_string(most), text)};
  return *n;
}

// The words in their order. A flag's value is the next word, or what stands behind its `=`.
class reader {
public:
  explicit reader(std::span<char const* const> words) : words_{words} {}

  // On to the next word; false behind the last one.
  bool next() {
    if (at_ >= words_.size()) return false;
    whole_ = word_ = words_[at_++];
    auto const equals = word_.find('=');
    has_value_ = word_.starts_with("--") && equals != word_.npos;
    value_ = has_value_ ? word_.substr(equals + 1) : std::string_view{};
    if (has_value_) word_ = word_.substr(0, equals);
    return true;
  }
  std::string_view word() const { return word_; }   // the flag, without its `=value`
  std::string_view whole() const { return whole_; } // as it came
  std::string_view value() {
    if (has_value_) return value_;
    if (at_ >= words_.size()) throw failure{std::string{word_} + ": expected a value behind it, but nothing came"};
    return words_[at_++];
  }
  // For a flag that takes none.
  void no_value() const {
    if (has_value_) throw failure{complaint(word_, "no value", value_)};
  }

private:
  std::span<char const* const> words_;
  std::size_t at_ = 0;
  std::string_view whole_, word_, value_;
  bool has_value_ = false;
};

} // namespace flags
