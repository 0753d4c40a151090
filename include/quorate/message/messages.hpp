// The Messages policy that we ship: whatever the codec can encode is a command.
#pragma once

#include "quorate/message/codec.hpp"
#include "quorate/policy/messages.hpp"

#include <cstddef>
#include <span>
#include <type_traits>

namespace quorate {

// `Command` and the extra fields are anything that the codec takes: numbers, strings, structs adapted by
// Boost.Hana (message/hana.hpp), or a borrowed std::span<std::byte const> or std::string_view, which is then
// not copied.
template <class Command, class EntryExtra = no_extra, class EnvelopeExtra = no_extra>
struct messages {
  using command = Command;
  using entry_extra = EntryExtra;
  using envelope_extra = EnvelopeExtra;

  static std::size_t entry_size(command const& c, entry_extra const& x) { return size_of(x) + encoded_size(c); }
  static void encode_entry(command const& c, entry_extra const& x, std::byte* at) {
    writer out{{at, entry_size(c, x)}};
    if constexpr (!std::is_empty_v<entry_extra>) (void)encode(x, out);
    (void)encode(c, out);
  }
  static bool decode_entry(payloads::bytes bytes, command& c, entry_extra& x) {
    reader in{bytes};
    if constexpr (!std::is_empty_v<entry_extra>)
      if (decode(in, x) != decode_error::none) return false;
    return decode(in, c) == decode_error::none && in.remaining() == 0;
  }

private:
  static std::size_t size_of(entry_extra const& x) {
    if constexpr (std::is_empty_v<entry_extra>)
      return 0;
    else
      return encoded_size(x);
  }
};

} // namespace quorate
