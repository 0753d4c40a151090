// The messages that a protocol speaks, as a list of types. A message's place in the list is its type number on the
// wire, so new messages go to the end. Light: the cores read it, and pay for no codec (frame.hpp has that).
#pragma once

#include "quorate/effect/strength.hpp"

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <variant>

namespace quorate {

namespace detail {
template <class M, class... Ms>
inline constexpr std::size_t times_listed = (std::size_t{0} + ... + (std::is_same_v<M, Ms> ? 1U : 0U));

template <class M, class... Ms>
consteval std::size_t place_in_list() {
  bool const same[] = {std::is_same_v<M, Ms>..., true};
  std::size_t i = 0;
  while (!same[i]) ++i;
  return i;
}
} // namespace detail

template <class... Ms>
struct message_set {
  static_assert((message<Ms> && ...),
                "quorate: a message type must say `static constexpr quorate::strength says = "
                "quorate::strength::binding;` or `::advisory`: there is no default");
  static_assert(((detail::times_listed<Ms, Ms...> == 1) && ...),
                "quorate: a message_set lists the same message type twice; keep one of them");
  static_assert(sizeof...(Ms) <= 256, "quorate: a message_set has at most 256 messages: the type is one byte");

  static constexpr std::size_t size = sizeof...(Ms);
  // What the first byte of a frame says; see `versioned` in frame.hpp.
  static constexpr std::uint8_t version = 1;

  template <class M>
  static constexpr bool contains = detail::times_listed<M, Ms...> == 1;

  // The type number of M.
  template <class M>
  static constexpr std::size_t index_of = [] {
    static_assert(contains<M>, "quorate: this type is not in the message_set; add it at the end of the list");
    return detail::place_in_list<M, Ms...>();
  }();
};

namespace detail {
template <class Set, class... Sets>
struct joined {
  using set = Set;
};
template <class... As, class... Bs, class... Sets>
struct joined<message_set<As...>, message_set<Bs...>, Sets...> : joined<message_set<As..., Bs...>, Sets...> {};

template <class Set>
struct held_in;
template <class... Ms>
struct held_in<message_set<Ms...>> {
  using variant = std::variant<Ms...>;
  template <template <std::size_t, class...> class Box, std::size_t Capacity>
  using box = Box<Capacity, Ms...>;
  using binding = typename joined<std::conditional_t<binding_message<Ms>, message_set<Ms>, message_set<>>...>::set;
};
} // namespace detail

// One set of all that the sets list, in their order.
template <class... Sets>
using joined_messages = typename detail::joined<Sets...>::set;
// Any message of the set.
template <class Set>
using any_message = typename detail::held_in<Set>::variant;
// An outbox (Box) for those of the set that are binding.
template <template <std::size_t, class...> class Box, std::size_t Capacity, class Set>
using box_for = typename detail::held_in<typename detail::held_in<Set>::binding>::template box<Box, Capacity>;

} // namespace quorate
