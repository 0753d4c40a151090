// Sequences that share their beginnings: each is one small number, and equal sequences are the same number.
#pragma once

#include "quorate/message/hash.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

namespace quorate::check {

// A searching checker meets the same list or string again and again, a little longer each time. Held as a path
// in a trie it costs one node for each element by which it is new, and two are compared as two numbers, exactly.
template <class Symbol>
class trie {
public:
  using node = std::uint32_t; // a sequence; `empty` is the one without elements
  static constexpr node empty = 0;

  // The sequence `at` with one more element.
  node extend(node at, Symbol by) {
    auto const [edge, is_new] = edges_.try_emplace({at, by}, static_cast<node>(nodes_.size()));
    if (is_new) nodes_.push_back({at, by});
    return edge->second;
  }
  template <class Sequence>
  node extend_all(node at, Sequence const& by) {
    for (auto const& one : by) at = extend(at, one);
    return at;
  }

  // The elements, first to last.
  std::vector<Symbol> path(node to) const {
    std::vector<Symbol> elements;
    for (; to != empty; to = nodes_[to].parent) elements.push_back(nodes_[to].last);
    std::reverse(elements.begin(), elements.end());
    return elements;
  }

  // How many sequences there are. Nodes are numbered in the order in which they came.
  std::size_t size() const { return nodes_.size(); }
  std::size_t bytes() const { return nodes_.size() * (sizeof(step) + sizeof(edge_node) + sizeof(void*)); }

private:
  struct step {
    node parent;
    Symbol last;
    friend bool operator==(step const&, step const&) = default;
  };
  struct step_hash {
    std::size_t operator()(step const& s) const {
      hasher h;
      h.number(s.parent);
      h.number(static_cast<std::uint64_t>(s.last));
      return static_cast<std::size_t>(h.value());
    }
  };
  struct edge_node { // what an unordered map keeps for each element, near enough
    void* next;
    std::size_t hash;
    step from;
    node to;
  };

  std::vector<step> nodes_{step{empty, Symbol{}}};
  std::unordered_map<step, node, step_hash> edges_;
};

} // namespace quorate::check
