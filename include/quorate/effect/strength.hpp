// What a message claims about its sender's memory. It is a property of the message's type, so that nobody has
// to remember at the place of sending which messages must wait for the disk.
#pragma once

#include "quorate/core/config.hpp"

#include <concepts>
#include <cstdint>
#include <type_traits>

namespace quorate {

enum class strength : std::uint8_t {
  advisory, // forgotten by a crash without harm: a refusal, a heartbeat and its answer
  binding,  // the sender must remember what it asserts: it leaves only when that is durable
};

// A type that says how strong it is:
//
//   struct vote_granted { static constexpr quorate::strength says = quorate::strength::binding; ... };
//
// (`says` and not `strength`, because a member that takes the name of a type it was declared with is ill-formed.)
template <class M>
concept message = requires {
  requires std::same_as<decltype(&M::says), strength const*>; // of the type, not of each object
  typename std::integral_constant<strength, M::says>;         // a constant
};

template <class M>
concept binding_message = message<M> && M::says == strength::binding;

template <class M>
concept advisory_message = message<M> && M::says == strength::advisory;

namespace detail {
template <class M>
consteval strength strength_said_by() {
  static_assert(message<M>, "quorate: a message type must say `static constexpr quorate::strength says = "
                            "quorate::strength::binding;` or `::advisory`: there is no default");
  if constexpr (message<M>)
    return M::says;
  else
    return strength::binding; // so that the sentence above is the only error
}
} // namespace detail

// The strength of a message type; for a type that does not say, the compiler's first error says what to do.
template <class M>
inline constexpr strength strength_of = detail::strength_said_by<M>();

} // namespace quorate
