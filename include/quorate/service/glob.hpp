// Patterns over keys, as Redis's KEYS and SCAN MATCH read them: * ? [abc] [^abc] [a-z] and \x.
#pragma once

#include "quorate/core/config.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace quorate::service {

namespace glob_detail {

// Which bytes one element of a pattern stands for.
struct byte_set {
  std::array<std::uint64_t, 4> words{};

  // All from `first` to `last`.
  constexpr void add(unsigned first, unsigned last) {
    for (unsigned w = first / 64; w <= last / 64; ++w) {
      auto bits = ~std::uint64_t{0};
      if (w == first / 64) bits &= ~std::uint64_t{0} << (first % 64);
      if (w == last / 64) bits &= ~std::uint64_t{0} >> (63 - last % 64);
      words[w] |= bits;
    }
  }
  constexpr int size() const {
    int n = 0;
    for (auto const w : words) n += std::popcount(w);
    return n;
  }
  template <class F>
  constexpr void each(F f) const {
    for (unsigned w = 0; w < 4; ++w)
      for (auto rest = words[w]; rest != 0; rest &= rest - 1)
        f(64 * w + static_cast<unsigned>(std::countr_zero(rest)));
  }
  constexpr byte_set others() const { return {{~words[0], ~words[1], ~words[2], ~words[3]}}; }
};

// Takes what stands behind a '[' off the pattern. A class that is never closed ends with the pattern; "[]" holds
// nothing; a range may be written either way round.
constexpr byte_set take_class(std::string_view& pattern) {
  auto const take = [&pattern] {
    auto const c = static_cast<unsigned char>(pattern.front());
    pattern.remove_prefix(1);
    return c;
  };
  bool const negated = pattern.starts_with('^');
  if (negated) take();
  byte_set found;
  while (!pattern.empty() && pattern.front() != ']') {
    if (pattern.front() == '\\' && pattern.size() >= 2)
      take();
    else if (pattern.size() >= 3 && pattern[1] == '-') {
      auto const ends =
          std::minmax({static_cast<unsigned char>(pattern[0]), static_cast<unsigned char>(pattern[2])});
      found.add(ends.first, ends.second);
      pattern.remove_prefix(3);
      continue;
    }
    auto const c = take();
    found.add(c, c);
  }
  if (!pattern.empty()) take();
  return negated ? found.others() : found;
}

// Takes one element off the pattern, which does not begin with a star.
constexpr byte_set take_element(std::string_view& pattern) {
  auto c = pattern.front();
  pattern.remove_prefix(1);
  if (c == '?') return byte_set{}.others();
  if (c == '[') return take_class(pattern);
  if (c == '\\' && !pattern.empty()) {
    c = pattern.front();
    pattern.remove_prefix(1);
  }
  byte_set one;
  one.add(static_cast<unsigned char>(c), static_cast<unsigned char>(c));
  return one;
}

} // namespace glob_detail

// A pattern, ready to be matched. Whatever the pattern, a byte of text costs at most step_cost() units of work:
// all places of the pattern that the text so far may have come to are kept as bits, 64 to a word, and a byte
// moves them all at once (Baeza-Yates and Gonnet, 1992: Shift-And, here with a bit that stays for each star).
class glob_pattern {
public:
  // Bytes. A longer pattern is refused; with these a byte of text costs 275 instructions or less.
  static constexpr std::size_t max_pattern = 1024;
  static constexpr std::string_view too_long = "ERR the pattern is longer than 1024 bytes";

  // Nothing if it is longer than max_pattern.
  static constexpr std::optional<glob_pattern> compile(std::string_view pattern) {
    if (pattern.size() > max_pattern) return std::nullopt;
    return glob_pattern{pattern};
  }

  // Where a match stands: the places in the pattern that fit what has been read of the text.
  class progress {
  public:
    // Whether the text that has been read, if that was all, fits the pattern.
    constexpr bool matches() const { return matches_; }
    // Whether nothing that may follow changes matches().
    constexpr bool decided() const { return decided_; }

