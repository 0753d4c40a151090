// Command lines of the examples: words one after the other, and what is wrong with them in words that help.
#pragma once

#include "quorate/service/integer.hpp"
#include "quorate/version.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>
#include <vector>

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

// The words in their order. A flag's value is the next word, or what stands behind its `=`. A flag that comes
// twice is refused: one of the two is not what was meant. Behind a `--` there are no flags.
class reader {
public:
  explicit reader(std::span<char const* const> words) : words_{words} {}

  // On to the next word; false behind the last one.
  bool next() {
    if (at_ >= words_.size()) return false;
    whole_ = word_ = words_[at_++];
    is_flag_ = !only_words_ && word_.starts_with('-');
    auto const equals = is_flag_ ? word_.find('=') : word_.npos;
    has_value_ = equals != word_.npos;
    value_ = has_value_ ? word_.substr(equals + 1) : std::string_view{};
    if (has_value_) word_ = word_.substr(0, equals);
    if (!is_flag_) return true;
    only_words_ = word_ == "--";
    if (std::find(seen_.begin(), seen_.end(), word_) != seen_.end())
      throw failure{std::string{word_} + ": expected once, but it came twice"};
    seen_.push_back(word_);
    return true;
  }
  bool is_flag() const { return is_flag_; }
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
  bool is_flag_ = false;
  bool has_value_ = false;
  bool only_words_ = false;
  std::vector<std::string_view> seen_;
};

// Help is given wherever it is asked for, whatever else is wrong.
inline bool asks_help(std::span<char const* const> words) {
  for (std::string_view const word : words) {
    if (word == "--") return false;
    if (word == "--help" || word == "-h") return true;
  }
  return false;
}

// What a program may be asked instead of to do something, as its first word.
inline bool is_help(std::string_view word) { return word == "--help" || word == "-h" || word == "help"; }
inline bool is_version(std::string_view word) { return word == "--version" || word == "version"; }

// To the standard output; the exit status.
inline int say(std::string_view text) {
  bool const said = std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  return said ? 0 : 1;
}
inline int say_version(std::string_view program) {
  return say(std::string{program} + " (quorate) " + std::string{quorate::version} + "\n");
}

} // namespace flags
