#include "quorate/message/codec.hpp"

#include "quorate/core/bounded.hpp"
#include "quorate/core/entry.hpp"
#include "quorate/core/payloads.hpp"
#include "quorate/log/hard.hpp"

#include "said.hpp"

#include <limits>

namespace quorate {
namespace {

struct everything_fixed {
  bool flag{};
  std::int16_t number{};
  entry_kind kind{};
  log_index index{};
  node_set<3> some{};
  std::array<std::byte, 2> two{};
  using fields = field_list<field<"flag", &everything_fixed::flag>, field<"number", &everything_fixed::number>,
                            field<"kind", &everything_fixed::kind>, field<"index", &everything_fixed::index>,
                            field<"some", &everything_fixed::some>, field<"two", &everything_fixed::two>>;
};
constexpr everything_fixed sample{true,
                                  -2,
                                  entry_kind::configuration,
                                  log_index{0x0102030405060708},
                                  {0b101},
                                  {std::byte{0xaa}, std::byte{0xbb}}};

struct borrows {
  std::span<std::byte const> bytes{};
  std::string_view text{};
  payloads records{};
  using fields = field_list<field<"bytes", &borrows::bytes>, field<"text", &borrows::text>,
                            field<"records", &borrows::records>>;
};

// Whole codings as constants.
static_assert(fixed_size<everything_fixed> == 15 && fixed_size<shop::transfer> == 16);
static_assert(fixed_size<configuration> == 6 * 8 + 4 + 2 + 64 * 2 && fixed_size<entry_run> == 21);
static_assert(fixed_size<hard_state> == 32 && fixed_size<earlier_hard_state> == 17);
static_assert(fixed_size<std::array<shop::transfer, 3>> == 48 && fixed_size<shop::nothing> == 0);
static_assert(fixed_size<bounded<bool, 2>> == variable_size && fixed_size<shop::order> == variable_size);

template <std::size_t N, class T>
constexpr std::array<std::byte, N> constant_bytes(T const& x) {
  std::array<std::byte, N> room{};
  writer to{room};
  return encode(x, to) && to.size() == N ? room : std::array<std::byte, N>{};
}
constexpr auto transfer_bytes = constant_bytes<16>(shop::transfer{0x1122334455667788, 9});
static_assert(transfer_bytes[0] == std::byte{0x88} && transfer_bytes[7] == std::byte{0x11} &&
              transfer_bytes[8] == std::byte{9} && transfer_bytes[15] == std::byte{0});
static_assert(decode_all<shop::transfer>(transfer_bytes).value.from == 0x1122334455667788);
static_assert(!decode_all<shop::transfer>(std::span{transfer_bytes}.first(15)));
static_assert(equal(decode_all<everything_fixed>(constant_bytes<15>(sample)).value, sample));

constexpr bool optional_and_bounded_in_a_constant() {
  bounded<std::optional<std::uint16_t>, 3> list;
  if (!list.push_back(7) || !list.push_back(std::nullopt)) return false;
  return equal(decode_all<decltype(list)>(constant_bytes<8>(list)).value, list);
}
static_assert(optional_and_bounded_in_a_constant());

// What can't be encoded is known before it is tried.
enum class open : std::uint8_t { a, b };
static_assert(encodable<shop::order> && encodable<borrows> && encodable<hard_state>);
static_assert(!encodable<open> && !encodable<std::optional<std::array<open, 2>>>);
static_assert(!encodable<double> && !encodable<int*> && !encodable<char const*> && !encodable<std::vector<float>>);
static_assert(!encodable<std::vector<shop::nothing>> && encodable<std::array<shop::nothing, 2>>);
static_assert(!encodable<std::span<std::byte>>, "decoding could not borrow it");

TEST_CASE("the bytes of a value are fixed: little-endian, no padding, counts in four bytes") {
  CHECK(bytes_of(sample) == raw({1, 0xfe, 0xff, 2, 8, 7, 6, 5, 4, 3, 2, 1, 0b101, 0xaa, 0xbb}));
  CHECK(bytes_of(sample_order()) ==
        raw({1,                                                                             // urgent
             0xfe, 0xff, 0xff, 0xff,                                                        // change
             2,                                                                             // paint
             1,    0,    0,    0,    0,   0,   0,   0,    2,   0,   0,   0,   0,   0, 0, 0, // money
             3,    0,    0,    0,    'A', 'n', 'n',                                         // customer
             2,    0,    0,    0,                                                           // parts
             3,    0,    0,    0,    0,   0,   0,   0,    4,   0,   0,   0,   0,   0, 0, 0, //
             5,    0,    0,    0,    0,   0,   0,   0,    6,   0,   0,   0,   0,   0, 0, 0, //
             1,    8,    0,    0,    0,   'n', 'o', '\n', 'h', 'u', 'r', 'r', 'y',          // note
             7,    0,    8,    0,    9,   0}));                                             // code
  CHECK(bytes_of(shop::size::large) == raw({1, 0}));
  auto three = raw({0, 0, 0, 0, 0, 0, 0, 0, 7}); // the number, the voters
  three.resize(6 * 8 + 4);                       // the others, the lease, flags
  for (auto const n : {3, 1, 2, 3})
    three.insert(three.end(), {static_cast<std::byte>(n), std::byte{}}); // the members
  three.resize(fixed_size<configuration>);
  CHECK(bytes_of(configuration{node_set<64>::first(3)}) == three);
  auto kept = raw({7, 2, 8, 9}); // the kind, the size, the bytes
  kept.resize(32);
  CHECK(bytes_of(hard_state{7, 2, {std::byte{8}, std::byte{9}}}) == kept);
  CHECK(bytes_of(earlier_hard_state{stamp{5}, no_node, log_index{9}}) ==
        raw({5, 0, 0, 0, 0, 0, 0, 0, 0xff, 9, 0, 0, 0, 0, 0, 0, 0}));
  CHECK(bytes_of(entry_run{log_index{1}, 2, stamp{3}, entry_kind::no_op}) ==
        raw({1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 1}));
  CHECK(bytes_of(shop::nothing{}).empty());
  auto const records = raw({1, 0, 0, 0, 'x', 0, 0, 0, 0});
  CHECK(bytes_of(payloads::trusted(records, 2)) == raw({2, 0, 0, 0, 9, 0, 0, 0, 1, 0, 0, 0, 'x', 0, 0, 0, 0}));
}

TEST_CASE("numbers, ids, enums and sets come back") {
  check_round_trip(true);
  check_round_trip(std::numeric_limits<std::int8_t>::min());
  check_round_trip(std::numeric_limits<std::int64_t>::min());
  check_round_trip(std::numeric_limits<std::uint64_t>::max());
  check_round_trip('q');
  check_round_trip(std::byte{0x80});
  check_round_trip(shop::colour::blue);
  check_round_trip(shop::size::large);
  check_round_trip(term_id{77});
  check_round_trip(node_id{1'000'000});
  check_round_trip(log_index{1} + 5);
  check_round_trip(no_node);
  check_round_trip(member_id{0x0102});
  check_round_trip(node_set<7>::first(7));
  check_round_trip(node_set<64>::first(64));
}

TEST_CASE("what is made of other values comes back") {
  check_round_trip(sample);
  check_round_trip(sample_order());
  check_round_trip(shop::order{});
  check_round_trip(entry_run{log_index{9}, 3, stamp{2}, entry_kind::configuration});
  check_round_trip(hard_state{7, 2, {std::byte{8}, std::byte{9}}});
  check_round_trip(earlier_hard_state{stamp{5}, node_index{2}, log_index{7}});
  check_round_trip(configuration{node_set<64>::first(5)});
  check_round_trip(std::array<std::string, 2>{"a", ""});
  check_round_trip(std::array<char, 3>{'a', 'b', 'c'});
  check_round_trip(std::optional<shop::transfer>{});
  check_round_trip(std::optional<shop::transfer>{{1, 2}});
  check_round_trip(std::optional<std::optional<std::string>>{std::optional<std::string>{}});
  check_round_trip(std::vector<bool>{true, false, true});
  check_round_trip(std::vector<char>{'a', 'b'});
  check_round_trip(std::vector<std::byte>{std::byte{1}});
  check_round_trip(std::vector<std::string>{"", "one", "two"});
  check_round_trip(std::vector<std::vector<std::uint16_t>>{{1, 2}, {}, {3}});
  bounded<std::uint32_t, 4> list;
  for (auto const n : {7U, 8U, 9U}) CHECK(list.push_back(n));
  check_round_trip(list);
  shop::defined d;
  d.number = 3;
  d.text = "three";
  check_round_trip(d);
}

TEST_CASE("borrowed bytes come back and point into the input") {
  auto const bytes = raw({1, 2, 3}), records = raw({1, 0, 0, 0, 'x', 2, 0, 0, 0, 'y', 'z'});
  borrows const x{bytes, "text", payloads::trusted(records, 2)};
  check_round_trip(x);
  check_round_trip(borrows{});

  auto const input = bytes_of(x);
  auto const within = [&](void const* p) { return p > input.data() && p < input.data() + input.size(); };
  auto const d = decode_all<borrows>(input);
  REQUIRE(d);
  CHECK(within(d.value.bytes.data()));
  CHECK(within(d.value.text.data()));
  CHECK(within(d.value.records.whole().data()));
}

TEST_CASE("a container that is decoded into loses what it held") {
  auto x = sample_order();
  REQUIRE(decode_all(bytes_of(shop::order{}), x) == decode_error::none);
  CHECK(equal(x, shop::order{}));
}

TEST_CASE("values follow one another in one writer and one reader") {
  std::array<std::byte, 24> room{};
  writer to{room};
  CHECK(encode(shop::transfer{1, 2}, to));
  CHECK(encode(std::uint32_t{3}, to));
  CHECK_FALSE(encode(std::uint64_t{4}, to)); // 4 bytes are left
  CHECK_FALSE(encode(std::uint8_t{5}, to));  // it would fit, but something before it is missing
  CHECK(to.size() == 20);
  CHECK(room[20] == std::byte{0});

  reader in{to.written()};
  CHECK(equal(decode<shop::transfer>(in).value, shop::transfer{1, 2}));
  CHECK(in.remaining() == 4);
  CHECK(decode<std::uint32_t>(in).value == 3);
  CHECK(decode<bool>(in).error == decode_error::truncated);
}

// A list that says it is longer than a count of four bytes can tell; it owns nothing.
struct endless {
  std::size_t size() const { return std::size_t{1} << 32; }
  std::uint8_t operator[](std::size_t) const { return 0; }
};

struct numbered {
  std::uint64_t before{};
  std::span<std::byte const> bytes{};
  using fields = field_list<field<"before", &numbered::before>, field<"bytes", &numbered::bytes>>;
};

TEST_CASE("a length above 2^32-1 is not encoded") {
  CHECK(detail::list_size<std::uint8_t>(endless{}) == variable_size);
  CHECK(detail::run_size(0xffff'ffffU) == 0x1'0000'0003U);
  CHECK(detail::add_sizes(variable_size, 9) == variable_size);
  std::byte const one{};
  numbered const m{1, {&one, std::size_t{1} << 32}}; // never read: it is refused by its length
  std::array<std::byte, 32> room{};
  writer to{room};
  CHECK_FALSE(encode(m, to));
  CHECK(to.size() == 0);
}

TEST_CASE("an error can be told to people") {
  CHECK(std::string_view{text(decode_error::truncated)} == "the bytes end before the value does");
  CHECK(std::string_view{name_of(decode_error::trailing)} == "trailing");
}

} // namespace
} // namespace quorate
