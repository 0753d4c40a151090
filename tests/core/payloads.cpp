// Records end to end. Each test keeps the bytes in a heap block of exactly their size, so that a sanitizer sees
// any read beside them.
#include "quorate/core/payloads.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace quorate {
namespace {

using strings = std::vector<std::string>;

std::vector<std::byte> laid_out(strings const& records) {
  std::vector<std::byte> out;
  for (auto const& r : records) {
    std::byte length[payloads::prefix];
    payloads::put_length(length, static_cast<std::uint32_t>(r.size()));
    out.insert(out.end(), length, length + payloads::prefix);
    for (auto const c : r) out.push_back(static_cast<std::byte>(c));
  }
  return out;
}

std::string text(payloads::bytes b) {
  std::string out;
  for (auto const x : b) out.push_back(static_cast<char>(x));
  return out;
}
strings records_of(payloads const& p) {
  strings out;
  p.for_each([&](payloads::bytes b) { out.push_back(text(b)); });
  return out;
}

// Exactly these bytes on the heap, and what parse makes of them.
struct exactly {
  explicit exactly(std::vector<std::byte> const& b) : size{b.size()}, bytes{new std::byte[b.size()]} {
    std::copy(b.begin(), b.end(), bytes.get());
  }
  std::optional<payloads> parse(std::uint32_t count) const { return payloads::parse({bytes.get(), size}, count); }
  std::size_t size;
  std::unique_ptr<std::byte[]> bytes;
};

std::vector<std::byte> bytes_of(std::initializer_list<int> list) {
  std::vector<std::byte> out;
  for (auto const b : list) out.push_back(static_cast<std::byte>(b));
  return out;
}

TEST_CASE("a length is four bytes, the least first, to the end of its range") {
  std::byte at[payloads::prefix];
  payloads::put_length(at, 0x01020304);
  CHECK(std::equal(at, at + 4, bytes_of({4, 3, 2, 1}).begin()));
  for (std::uint32_t const n : {0U, 1U, 255U, 256U, 65535U, 65536U, 0x7fffffffU, 0x80000000U, 0xffffffffU}) {
    payloads::put_length(at, n);
    CHECK(payloads::length_at(at) == n);
  }
}

TEST_CASE("records come out as they went in, the empty and the long ones too") {
  strings const records{"", "a", std::string(300, 'x'), "", "last"};
  exactly const e{laid_out(records)};
  auto const p = e.parse(5);
  REQUIRE(p);
  CHECK(p->count() == 5);
  CHECK(p->whole().size() == e.size);
  CHECK(records_of(*p) == records);
  CHECK(p->front().empty());
  for (std::uint32_t n = 0; n <= 5; ++n) {
    CAPTURE(n);
    auto const first = p->take(n), rest = p->drop(n);
    CHECK((first.count() == n && rest.count() == 5 - n));
    CHECK(records_of(first) == strings(records.begin(), records.begin() + n));
    CHECK(records_of(rest) == strings(records.begin() + n, records.end()));
    CHECK(first.whole().size() + rest.whole().size() == e.size);
    if (n < 5) CHECK(text(rest.front()) == records[n]);
  }
  CHECK(records_of(payloads::trusted(p->whole(), 5)) == records);
}

TEST_CASE("nothing is no record, and no record is nothing but nothing") {
  CHECK(payloads{}.count() == 0);
  CHECK(payloads{}.whole().empty());
  CHECK(payloads::parse({}, 0));
  CHECK(!payloads::parse({}, 1));
  CHECK(!exactly{bytes_of({0, 0, 0, 0})}.parse(0));
  CHECK(exactly{bytes_of({0, 0, 0, 0})}.parse(1));
}

TEST_CASE("bytes that the count does not fill exactly are no run: not one too few, not one too many") {
  strings const records{"ab", "", "cde"};
  auto const whole = laid_out(records);
  for (std::size_t size = 0; size <= whole.size(); ++size)
    for (std::uint32_t count = 0; count < 6; ++count) {
      CAPTURE(size);
      CAPTURE(count);
      exactly const cut{{whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)}};
      // Where a record ends, and so many lie before it.
      bool const fits = (size == 0 && count == 0) || (size == 6 && count == 1) || (size == 10 && count == 2) ||
                        (size == 17 && count == 3);
      CHECK(cut.parse(count).has_value() == fits);
    }
}

TEST_CASE("a length that claims more than is there, even the most there is, is refused and not followed") {
  CHECK(!exactly{bytes_of({1, 0, 0, 0})}.parse(1));
  CHECK(!exactly{bytes_of({0xff, 0xff, 0xff, 0xff})}.parse(1));
  CHECK(!exactly{bytes_of({0xff, 0xff, 0xff, 0xff, 1, 2, 3})}.parse(1));
  CHECK(!exactly{bytes_of({0, 0, 0, 0x80, 9})}.parse(1));
  CHECK(!exactly{bytes_of({0, 0, 0, 0, 0xfc, 0xff, 0xff, 0xff})}.parse(2)); // back to the start, were it to wrap
  CHECK(!exactly{bytes_of({0, 0, 0, 0, 0xfc, 0xff, 0xff, 0xff})}.parse(0xffffffff));
}

TEST_CASE("of random bytes, only those that make the records that they claim are taken for a run") {
  std::mt19937_64 random{7};
  int taken = 0;
  for (int round = 0; round < 20000; ++round) {
    std::vector<std::byte> bytes(random() % 24);
    for (auto& b : bytes) b = static_cast<std::byte>(random() % 4 == 0 ? random() % 6 : 0);
    auto const count = static_cast<std::uint32_t>(random() % 5);
    exactly const e{bytes};
    auto const p = e.parse(count);
    if (!p) continue;
    taken += count > 0 ? 1 : 0;
    REQUIRE(p->count() == count);
    CHECK(laid_out(records_of(*p)) == bytes);
  }
  CHECK(taken > 100);
}

} // namespace
} // namespace quorate
