// Every byte that is decoded is taken for hostile.
#include "quorate/core/bounded.hpp"
#include "quorate/core/entry.hpp"
#include "quorate/core/payloads.hpp"
#include "quorate/message/codec.hpp"

#include "heap.hpp"
#include "said.hpp"

#include <random>

namespace quorate {
namespace {

template <class T>
decode_error error_of(std::initializer_list<unsigned> values) {
  exact_copy const input{raw(values)};
  return decode_all<T>(input.bytes()).error;
}

// The error, and no allocation on the way to it.
template <class T>
decode_error error_without_heap(std::initializer_list<unsigned> values) {
  exact_copy const input{raw(values)};
  auto const before = heap::allocations;
  auto const e = decode_all<T>(input.bytes()).error;
  CHECK(heap::allocations == before);
  return e;
}

TEST_CASE("values that no encoder writes are refused") {
  CHECK(error_of<bool>({2}) == decode_error::bad_value);
  CHECK(error_of<bool>({255}) == decode_error::bad_value);
  CHECK(error_of<shop::colour>({3}) == decode_error::bad_value);
  CHECK(error_of<shop::size>({0xff, 0xff}) == decode_error::bad_value); // negative
  CHECK(error_of<shop::size>({2, 0}) == decode_error::bad_value);
  CHECK(error_of<node_set<3>>({0b1000}) == decode_error::bad_value);
  CHECK(error_of<std::optional<bool>>({2, 0}) == decode_error::bad_value);
  CHECK(error_of<entry_run>({1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 4}) ==
        decode_error::bad_value);
  CHECK(error_of<std::array<bool, 3>>({1, 0, 2}) == decode_error::bad_value);
  CHECK(error_of<std::vector<bool>>({2, 0, 0, 0, 1, 7}) == decode_error::bad_value);
}

TEST_CASE("more elements than there is room for are refused, even if they are there") {
  CHECK(error_of<bounded<std::uint8_t, 2>>({3, 0, 0, 0, 1, 2, 3}) == decode_error::oversized);
  CHECK(error_of<bounded<std::uint8_t, 2>>({2, 0, 0, 0, 1, 2}) == decode_error::none);
  CHECK(error_of<bounded<shop::nothing, 2>>({0xff, 0xff, 0xff, 0xff}) == decode_error::oversized);
}

TEST_CASE("a length that lies allocates nothing") {
  CHECK(error_without_heap<std::string>({255, 255, 255, 255, 'a', 'b'}) == decode_error::truncated);
  CHECK(error_without_heap<std::vector<std::byte>>({255, 255, 255, 255, 1}) == decode_error::truncated);
  CHECK(error_without_heap<std::vector<std::uint64_t>>({255, 255, 255, 255, 1, 2, 3, 4, 5, 6}) ==
        decode_error::truncated);
  CHECK(error_without_heap<std::vector<std::uint64_t>>({2, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9}) ==
        decode_error::truncated);
  CHECK(error_without_heap<std::vector<std::string>>({0, 0, 0, 128, 0, 0, 0, 0}) == decode_error::truncated);
  CHECK(error_without_heap<std::vector<bool>>({255, 255, 255, 127, 1, 1}) == decode_error::truncated);
  CHECK(error_without_heap<std::span<std::byte const>>({255, 255, 255, 255}) == decode_error::truncated);
  CHECK(error_without_heap<std::string_view>({1, 0, 0, 0}) == decode_error::truncated);
}

TEST_CASE("large elements that are small on the wire are allocated as they are decoded") {
  using element = std::optional<std::array<std::uint64_t, 128>>; // 1 byte of input might claim 1,032 of memory
  auto bytes = raw({0xff, 0xff, 0, 0});
  bytes.resize(4 + 0xffff, std::byte{9}); // as many bytes as elements are claimed, but no element
  auto const before = heap::allocated;
  CHECK(decode_all<std::vector<element>>(bytes).error == decode_error::bad_value);
  CHECK(heap::allocated - before <= bytes.size());
}

TEST_CASE("payloads whose records do not fill them are refused") {
  CHECK(error_of<payloads>({1, 0, 0, 0, 5, 0, 0, 0, 1, 0, 0, 0, 'x'}) == decode_error::none);
  CHECK(error_of<payloads>({2, 0, 0, 0, 5, 0, 0, 0, 1, 0, 0, 0, 'x'}) == decode_error::bad_value);
  CHECK(error_of<payloads>({0, 0, 0, 0, 5, 0, 0, 0, 1, 0, 0, 0, 'x'}) == decode_error::bad_value);
  CHECK(error_of<payloads>({1, 0, 0, 0, 5, 0, 0, 0, 2, 0, 0, 0, 'x'}) == decode_error::bad_value);
  CHECK(error_of<payloads>({1, 0, 0, 0, 5, 0, 0, 0, 255, 255, 255, 255, 'x'}) == decode_error::bad_value);
  CHECK(error_of<payloads>({255, 255, 255, 255, 0, 0, 0, 0}) == decode_error::bad_value);
  CHECK(error_of<payloads>({1, 0, 0, 0, 6, 0, 0, 0, 1, 0, 0, 0, 'x'}) == decode_error::truncated);
}

struct mixed {
  std::vector<std::string> names{};
  bounded<shop::colour, 5> paints{};
  std::optional<payloads> records{};
  std::vector<std::vector<bool>> flags{};
  using fields = field_list<field<"names", &mixed::names>, field<"paints", &mixed::paints>,
                            field<"records", &mixed::records>, field<"flags", &mixed::flags>>;
};

TEST_CASE("100,000 random inputs decode to what they encode or to an error, within their means") {
  std::mt19937 random{20260101};
  std::size_t whole = 0;
  for (int round = 0; round < 100'000; ++round) {
    std::vector<std::byte> input(random() % 40);
    // Mostly small bytes: counts that are almost believable get further than those that are not.
    unsigned const spread = round % 4 == 0 ? 256 : 1 + random() % 8;
    for (auto& b : input) b = random() % 4 == 0 ? static_cast<std::byte>(random() % spread) : std::byte{0};
    auto const before = heap::allocated;
    bool const a = decode_all<mixed>(input).error == decode_error::none;
    CHECK(heap::allocated - before <= 32 * input.size());
    bool const b = decodes_or_fails<shop::order>(input);
    bool const c = decodes_or_fails<mixed>(input);
    REQUIRE(a == c);
    whole += (b || c) ? 1U : 0U;
  }
  CHECK(whole > 50); // some do get through, or this would test little
}

} // namespace
} // namespace quorate
