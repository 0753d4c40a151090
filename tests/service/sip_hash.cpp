#include "quorate/service/sip_hash.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string_view>

namespace quorate::service {
namespace {

constexpr std::array<char, 15> counted = [] {
  std::array<char, 15> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i);
  return bytes;
}();
constexpr std::uint64_t of_first(std::size_t n) {
  return sip_hash(0x0706050403020100, 0x0f0e0d0c0b0a0908, {counted.data(), n});
}

// The paper's appendix A, and the reference's vectors.
static_assert(of_first(15) == 0xa129ca6149be45e5);
static_assert(of_first(0) == 0x726fdb47dd0e0e31);
static_assert(of_first(1) == 0x74f839c593dc67fd);
static_assert(of_first(7) == 0xab0200f58b01d137);
static_assert(of_first(8) == 0x93f5f5799a932462);

TEST_CASE("a program says what the compiler says") {
  CHECK(of_first(15) == 0xa129ca6149be45e5);
  CHECK(of_first(8) == 0x93f5f5799a932462);
}

} // namespace
} // namespace quorate::service
