// What the codec's tests share: a user's types, adapted by Boost.Hana, and what has to hold for any value and
// any bytes.
#pragma once

#include "quorate/message/codec.hpp"
#include "quorate/message/equal.hpp"
#include "quorate/message/hana.hpp"
#include "quorate/message/hash.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace shop { // a user's namespace: nothing in it knows of quorate

enum class colour : std::uint8_t { red, green, blue };
constexpr colour last_enumerator(colour) { return colour::blue; }
constexpr char const* name_of(colour c) {
  return c == colour::red ? "red" : c == colour::green ? "green" : "blue";
}

enum class size : std::int16_t { small, large };
constexpr size last_enumerator(size) { return size::large; }

struct transfer {
  std::uint64_t from{};
  std::uint64_t to{};
};
struct nothing {};

struct order {
  bool urgent{};
  std::int32_t change{};
  colour paint{};
  transfer money{};
  std::string customer{};
  std::vector<transfer> parts{};
  std::optional<std::string> note{};
  std::array<std::uint16_t, 3> code{};
};

struct defined {
  BOOST_HANA_DEFINE_STRUCT(defined, (std::uint32_t, number), (std::string, text));
};

} // namespace shop
BOOST_HANA_ADAPT_STRUCT(shop::transfer, from, to);
BOOST_HANA_ADAPT_STRUCT(shop::nothing);
BOOST_HANA_ADAPT_STRUCT(shop::order, urgent, change, paint, money, customer, parts, note, code);

namespace quorate {

inline shop::order sample_order() {
  return {true, -2, shop::colour::blue, {1, 2}, "Ann", {{3, 4}, {5, 6}}, "no\nhurry", {7, 8, 9}};
}

template <class T>
std::vector<std::byte> bytes_of(T const& x) {
  std::vector<std::byte> bytes;
  appender to{bytes};
  REQUIRE(encode(x, to));
  return bytes;
}

inline std::vector<std::byte> raw(std::initializer_list<unsigned> values) {
  std::vector<std::byte> bytes;
  for (auto const v : values) bytes.push_back(static_cast<std::byte>(v));
  return bytes;
}

// A copy on the heap without a byte to spare, so that a sanitizer sees whoever reads beyond it.
class exact_copy {
public:
  explicit exact_copy(std::span<std::byte const> from) : size_{from.size()}, copy_{new std::byte[from.size()]} {
    if (size_ != 0) std::memcpy(copy_.get(), from.data(), size_);
  }
  std::span<std::byte const> bytes() const { return {copy_.get(), size_}; }

private:
  std::size_t size_;
  std::unique_ptr<std::byte[]> copy_;
};

// For any bytes: an error, or a value whose encoding they are; there is one encoding for each value.
template <class T>
bool decodes_or_fails(std::span<std::byte const> bytes) {
  exact_copy const input{bytes};
  auto const d = decode_all<T>(input.bytes());
  if (!d) return false;
  auto const again = bytes_of(d.value);
  REQUIRE(equal(std::span<std::byte const>{again}, input.bytes()));
  return true;
}

// For any value: it comes back, cut short it is refused as such, and so is one byte too many.
template <class T>
void check_round_trip(T const& x) {
  auto bytes = bytes_of(x);
  CHECK(bytes.size() == encoded_size(x));
  if (fixed_size<T> != variable_size) CHECK(bytes.size() == fixed_size<T>);
  {
    exact_copy const input{bytes};
    auto const d = decode_all<T>(input.bytes());
    REQUIRE(d.error == decode_error::none);
    CHECK(equal(d.value, x));
    CHECK(hash(d.value) == hash(x));
  }
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    exact_copy const cut{std::span{bytes}.first(n)};
    CHECK(decode_all<T>(cut.bytes()).error == decode_error::truncated);
    std::vector<std::byte> room(n);
    writer to{room};
    CHECK_FALSE(encode(x, to));
    CHECK(to.size() == 0);
    CHECK(to.overflowed());
  }
  for (std::size_t i = 0; i < bytes.size(); ++i)
    for (unsigned flip = 1; flip < 256; ++flip) {
      auto damaged = bytes;
      damaged[i] ^= static_cast<std::byte>(flip);
      (void)decodes_or_fails<T>(damaged);
    }
  bytes.push_back(std::byte{0});
  CHECK(decode_all<T>(bytes).error == decode_error::trailing);
}

} // namespace quorate
