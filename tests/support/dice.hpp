// Numbers that a seed decides (splitmix64), the same on every platform.
#pragma once

#include <cstdint>

namespace quorate::test {

class dice {
public:
  explicit dice(std::uint64_t seed) : state_{seed} {}
  std::uint64_t operator()(std::uint64_t below) {
    state_ += 0x9e3779b97f4a7c15U;
    auto x = state_;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
    return (x ^ (x >> 31)) % below;
  }

private:
  std::uint64_t state_;
};

} // namespace quorate::test