  private:
    friend glob_pattern;
    std::array<std::uint64_t, max_pattern / 64 + 1> places_{};
    bool matches_ = false;
    bool decided_ = false;
  };

  constexpr progress begin() const {
    progress p;
    p.places_[0] = 1;
    judge(p);
    return p;
  }
  // Reads on in the text. Stops when the outcome is decided; how many bytes have been read.
  constexpr std::size_t read(progress& p, std::string_view text) const {
    std::size_t n = 0;
    while (n < text.size() && !p.decided_) step(p, static_cast<unsigned char>(text[n++]));
    return n;
  }
  // Units of work (work_budget.hpp), at most: for a byte of text, and for compile() of a pattern.
  constexpr std::uint64_t step_cost() const { return 20 + 15 * words_; }
  static constexpr std::uint64_t compile_cost(std::size_t bytes) { return 3000 + 600 * std::uint64_t{bytes}; }

  constexpr bool matches(std::string_view text) const {
    auto p = begin();
    read(p, text);
    return p.matches();
  }

  // On the heap.
  constexpr std::size_t bytes() const { return (moves_.capacity() + stays_.capacity()) * sizeof(std::uint64_t); }

private:
  // Place i is before element i, the last one at the end. A byte c moves place i to i+1 if element i stands for
  // c; at a star it stays as well.
  explicit constexpr glob_pattern(std::string_view pattern) {
    std::vector<glob_detail::byte_set> elements;
    elements.reserve(pattern.size());
    stays_.assign(pattern.size() / 64 + 1, 0);
    while (!pattern.empty()) {
      if (pattern.front() == '*') {
        stays_[elements.size() / 64] |= bit_of(elements.size());
        pattern.remove_prefix(1);
      } else {
        elements.push_back(glob_detail::take_element(pattern));
      }
    }
    end_ = elements.size();
    words_ = end_ / 64 + 1;
    // What stands for most bytes is set for all of them first, so that no element costs more than 128 changes.
    std::vector<std::uint64_t> row(words_, 0);
    for (std::size_t i = 0; i < end_; ++i)
      if (elements[i].size() > 128) row[i / 64] |= bit_of(i);
    moves_.reserve(256 * words_);
    for (int c = 0; c < 256; ++c) moves_.insert(moves_.end(), row.begin(), row.end());
    for (std::size_t i = 0; i < end_; ++i) {
      auto const& e = elements[i];
      (e.size() > 128 ? e.others() : e).each([&](unsigned c) { moves_[c * words_ + i / 64] ^= bit_of(i); });
    }
  }

  static constexpr std::uint64_t bit_of(std::size_t i) { return std::uint64_t{1} << (i % 64); }

  constexpr void step(progress& p, unsigned char c) const {
    auto const* const moves = moves_.data() + std::size_t{c} * words_;
    std::uint64_t carry = 0;
    std::uint64_t any = 0;
    for (std::size_t w = 0; w < words_; ++w) {
      auto const at = p.places_[w];
      auto const moved = at & moves[w];
      p.places_[w] = moved << 1 | carry | (at & stays_[w]);
      carry = moved >> 63;
      any |= p.places_[w];
    }
    if (any == 0)
      p.decided_ = true, p.matches_ = false;
    else
      judge(p);
  }
  constexpr void judge(progress& p) const {
    p.matches_ = (p.places_[words_ - 1] & bit_of(end_)) != 0;
    p.decided_ = p.matches_ && (stays_[words_ - 1] & bit_of(end_)) != 0; // a star that ends the pattern takes all
  }

  std::size_t end_ = 0;
  std::size_t words_ = 1;
  std::vector<std::uint64_t> moves_; // for each byte its words
  std::vector<std::uint64_t> stays_;
};

// Whether all of `text` fits `pattern`; a pattern that is too long fits nothing. For one text: for many, compile
// the pattern once.
constexpr bool glob_match(std::string_view pattern, std::string_view text) {
  auto const compiled = glob_pattern::compile(pattern);
  return compiled && compiled->matches(text);
}

} // namespace quorate::service
