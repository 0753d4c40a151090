// The changes of a register that everybody needs. Each answers a `change`, and tells from the outcome what it was.
#pragma once

#include "quorate/paxos/event.hpp"

namespace quorate::paxos {

// What `f` makes of the value: f(current) is what it is to become.
template <class Value, class F>
constexpr changed<Value> apply(change<Value> const& c, F&& f) {
  return {c.at, f(c.current)};
}

// Changes nothing; `rewritten.value` is what was read. It takes a round of its own (scenario P32).
struct read_value {
  template <class Value>
  constexpr Value operator()(Value const& current) const {
    return current;
  }
};

template <class Value>
struct write_value {
  Value value{};
  constexpr Value operator()(Value const&) const { return value; }
};
template <class Value>
write_value(Value) -> write_value<Value>;

// Done if `rewritten.before` was as expected; else nothing was changed, and `before` says what it was.
template <class Value>
struct compare_and_set {
  Value expected{};
  Value desired{};
  constexpr Value operator()(Value const& current) const { return current == expected ? desired : current; }
};
template <class Value>
compare_and_set(Value, Value) -> compare_and_set<Value>;

} // namespace quorate::paxos
