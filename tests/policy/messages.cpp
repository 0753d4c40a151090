// The law of the Messages policy: what is encoded comes back, on every node, and other bytes may hold anything.
#include "quorate/policy/messages.hpp"

#include "archetype/least_policies.hpp"
#include "quorate/message/messages.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quorate {
namespace {

struct stamped { // an extra field of the user's own
  std::uint64_t at{};
  std::uint32_t by{};
  using fields = field_list<field<"at", &stamped::at>, field<"by", &stamped::by>>;
  friend bool operator==(stamped const&, stamped const&) = default;
};

// A policy, and a command and its extra for each number.
struct numbers {
  using policy = messages<std::uint64_t>;
  static std::uint64_t command(std::uint64_t n) { return n * 0x0101010101010101U; }
  static no_extra extra(std::uint64_t) { return {}; }
};
struct texts {
  using policy = messages<std::string, stamped>;
  static std::string command(std::uint64_t n) { return std::string(n % 300, static_cast<char>('a' + n % 26)); }
  static stamped extra(std::uint64_t n) { return {n << 33, static_cast<std::uint32_t>(n)}; }
};
struct views { // which borrow what they are decoded from
  using policy = messages<std::string_view>;
  static std::string_view command(std::uint64_t n) {
    return std::string_view{"neither copied nor moved"}.substr(n % 24);
  }
  static no_extra extra(std::uint64_t) { return {}; }
};
static_assert(message_policy<numbers::policy> && message_policy<texts::policy> && message_policy<views::policy>);

// The entry's bytes, in a heap block of exactly their size.
template <class Policy>
struct encoded {
  encoded(typename Policy::command const& c, typename Policy::entry_extra const& x)
      : size{Policy::entry_size(c, x)}, bytes{new std::byte[size]} {
    Policy::encode_entry(c, x, bytes.get());
  }
  std::size_t size;
  std::unique_ptr<std::byte[]> bytes;
};

TEST_CASE_TEMPLATE("what is encoded comes back, the extra fields with it; a byte less or more is no entry", Model,
                   numbers, texts, views) {
  using policy = typename Model::policy;
  for (std::uint64_t n = 0; n < 400; ++n) {
    CAPTURE(n);
    auto const command = Model::command(n);
    auto const extra = Model::extra(n);
    encoded<policy> const e{command, extra};
    typename policy::command c{};
    typename policy::entry_extra x{};
    REQUIRE(policy::decode_entry({e.bytes.get(), e.size}, c, x));
    CHECK(c == command);
    CHECK(x == extra);

    std::vector<std::byte> longer{e.bytes.get(), e.bytes.get() + e.size};
    longer.push_back({});
    CHECK(!policy::decode_entry(longer, c, x));
    for (std::size_t size = 0; size < std::min<std::size_t>(e.size, 12); ++size) {
      std::unique_ptr<std::byte[]> const cut{new std::byte[size]};
      std::copy_n(e.bytes.get(), size, cut.get());
      CHECK(!policy::decode_entry({cut.get(), size}, c, x));
    }
  }
}

TEST_CASE_TEMPLATE("exactly as many bytes are written as were announced", Model, numbers, texts, views) {
  using policy = typename Model::policy;
  for (std::uint64_t n = 0; n < 100; ++n) {
    auto const size = policy::entry_size(Model::command(n), Model::extra(n));
    std::vector<std::byte> once(size + 16, std::byte{0x11}), again(size + 16, std::byte{0xee});
    policy::encode_entry(Model::command(n), Model::extra(n), once.data() + 8);
    policy::encode_entry(Model::command(n), Model::extra(n), again.data() + 8);
    CHECK(std::equal(once.begin() + 8, once.end() - 8, again.begin() + 8)); // all of them, ...
    auto const untouched = [&](auto from, std::byte with) {
      return std::all_of(from, from + 8, [&](std::byte b) { return b == with; });
    };
    // ... and no others.
    CHECK((untouched(once.begin(), std::byte{0x11}) && untouched(once.end() - 8, std::byte{0x11})));
    CHECK((untouched(again.begin(), std::byte{0xee}) && untouched(again.end() - 8, std::byte{0xee})));
  }
}

TEST_CASE("extra fields take their own bytes in the entry; none, and the entry is the command to the byte") {
  std::uint64_t const command = 77;
  std::array<std::byte, 8> alone{};
  writer out{alone};
  REQUIRE(encode(command, out));
  encoded<messages<std::uint64_t>> const none{command, {}};
  REQUIRE(none.size == alone.size());
  CHECK(std::equal(alone.begin(), alone.end(), none.bytes.get()));

  encoded<messages<std::uint64_t, stamped>> const some{command, {1, 2}};
  REQUIRE(some.size == alone.size() + encoded_size(stamped{1, 2}));
  CHECK(std::equal(alone.begin(), alone.end(), some.bytes.get() + (some.size - alone.size())));
}

TEST_CASE("a view borrows the bytes that it was decoded from; a string does not") {
  encoded<views::policy> const e{"abc", {}};
  std::string_view view;
  no_extra none;
  REQUIRE(views::policy::decode_entry({e.bytes.get(), e.size}, view, none));
  auto const* const begin = reinterpret_cast<char const*>(e.bytes.get());
  CHECK((begin <= view.data() && view.data() + view.size() <= begin + e.size));
}

TEST_CASE_TEMPLATE("of random bytes, what is taken for an entry is one", Model, numbers, texts, views) {
  using policy = typename Model::policy;
  std::mt19937_64 random{3};
  int taken = 0;
  for (int round = 0; round < 20000; ++round) {
    std::size_t const size = random() % 32;
    std::unique_ptr<std::byte[]> const bytes{new std::byte[size]};
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(random() % 3 == 0 ? random() : 0);
    typename policy::command c{};
    typename policy::entry_extra x{};
    if (!policy::decode_entry({bytes.get(), size}, c, x)) continue;
    ++taken;
    encoded<policy> const e{c, x};
    REQUIRE(e.size == size);
    CHECK(std::equal(e.bytes.get(), e.bytes.get() + size, bytes.get()));
  }
  CHECK(taken > 20);
}

} // namespace
} // namespace quorate
