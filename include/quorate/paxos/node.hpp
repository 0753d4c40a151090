// Roles of one node, composed: each message goes to those that take it. What the roles do is in their own files.
#pragma once

#include "quorate/message/set.hpp"
#include "quorate/paxos/acceptor.hpp"
#include "quorate/paxos/learner.hpp"
#include "quorate/paxos/proposer.hpp"

#include <cstddef>
#include <type_traits>

namespace quorate::paxos {

// What a node's disk holds for its roles: the last write of each kind.
template <class Value>
struct recovered {
  acceptor_record<Value> acceptor{};
  ballot_floor proposer{};
  friend constexpr bool operator==(recovered const&, recovered const&) = default;
};

namespace detail {
// The one of the roles that is a Role; to be called only if there is one.
template <template <class, class...> class Role, class Value, class... Keywords>
constexpr Role<Value, Keywords...>& as(Role<Value, Keywords...>& r) {
  return r;
}
template <template <class, class...> class Role, class Value, class... Keywords>
constexpr Role<Value, Keywords...> const& as(Role<Value, Keywords...> const& r) {
  return r;
}
template <template <class, class...> class Role, class R>
inline constexpr bool is_a = false;
template <template <class, class...> class Role, class Value, class... Keywords>
inline constexpr bool is_a<Role, Role<Value, Keywords...>> = true;

template <class Event>
inline constexpr bool is_message = false;
template <class M>
inline constexpr bool is_message<from<M>> = true;

template <class Value, bool Rewrites>
struct vocabulary {
  using messages =
      message_set<prepare, promise<Value>, accept<Value>, accepted<Value>, refused, inquiry, chosen<Value>>;
  using outcomes = outcome_list<decided<Value>, learned<Value>, proposal_refused, exhausted, conflict>;
};
template <class Value>
struct vocabulary<Value, true> {
  using messages = message_set<prepare, promise<Value>, accept<Value>, accepted<Value>, refused>;
  using outcomes = outcome_list<change<Value>, rewritten<Value>, unsettled<Value>, withdrawn, proposal_refused,
                                exhausted, conflict>;
};

template <class First, class...>
struct first_of {
  using type = First;
};
} // namespace detail

// A node that is any of acceptor, proposer and learner, each at most once: a value like they are. It says of
// itself what batch.hpp, a simulator or a replica want to know.
template <class... Roles>
class node {
  using first = typename detail::first_of<Roles...>::type;
  // Two proposers of one node would have the same ballots (scenario P62).
  template <template <class, class...> class Role>
  static constexpr bool at_most_once = (0 + ... + int{detail::is_a<Role, Roles>}) <= 1;

public:
  using options = typename first::options;
  using value_type = typename options::value_type;
  static_assert((std::is_same_v<typename Roles::options, options> && ...),
                "quorate: paxos: the roles of one node need the same value and the same keywords, in the same "
                "order");
  static_assert(at_most_once<acceptor> && at_most_once<proposer> && at_most_once<learner>,
                "quorate: paxos: a node plays each role at most once; give a second one a node of its own, or "
                "leave it out");

  using timer = paxos::timer;
  static constexpr std::size_t timers = paxos::timers;
  using messages = typename detail::vocabulary<value_type, options::rewrites>::messages;
  using outcomes = typename detail::vocabulary<value_type, options::rewrites>::outcomes;
  using writes = write_list<acceptor_record<value_type>, ballot_floor>;
  // No step has more effects: a message to each node, a write, what was learned and decided, and the timers.
  static constexpr std::size_t effects_bound = options::limit.nodes + 8;
  static constexpr char const* protocol_name = options::rewrites ? "caspaxos" : "paxos";
  static constexpr timing timing_of(timer t) { return paxos::timing_of(t); }

  template <template <class, class...> class Role>
  static constexpr bool plays = (detail::is_a<Role, Roles> || ...);

