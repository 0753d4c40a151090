// Text of words and numbers, for what is told when something is wrong. All of it is in one place that is never
// inlined: what is seldom said must not take the optimizer's time from what is often done.
#pragma once

#include "quorate/core/config.hpp"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>

namespace quorate {

class word {
public:
  template <class Text>
  requires std::is_convertible_v<Text const&, std::string_view>
  constexpr word(Text const& t) : text_{t} {} // borrowed
  constexpr word(std::uint64_t n) : number_{n}, is_number_{true} {}
  void append_to(std::string& s) const {
    if (is_number_)
      s += std::to_string(number_);
    else
      s += text_;
  }

private:
  std::string_view text_{};
  std::uint64_t number_ = 0;
  bool is_number_ = false;
};

[[gnu::cold, gnu::noinline]] inline std::string sentence(std::initializer_list<word> words) {
  std::string s;
  for (auto const& w : words) w.append_to(s);
  return s;
}

} // namespace quorate
