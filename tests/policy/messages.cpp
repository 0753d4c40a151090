// The law of the Messages policy: what is encoded comes back, on every node, and other bytes may hold anything.
#include "quorate/policy/messages.hpp"

#include "archetype/least_policies.hpp"
#include "message/said.hpp"
#include "quorate/conform/messages.hpp"
#include "quorate/message/messages.hpp"
#include "support/breaks_just.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
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

// A policy, and a command and its extra for each number: as check_messages wants them.
struct numbers {
  using policy = messages<std::uint64_t>;
  static std::uint64_t make(std::uint64_t n) { return n * 0x0101010101010101U; }
  static std::uint64_t number(std::uint64_t c) { return c; }
  static no_extra extra(std::uint64_t) { return {}; }
};
struct texts {
  using policy = messages<std::string, stamped>;
  static std::string make(std::uint64_t n) { return std::string(n % 300, static_cast<char>('a' + n % 26)); }
  static std::uint64_t number(std::string const& s) { return s.size(); }
  static stamped extra(std::uint64_t n) { return {n << 33, static_cast<std::uint32_t>(n)}; }
};
struct views { // which borrow what they are decoded from
  using policy = messages<std::string_view>;
  static std::string_view make(std::uint64_t n) {
    return std::string_view{"neither copied nor moved"}.substr(n % 24);
  }
  static std::uint64_t number(std::string_view s) { return s.size(); }
  static no_extra extra(std::uint64_t) { return {}; }
};
struct orders { // a user's struct, adapted by Boost.Hana
  using policy = messages<shop::order, stamped>;
  static shop::order make(std::uint64_t n) {
    shop::order o{.urgent = n % 2 == 0, .money = {n, ~n}, .customer = texts::make(n)};
    o.parts.resize(n % 5, {n, 1});
    if (n % 3 == 0) o.note = texts::make(n + 1);
    return o;
  }
  static std::uint64_t number(shop::order const& o) { return o.money.from; }
  static stamped extra(std::uint64_t n) { return {n, 7}; }
};
struct least { // a command that can be neither copied nor compared
  using policy = test::least_messages<>;
  static test::least_command make(std::uint64_t n) { return test::least_command{n}; }
  static std::uint64_t number(test::least_command const& c) { return c.amount; }
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

TEST_CASE_TEMPLATE("every Messages policy that there is keeps its laws", Model, numbers, texts, views, orders,
                   least) {
  test::keeps_its_laws(check::check_messages<typename Model::policy, Model>({.commands = 1000, .noise = 40000}));
}

TEST_CASE_TEMPLATE("a byte less or more is no entry of ours", Model, numbers, texts, views) {
  using policy = typename Model::policy;
  for (std::uint64_t n = 0; n < 400; ++n) {
    CAPTURE(n);
    encoded<policy> const e{Model::make(n), Model::extra(n)};
    typename policy::command c{};
    typename policy::entry_extra x{};
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

} // namespace
} // namespace quorate
