// What is wrong with a Messages policy: one sentence for each requirement of policy/messages.hpp.
#pragma once

#include "quorate/policy/messages.hpp"
#include "quorate/replica/member_fit.hpp"

#include <concepts>
#include <cstddef>

namespace quorate::detail {

namespace call { // static members, so of the policy as a type
struct entry_size {
  template <class M>
  auto operator()(M&, auto const& c, auto const& x) const -> decltype(M::entry_size(c, x));
};
struct encode_entry {
  template <class M>
  auto operator()(M&, auto const& c, auto const& x, std::byte* at) const -> decltype(M::encode_entry(c, x, at));
};
struct decode_entry {
  template <class M>
  auto operator()(M&, payloads::bytes b, auto& c, auto& x) const -> decltype(M::decode_entry(b, c, x));
};
} // namespace call

enum class messages_member { entry_size, encode_entry, decode_entry };

template <class M>
consteval fault<messages_member> messages_fault() {
  using m = messages_member;
  using c = typename M::command;
  using x = typename M::entry_extra;
  return first_fault(
      fault{m::entry_size, judge<same_as_type<std::size_t>, M, call::entry_size, c const&, x const&>()},
      fault{m::encode_entry, judge<any_type, M, call::encode_entry, c const&, x const&, std::byte*>()},
      fault{m::decode_entry, judge<same_as_type<bool>, M, call::decode_entry, payloads::bytes, c&, x&>()});
}

// Takes the place of a Messages policy that does not fit; nothing of it is ever called.
struct no_messages {
  using command = anything;
  using entry_extra = anything;
  using envelope_extra = no_extra;
  static std::size_t entry_size(command const&, entry_extra const&);
  static void encode_entry(command const&, entry_extra const&, std::byte*);
  static bool decode_entry(payloads::bytes, command&, entry_extra&);
};

template <fault<messages_member> f>
struct why_no_messages {
  using m = messages_member;
  QUORATE_SAY_OF("Messages", entry_size, "entry_size(c, x)",
                 "static std::size_t entry_size(command const&, entry_extra const&)");
  QUORATE_SAY_OF("Messages", encode_entry, "encode_entry(c, x, at)",
                 "static void encode_entry(command const&, entry_extra const&, std::byte* at)");
  QUORATE_SAY_OF("Messages", decode_entry, "decode_entry(b, c, x)",
                 "static bool decode_entry(payloads::bytes, command&, entry_extra&)");
};

template <class M>
constexpr auto fitting_messages() {
  if constexpr (message_policy<M>) {
    return type_is<M>{};
  } else {
    if constexpr (!requires { typename M::command; })
      static_assert(never<M>, "quorate: Messages: the type `command` is missing; for a type of yours write "
                              "messages<it> (message/messages.hpp); the order is messages, storage, timer");
    else if constexpr (!requires { typename M::entry_extra; })
      static_assert(never<M>, "quorate: Messages: the type `entry_extra` is missing; without one it is no_extra");
    else if constexpr (!requires { typename M::envelope_extra; })
      static_assert(never<M>,
                    "quorate: Messages: the type `envelope_extra` is missing; without one it is no_extra");
    else if constexpr (!std::default_initializable<typename M::command>)
      static_assert(never<M>, "quorate: Messages: `command` needs a default constructor: decoding fills one in");
    else if constexpr (!std::default_initializable<typename M::entry_extra>)
      static_assert(never<M>,
                    "quorate: Messages: `entry_extra` needs a default constructor: decoding fills one in");
    else if constexpr (!std::default_initializable<typename M::envelope_extra>)
      static_assert(never<M>,
                    "quorate: Messages: `envelope_extra` needs a default constructor: decoding fills one in");
    else
      (void)sizeof(why_no_messages<messages_fault<M>()>);
    return type_is<no_messages>{};
  }
}

} // namespace quorate::detail
