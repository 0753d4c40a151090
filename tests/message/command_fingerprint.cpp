// Policies that write different entries have different fingerprints, and a fingerprint is the same everywhere.
#include "quorate/message/command_fingerprint.hpp"

#include "quorate/message/messages.hpp"
#include "said.hpp"

#include <map>

namespace quorate {
namespace {

struct by_list { // as shop::transfer, which Hana adapts
  std::uint64_t from{};
  std::uint64_t to{};
  using fields = field_list<field<"from", &by_list::from>, field<"to", &by_list::to>>;
};
struct swapped {
  std::uint64_t from{};
  std::uint64_t to{};
  using fields = field_list<field<"to", &swapped::to>, field<"from", &swapped::from>>;
};
struct narrower {
  std::uint64_t from{};
  std::uint32_t to{};
  using fields = field_list<field<"from", &narrower::from>, field<"to", &narrower::to>>;
};
struct longer {
  std::uint64_t from{};
  std::uint64_t to{};
  bool urgent{};
  using fields =
      field_list<field<"from", &longer::from>, field<"to", &longer::to>, field<"urgent", &longer::urgent>>;
};
struct deeper { // in which only a field of a field is another one
  by_list money{};
  using fields = field_list<field<"money", &deeper::money>>;
};
struct deeper_swapped {
  swapped money{};
  using fields = field_list<field<"money", &deeper_swapped::money>>;
};
enum class three : std::uint8_t { a, b, c };
constexpr three last_enumerator(three) { return three::c; }
enum class four : std::uint8_t { a, b, c, d };
constexpr four last_enumerator(four) { return four::d; }

struct bare_number { // a policy with entries of its own
  using command = std::uint64_t;
  using entry_extra = no_extra;
  using envelope_extra = no_extra;
  static std::size_t entry_size(command, no_extra) { return 8; }
  static void encode_entry(command, no_extra, std::byte*) {}
  static bool decode_entry(payloads::bytes, command&, no_extra&) { return true; }
};
struct numbered : bare_number {
  static constexpr std::uint64_t fingerprint = 4711;
};
struct formless {
  int* pointer{};
};
struct without_form {
  using command = formless;
  using entry_extra = no_extra;
  using envelope_extra = no_extra;
  static std::size_t entry_size(command const&, no_extra) { return 0; }
  static void encode_entry(command const&, no_extra, std::byte*) {}
  static bool decode_entry(payloads::bytes, command&, no_extra&) { return true; }
};

template <class Command, class... Extras>
constexpr std::uint64_t print_of = command_fingerprint<messages<Command, Extras...>>();

// These numbers come from another program, by the definition at `shape_kind`. They must stay: nodes compare them.
static_assert(print_of<std::uint64_t> == 0x5cc8'6ff5'fe63'bfb4U);
static_assert(print_of<shop::transfer> == 0x39ab'a56c'cf64'b306U);
static_assert(print_of<shop::order, by_list> == 0xa7fa'd946'abaf'62a5U);

static_assert(print_of<by_list> == print_of<shop::transfer>);        // however its fields are listed
static_assert(print_of<std::string> == print_of<std::string_view>);  // borrowed or not
static_assert(print_of<std::string> == print_of<std::vector<char>>); // the same bytes
static_assert(print_of<term_id> == print_of<std::uint64_t>);
static_assert(print_of<std::span<std::byte const>> == print_of<std::vector<std::byte>>);
static_assert(print_of<long> == print_of<std::conditional_t<sizeof(long) == 8, long long, int>>);

static_assert(command_fingerprint<bare_number>() == print_of<std::uint64_t>);
static_assert(command_fingerprint<numbered>() == 4711);
static_assert(command_fingerprint<without_form>() == 0);

} // namespace

TEST_CASE("whatever differs in the bytes or the names of a policy's entries has another fingerprint") {
  std::map<std::uint64_t, std::string> seen;
  auto const is_new = [&](std::uint64_t print, std::string const& name) {
    CAPTURE(name);
    CHECK(print != 0);
    auto const added = seen.emplace(print, name);
    CHECK_MESSAGE(added.second, added.first->second);
  };
  is_new(print_of<bool>, "bool");
  is_new(print_of<char>, "char");
  is_new(print_of<std::byte>, "byte");
  is_new(print_of<std::uint8_t>, "u8");
  is_new(print_of<std::int8_t>, "i8");
  is_new(print_of<std::uint32_t>, "u32");
  is_new(print_of<std::int32_t>, "i32");
  is_new(print_of<std::uint64_t>, "u64");
  is_new(print_of<three>, "three");
  is_new(print_of<four>, "four");
  is_new(print_of<shop::size>, "size");
  is_new(print_of<node_set<7>>, "7 nodes");
  is_new(print_of<node_set<8>>, "8 nodes");
  is_new(print_of<by_list>, "struct");
  is_new(print_of<swapped>, "struct, fields in another order");
  is_new(print_of<narrower>, "struct, one field narrower");
  is_new(print_of<longer>, "struct, one field more");
  is_new(print_of<deeper>, "struct in a struct");
  is_new(print_of<deeper_swapped>, "struct in a struct, in another order");
  is_new(print_of<shop::nothing>, "nothing");
  is_new(print_of<std::array<std::uint32_t, 3>>, "array of 3");
  is_new(print_of<std::array<std::uint32_t, 4>>, "array of 4");
  is_new(print_of<std::array<std::int32_t, 4>>, "array of 4, signed");
  is_new(print_of<std::optional<std::uint32_t>>, "optional");
  is_new(print_of<bounded<std::uint32_t, 3>>, "at most 3");
  is_new(print_of<bounded<std::uint32_t, 4>>, "at most 4");
  is_new(print_of<std::vector<std::uint32_t>>, "vector");
  is_new(print_of<std::vector<std::uint64_t>>, "vector, wider");
  is_new(print_of<std::vector<std::byte>>, "bytes");
  is_new(print_of<std::string>, "string");
  is_new(print_of<payloads>, "records");
  is_new(print_of<shop::order>, "order");
  is_new(print_of<std::string, by_list>, "string with an extra");
  is_new(print_of<std::string, swapped>, "string with another extra");
  is_new(print_of<std::string, no_extra, by_list>, "string with an extra in the envelope");
}

} // namespace quorate
