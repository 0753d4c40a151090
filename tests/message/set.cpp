#include "quorate/message/set.hpp"

#include "quorate/core/payloads.hpp"
#include "quorate/message/frame.hpp"
#include "quorate/raft/message.hpp"

#include "said.hpp"

#include <random>
#include <type_traits>
#include <variant>

namespace shop {
struct hello { // a message of the user's, adapted by Hana
  static constexpr quorate::strength says = quorate::strength::advisory;
};
} // namespace shop
BOOST_HANA_ADAPT_STRUCT(shop::hello);

namespace quorate {
namespace {

struct accepted {
  static constexpr quorate::strength says = quorate::strength::binding;
  term_id term{};
  entry_kind kind{};
  using fields = field_list<field<"term", &accepted::term>, field<"kind", &accepted::kind>>;
};
struct carried {
  static constexpr quorate::strength says = quorate::strength::advisory;
  payloads records{};
  using fields = field_list<field<"records", &carried::records>>;
};
struct mute { // says nothing of its strength
  strength says{};
};

using messages = message_set<shop::hello, accepted, carried>;
static_assert(std::is_same_v<any_message<messages>, std::variant<shop::hello, accepted, carried>>);
static_assert(std::is_same_v<joined_messages<message_set<carried>, message_set<>, message_set<accepted>>,
                             message_set<carried, accepted>>);
template <std::size_t Capacity, class... Ms>
struct box;
static_assert(std::is_same_v<box_for<box, 3, messages>, box<3, accepted>>);

using later = versioned<2, message_set<shop::hello, accepted, carried, raft::request_vote>>;

static_assert(message<accepted> && binding_message<accepted> && !advisory_message<accepted>);
static_assert(advisory_message<carried> && strength_of<carried> == strength::advisory);
static_assert(!message<mute> && !message<int>);
static_assert(messages::size == 3 && messages::contains<accepted> && !messages::contains<int>);
static_assert(messages::index_of<shop::hello> == 0 && messages::index_of<carried> == 2);
static_assert(later::index_of<raft::request_vote> == 3 && later::version == 2);

template <class Set, class M>
std::vector<std::byte> frame_of(M const& m) {
  std::vector<std::byte> bytes;
  appender to{bytes};
  REQUIRE(encode_message(Set{}, m, to));
  REQUIRE(bytes.size() == encoded_message_size(m));
  return bytes;
}

// What the visitor was called with, and how often.
struct seen {
  int calls = 0;
  std::variant<std::monostate, shop::hello, accepted, carried, raft::request_vote> last{};
  template <class M>
  void operator()(M const& m) {
    static_assert(!std::is_same_v<M, mute>);
    ++calls;
    last = m;
  }
};

template <class Set = messages>
decode_error error_of(std::vector<std::byte> const& bytes) {
  exact_copy const input{bytes};
  seen s;
  auto const e = decode_message<Set>(input.bytes(), s);
  CHECK(s.calls == (e == decode_error::none ? 1 : 0)); // never called with half a message
  return e;
}

constexpr bool a_frame_in_a_constant() {
  std::array<std::byte, 11> room{};
  writer to{room};
  accepted const sent{term_id{3}, entry_kind::no_op};
  if (!encode_message(messages{}, sent, to)) return false;
  bool same = false;
  auto const e = decode_message<messages>(room, [&]<class M>(M const& m) {
    if constexpr (std::is_same_v<M, accepted>) same = equal(m, sent);
  });
  return e == decode_error::none && same;
}

TEST_CASE("a frame is the set's version, the message's place, and its fields") {
  CHECK(frame_of<messages>(shop::hello{}) == raw({1, 0}));
  CHECK(frame_of<messages>(accepted{term_id{3}, entry_kind::no_op}) == raw({1, 1, 3, 0, 0, 0, 0, 0, 0, 0, 1}));
  CHECK(frame_of<later>(shop::hello{}) == raw({2, 0}));
  static_assert(a_frame_in_a_constant());
}

TEST_CASE("the visitor gets the message with its type, borrowing from the frame") {
  auto const records = raw({1, 0, 0, 0, 'x'});
  auto const frame = frame_of<messages>(carried{payloads::trusted(records, 1)});
  seen s;
  REQUIRE(decode_message<messages>(frame, s) == decode_error::none);
  CHECK(s.calls == 1);
  auto const* m = std::get_if<carried>(&s.last);
  REQUIRE(m != nullptr);
  CHECK(m->records.whole().data() == frame.data() + 10);

  REQUIRE(decode_message<messages>(frame_of<messages>(accepted{term_id{3}, entry_kind::no_op}), s) ==
          decode_error::none);
  auto const* a = std::get_if<accepted>(&s.last);
  REQUIRE(a != nullptr);
  CHECK(a->term == term_id{3});
}

TEST_CASE("a frame that is not one is refused") {
  CHECK(error_of({}) == decode_error::truncated);
  CHECK(error_of(raw({1})) == decode_error::truncated);
  CHECK(error_of(raw({0, 0})) == decode_error::unknown_version);
  CHECK(error_of(raw({2, 0})) == decode_error::unknown_version);
  CHECK(error_of<later>(raw({1, 0})) == decode_error::unknown_version);
  CHECK(error_of(raw({1, 3})) == decode_error::unknown_type);
  CHECK(error_of(raw({1, 255})) == decode_error::unknown_type);
  CHECK(error_of(raw({1, 0, 0})) == decode_error::trailing);
  CHECK(error_of(raw({1, 1, 3, 0, 0, 0, 0, 0, 0, 0, 9})) == decode_error::bad_value);
  CHECK(error_of(raw({1, 0})) == decode_error::none);
}

TEST_CASE("a frame cut short or damaged is refused or is another frame") {
  auto const records = raw({1, 0, 0, 0, 'x', 0, 0, 0, 0});
  auto const frame = frame_of<messages>(carried{payloads::trusted(records, 2)});
  for (std::size_t n = 0; n < frame.size(); ++n)
    CHECK(error_of({frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(n)}) == decode_error::truncated);
  for (std::size_t i = 0; i < frame.size(); ++i)
    for (unsigned flip = 1; flip < 256; ++flip) {
      auto damaged = frame;
      damaged[i] ^= static_cast<std::byte>(flip);
      auto const e = error_of(damaged);
      if (i == 0) CHECK(e == decode_error::unknown_version);
    }
}

TEST_CASE("100,000 random frames are refused or are what they encode") {
  std::mt19937 random{20260102};
  int whole = 0;
  for (int round = 0; round < 100'000; ++round) {
    std::vector<std::byte> input(random() % 32);
    for (auto& b : input) b = static_cast<std::byte>(random() % 3 == 0 ? random() % 16 : 0);
    if (!input.empty() && round % 8 != 0) input[0] = std::byte{1};
    exact_copy const frame{input};
    auto const e = decode_message<messages>(frame.bytes(), [&](auto const& m) {
      ++whole;
      REQUIRE(frame_of<messages>(m) == input);
    });
    if (e == decode_error::none) continue;
    REQUIRE(std::string_view{name_of(e)} != "unknown");
  }
  CHECK(whole > 1000);
}

TEST_CASE("a frame that does not fit is not written") {
  std::array<std::byte, 10> room{};
  writer to{room};
  CHECK_FALSE(encode_message(messages{}, accepted{}, to));
  CHECK(to.size() == 0);
}

} // namespace
} // namespace quorate
