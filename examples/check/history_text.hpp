// A judgement on a recorded history, in words.
#pragma once

#include "quorate/history/formats.hpp"
#include "quorate/history/types.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace check_tool {

using quorate::check::judgement;
using quorate::check::operation;
using quorate::check::recorded;
using quorate::check::register_model;
using quorate::check::string_map_model;
using quorate::check::verdict;

inline char const* name_of(verdict v) {
  if (v == verdict::undecided) return "undecided";
  return v == verdict::linearizable ? "linearizable" : "not-linearizable";
}

inline std::string text_of(register_model const&, operation<register_model> const& op) {
  using verb = register_model::verb;
  auto const& [what, value, expected] = op.asked;
  if (what == verb::write) return "write " + std::to_string(value);
  if (what == verb::compare_and_set)
    return "cas " + std::to_string(expected) + " to " + std::to_string(value) +
           (op.answered && !op.answered->done ? ", which failed" : "");
  if (!op.answered) return "read";
  return "read " + (op.answered->read ? std::to_string(*op.answered->read) : "nil");
}

inline std::string text_of(string_map_model const& model, operation<string_map_model> const& op) {
  using verb = string_map_model::verb;
  auto const key = "\"" + model.name_of(op.asked.key) + "\"";
  if (op.asked.what == verb::put) return "put " + key + " \"" + op.asked.value + "\"";
  if (op.asked.what == verb::append) return "append " + key + " \"" + op.asked.value + "\"";
  if (!op.answered) return "get " + key;
  return "get " + key + ", which was \"" + model.text(**op.answered) + "\"";
}

// One line an operation: where in the file, who, what.
template <class Model>
std::string lines_of(recorded<Model> const& r, std::vector<std::size_t> const& numbers) {
  std::string all;
  for (auto const i : numbers) {
    auto const& op = r.operations[i];
    auto const from = std::to_string(r.line_of(op.invoked));
    all += op.answered ? "    lines " + from + "-" + std::to_string(r.line_of(op.returned)) : "    line " + from;
    all += ", process " + std::to_string(op.client) + ": " + text_of(r.model, op);
    all += op.answered ? "\n" : ", of unknown outcome\n";
  }
  return all;
}

// What shows that the judgement is right: the order, or how far one goes.
template <class Model>
std::string witness_of(recorded<Model> const& r, judgement const& j) {
  auto const effort = "  " + std::to_string(r.operations.size()) + " operations, " +
                      std::to_string(j.spent.states) + " states visited\n";
  if (j.found == verdict::undecided)
    return effort + "  the budget is spent: raise --states, --memory or --seconds\n";
  if (j.found == verdict::linearizable) return effort + "  an order that explains it:\n" + lines_of(r, j.order);
  return effort + "  the longest beginning of an order:\n" + lines_of(r, j.order) +
         "  what must come next, and can't:\n" + lines_of(r, j.stuck);
}

} // namespace check_tool
