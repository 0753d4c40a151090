// check_messages: for each law there is a wrong policy that breaks just that and is told so.
#include "quorate/conform/messages.hpp"

#include "quorate/message/messages.hpp"
#include "support/breaks_just.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace quorate {
namespace {

using check::messages_law;

struct stamped { // an extra field of the user's own
  std::uint64_t at{};
  using fields = field_list<field<"at", &stamped::at>>;
  friend bool operator==(stamped const&, stamped const&) = default;
};

// A number and a stamp, eight bytes each, but for one law.
template <messages_law Broken>
struct wrong_messages {
  using command = std::uint64_t;
  using entry_extra = stamped;
  using envelope_extra = no_extra;
  static constexpr std::uint64_t half = 0xffffffff;

  // Large numbers do not fit into what half a number is written in.
  static bool is_short(command c) {
    return Broken == messages_law::what_is_taken_for_an_entry_is_one && (c & 0xff) == 0xff;
  }
  static std::size_t entry_size(command const& c, entry_extra const&) { return is_short(c) ? 12 : 16; }
  static void encode_entry(command const& c, entry_extra const& x, std::byte* at) {
    static std::uint64_t encoded = 0;
    auto const stamp = Broken == messages_law::encodings_do_not_vary ? x.at | ++encoded << 48 : x.at;
    std::memcpy(at, &stamp, 8);
    std::memcpy(at + 8, &c, Broken == messages_law::sizes_are_exact && c > half ? 7 : is_short(c) ? 4 : 8);
  }
  static bool decode_entry(payloads::bytes b, command& c, entry_extra& x) {
    if (b.size() != 16 && b.size() != 12) return false;
    command read = 0;
    std::memcpy(&read, b.data() + 8, b.size() - 8);
    if (Broken == messages_law::commands_come_back) read &= half;
    if (Broken == messages_law::decoding_replaces_what_was_there) read |= c;
    c = read;
    if (Broken == messages_law::extra_fields_come_back) return true;
    std::memcpy(&x.at, b.data(), 8);
    x.at &= ~std::uint64_t{0} >> 16;
    return true;
  }
};

struct with_stamps { // small numbers and large ones, none of which ends in 0xff
  static std::uint64_t make(std::uint64_t n) { return n & ~std::uint64_t{1}; }
  static std::uint64_t number(std::uint64_t c) { return c; }
  static stamped extra(std::uint64_t n) { return {n * 3 & ~std::uint64_t{0} >> 16}; }
};

TEST_CASE("each law of the Messages policy is missed when it is broken") {
  test::each_law_is_missed<messages_law, detail::enumerators<messages_law>()>(
      []<messages_law Broken>() { return check::check_messages<wrong_messages<Broken>, with_stamps>(); });
}

} // namespace
} // namespace quorate
