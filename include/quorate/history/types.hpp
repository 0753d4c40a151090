// What a history is made of, what a model of the object must offer, and what the checker says.
#pragma once

#include "quorate/core/config.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace quorate::check {

// The object as one client alone would see it. `apply(state, request)` changes the state and returns the one
// answer that is right there; called again with the same state and request it must do the same. Two members are
// optional: `only_reads(request, answer)`, true when a request with that answer leaves every state as it was
// (which spares much work), and `bytes()`, what the model's own tables take, for the budget.
template <class Model>
concept sequential_model = std::regular<typename Model::state> && std::copyable<typename Model::request> &&
    std::equality_comparable<typename Model::request> && std::equality_comparable<typename Model::answer> &&
    requires(Model& m, typename Model::state& s, typename Model::request const& r) {
  { m.initial() } -> std::same_as<typename Model::state>;
  { m.apply(s, r) } -> std::same_as<typename Model::answer>;
  { std::hash<typename Model::state>{}(s) } -> std::convertible_to<std::size_t>;
};

// Many objects side by side: `key` says which of them a request is for, and a state is that of one of them.
template <class Model>
concept keyed_model = sequential_model<Model> && requires(Model& m, typename Model::request const& r) {
  { m.key(r) } -> std::convertible_to<std::uint64_t>;
};

// A model that says what requests hang on, so that a search sees far ahead. States may grow out of others:
// - parent(s): the state that s grows out of by the least of steps; nothing if it grows out of none;
// - needs(r, a): the one state in which r is answered by a; nothing if there are many such;
// - minds(r): the one state in which r does or answers what it does in no other; nothing if it knows none;
// - sets(r): the state that r leaves, whatever was there; nothing if that grew out of what was there;
// - nowhere(n): one state after the other, most of which no client will ever see.
// Where needs() and minds() have nothing to say, a request must be answered alike in all states, and change each
// into one that grew out of it, or into sets(r). Two more members are optional for any model: `mark()`, and
// `forget(mark)`, after which its tables are as they were then.
template <class Model>
concept foreseeing_model = sequential_model<Model> &&
    requires(Model& m, typename Model::state const& s, typename Model::request const& r,
             typename Model::answer const& a) {
  { m.parent(s) } -> std::same_as<std::optional<typename Model::state>>;
  { m.needs(r, a) } -> std::same_as<std::optional<typename Model::state>>;
  { m.minds(r) } -> std::same_as<std::optional<typename Model::state>>;
  { m.sets(r) } -> std::same_as<std::optional<typename Model::state>>;
  { m.nowhere(std::uint64_t{}) } -> std::same_as<typename Model::state>;
};

// What one client asked and was told. Instants are any numbers that grow with time, such as line numbers; what
// shares an instant overlaps. An operation that is known not to have happened is left out of the history.
template <sequential_model Model>
struct operation {
  typename Model::request asked;
  std::optional<typename Model::answer> answered{}; // nothing: it may happen at any later time, or never
  std::uint64_t invoked = 0;
  std::uint64_t returned = 0; // at or after `invoked`; of no account without an answer
  std::uint32_t client = 0;   // for people who read a verdict: the checker does not look at it
};

// When to give up on a part that is judged apart. The recorded histories of the tests stay far below.
struct budget {
  std::uint64_t states = 50'000'000;
  std::uint64_t bytes = std::uint64_t{2} << 30; // of the checker's and the model's tables, at every time
};

struct effort {
  std::uint64_t states = 0; // visited: a set of operations that have happened, and what the object is after them
  std::uint64_t steps = 0;  // calls of the model's `apply`
  std::uint64_t bytes = 0;  // the most that one part took
};

enum class verdict { linearizable, not_linearizable, undecided };

struct judgement {
  verdict found = verdict::linearizable;
  // Numbers of operations in the history. Linearizable: the order. An operation of unknown outcome that is not in
  // the order never happened. Not linearizable: the longest beginning of an order that explains the answers in it,
  // for the one key that fails. The key's other operations can't come behind it.
  std::vector<std::size_t> order{};
  // Not linearizable: those of which one must come next in real time, and whose answers are all wrong there.
  std::vector<std::size_t> stuck{};
  effort spent{};
};

struct no_progress {
  void operator()(std::uint64_t) const {}
};

} // namespace quorate::check
