// A core's hard state (log/hard.hpp) as storages keep it, and back.
#pragma once

#include "quorate/log/hard.hpp"
#include "quorate/message/codec.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>

namespace quorate {

template <class Hard>
constexpr hard_state to_hard_state(Hard const& h) {
  static_assert(
      Hard::kind > earlier_hard_state::kind || std::is_same_v<Hard, earlier_hard_state>,
      "quorate: a core's hard_type has a kind above 1: 0 says that nothing was written, and 1 is the kind of "
      "stores of earlier formats");
  static_assert(fixed_size<Hard> <= sizeof(hard_state::bytes),
                "quorate: a core's hard_type takes at most 30 bytes, and always as many");
  hard_state to{Hard::kind, static_cast<std::uint8_t>(fixed_size<Hard>), {}};
  detail::storer out{to.bytes.data()};
  wire<Hard>::put(out, h);
  return to;
}

// Nothing if it is not one of that kind.
template <class Hard>
constexpr std::optional<Hard> from_hard_state(hard_state const& h) {
  if (h.kind == 0) return Hard{};
  if constexpr (requires { Hard::of(earlier_hard_state{}); })
    if (h.kind == earlier_hard_state::kind)
      if (auto const e = from_hard_state<earlier_hard_state>(h)) return Hard::of(*e);
  Hard to{};
  if (h.kind != Hard::kind || h.size != fixed_size<Hard>) return std::nullopt;
  if (decode_all(std::span<std::byte const>{h.bytes.data(), h.size}, to) != decode_error::none)
    return std::nullopt;
  return to;
}

} // namespace quorate
