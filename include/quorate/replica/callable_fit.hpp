// What is wrong with what a turn is given, send and machine: one sentence for each requirement of replica.hpp.
#pragma once

#include "quorate/core/id.hpp"
#include "quorate/core/never.hpp"
#include "quorate/core/payloads.hpp"
#include "quorate/message/set.hpp"
#include "quorate/replica/hosted.hpp"
#include "quorate/replica/machine_fit.hpp"
#include "quorate/replica/messages_fit.hpp"
#include "quorate/replica/outcome.hpp"

#include <type_traits>
#include <utility>

namespace quorate::detail {

// Takes the place of what does not fit, and so is never called.
struct no_callable {
  template <class... Args>
  void operator()(Args&&...) const {}
};

template <class Send, class... Ms>
constexpr auto fitting_send(message_set<Ms...>) {
  if constexpr ((std::is_invocable_v<Send&, node_id, Ms const&, payloads> && ...)) {
    return type_is<Send>{};
  } else {
    if constexpr ((std::is_invocable_v<Send&, node_id, Ms const&, payloads> || ...))
      static_assert(never<Send>, "quorate: send takes some of the protocol's messages and not the others; write "
                                 "[&](node_id to, auto const& message, payloads bytes)");
    else if constexpr ((std::is_invocable_v<Send&, node_id, Ms&, payloads> || ...))
      static_assert(never<Send>, "quorate: send takes its message by a reference that is not const; write "
                                 "[&](node_id to, auto const& message, payloads bytes)");
    else
      static_assert(never<Send>, "quorate: send can't be called as send(to, message, bytes), with a node_id, a "
                                 "message of the protocol and its payloads; write [&](node_id to, auto const& "
                                 "message, payloads bytes)");
    return type_is<no_callable const>{};
  }
}

// What a machine is called with, and may be called with if only it took it by const reference.
template <class Machine, class Event>
inline constexpr bool takes = std::is_invocable_v<Machine&, Event>;
template <class Machine, class Event>
inline constexpr bool would_change = std::is_invocable_v<Machine&, Event&>;

// Of hosted{machine, host}.
template <class Hosted, class Messages>
constexpr auto fitting_hosted() {
  using machine = std::remove_reference_t<decltype(std::declval<Hosted&>().machine)>;
  using host = std::remove_reference_t<decltype(std::declval<Hosted&>().host)>;
  if constexpr (!state_machine<machine, typename Messages::command>)
    (void)sizeof(why_no_machine<machine_fault<machine, typename Messages::command>()>);
  else if constexpr (!takes<host, proposal_outcome const&>)
    static_assert(never<host>, "quorate: the host of hosted{machine, host} can't be called with proposal_outcome "
                               "const&, what became of a proposal");
  else if constexpr (!takes<host, read_outcome const&>)
    static_assert(never<host>, "quorate: the host of hosted{machine, host} can't be called with read_outcome "
                               "const&, what became of a read");
  else
    return type_is<Hosted>{};
}
template <class Hosted, class Messages>
using hosted_type = decltype(fitting_hosted<Hosted, Messages>());

// `Saved`: the replica has a snapshot store.
template <class Machine, class Messages, bool Saved>
constexpr auto fitting_machine() {
  using command = applied<Messages>;
  if constexpr (std::is_same_v<Messages, no_messages>) { // of which all has been said
    return type_is<no_callable const>{};
  } else if constexpr (is_hosted<Machine>) {
    if constexpr (std::is_void_v<hosted_type<Machine, Messages>>)
      return type_is<no_callable const>{};
    else
      return type_is<Machine>{};
  } else if constexpr (Saved) {
    static_assert(never<Machine>,
                  "quorate: a replica with a snapshot store is given a state machine and its host, "
                  "hosted{machine, host}, and no bare callable (replica/hosted.hpp)");
    return type_is<no_callable const>{};
  } else if constexpr (takes<Machine, command> && takes<Machine, proposal_outcome const&> &&
                       takes<Machine, read_outcome const&>) {
    return type_is<Machine>{};
  } else {
    if constexpr (!takes<Machine, command> && would_change<Machine, command>)
      static_assert(never<Machine>, "quorate: the machine takes applied<Messages> by a reference that is not "
                                    "const; take applied<Messages> const&");
    else if constexpr (!takes<Machine, command>)
      static_assert(never<Machine>, "quorate: the machine can't be called with applied<Messages> const&, a "
                                    "committed command, where Messages is this replica's policy");
    else if constexpr (!takes<Machine, proposal_outcome const&>)
      static_assert(never<Machine>, "quorate: the machine can't be called with proposal_outcome const&, what "
                                    "became of a proposal; a generic one takes all: [&](auto const& event) { if "
                                    "constexpr (requires { event.command; }) ... }");
    else
      static_assert(never<Machine>, "quorate: the machine can't be called with read_outcome const&, what became "
                                    "of a read; a generic one takes all: [&](auto const& event) { if constexpr "
                                    "(requires { event.command; }) ... }");
    return type_is<no_callable const>{};
  }
}

} // namespace quorate::detail