  constexpr node() = default;
  constexpr node(node_index self, roster const& who, recovered<value_type> const& kept = {})
      : self_{self}, roles_{start_of<Roles>(self, who, kept)...} {}

  constexpr node_index self() const { return self_; }
  template <template <class, class...> class Role>
  constexpr auto const& as() const {
    return detail::as<Role>(roles_);
  }

  template <class Event, effect_sink<value_type> Out>
  constexpr void step(Event const& e, Out& out) {
    static_assert(detail::is_message<Event> || std::is_same_v<Event, start> || std::is_same_v<Event, timer> ||
                      (taken_by<Roles, Event, Out> || ...),
                  "quorate: paxos: none of this node's roles takes this event");
    if constexpr (plays<acceptor> && plays<proposer>) {
      if (refuses_its_own(e, out)) return;
      if constexpr (!detail::is_message<Event>) detail::as<proposer>(roles_).hear_of(as<acceptor>().promised());
    }
    (give<Roles>(e, out), ...);
    if constexpr (plays<acceptor> && plays<learner>) ask_its_own(e, out);
    if constexpr (plays<proposer> && plays<learner>) tell_its_own(out);
  }

  friend constexpr bool operator==(node const&, node const&) = default;

private:
  struct cast : Roles... {
    friend constexpr bool operator==(cast const&, cast const&) = default;
  };

  template <class Role, class Event, class Out>
  static constexpr bool taken_by = requires(Role& r, Event const& e, Out& out) {
    r.step(e, out);
  };

  template <class Role>
  static constexpr Role start_of(node_index self, roster const& who, recovered<value_type> const& kept) {
    if constexpr (detail::is_a<acceptor, Role>)
      return Role{self, who, kept.acceptor};
    else if constexpr (detail::is_a<proposer, Role>)
      return Role{self, who, kept.proposer};
    else
      return Role{self, who};
  }

  template <class Role, class Event, class Out>
  constexpr void give(Event const& e, Out& out) {
    if constexpr (taken_by<Role, Event, Out>) static_cast<Role&>(roles_).step(e, out);
  }

  // --- What one role of a node says to another and need not remember stays inside, and is done in the same step.
  // Whatever is binding goes through the outbox, to oneself as to others (scenario P24).

  template <class Event, class Out>
  constexpr bool refuses_its_own(Event const& e, Out& out) {
    if constexpr (std::is_same_v<Event, from<prepare>> || std::is_same_v<Event, from<accept<value_type>>>) {
      if (e.node.place != self_ || e.message.at >= as<acceptor>().promised()) return false;
      refused const m{e.message.at, as<acceptor>().promised()};
      detail::as<proposer>(roles_).step(from<refused>{self_, m}, out);
      return true;
    } else {
      return false;
    }
  }
  template <class Event, class Out>
  constexpr void ask_its_own(Event const& e, Out& out) {
    if constexpr (std::is_same_v<Event, timer>)
      if (e == timer::inquiry && !as<learner>().knows())
        detail::as<acceptor>(roles_).step(from<inquiry>{self_, inquiry{}}, out);
  }
  template <class Out>
  constexpr void tell_its_own(Out& out) {
    if (!as<learner>().knows() || as<proposer>().state().now.is == phase::done) return;
    auto const& known = as<learner>().state().known;
    chosen<value_type> const m{known.at, known.value};
    detail::as<proposer>(roles_).step(from<chosen<value_type>>{self_, m}, out);
  }

  node_index self_ = no_node;
  cast roles_{};
};

// All three roles on one node.
template <class Value, class... Keywords>
using full_node = node<acceptor<Value, Keywords...>, proposer<Value, Keywords...>, learner<Value, Keywords...>>;

// A node of a register (CASPaxos): it has no learner, because nothing is ever final.
template <class Value, class... Keywords>
using register_node =
    node<acceptor<Value, rewritable<true>, Keywords...>, proposer<Value, rewritable<true>, Keywords...>>;

} // namespace quorate::paxos
