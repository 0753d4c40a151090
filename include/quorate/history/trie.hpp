// Sequences that share their beginnings: each is one small number, and equal sequences are the same number.
#pragma once

#include "quorate/history/blocks.hpp"
#include "quorate/message/hash.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace quorate::check {

// A searching checker meets the same list or string again and again, a little longer each time. Held as a path
// in a trie it costs one node for each element by which it is new, and two are compared as two numbers, exactly.
template <class Symbol>
class trie {
public:
  using node = std::uint32_t; // a sequence; `empty` is the one without elements
  static constexpr node empty = 0;
  static constexpr node unknown = 0xffff'ffff; // one that begins as no other does

  trie() { nodes_.push_back({{0, index::none}, empty, Symbol{}}); }

  // The sequence `at` with one more element.
  node extend(node at, Symbol by) {
    hasher h;
    h.number(at);
    h.number(static_cast<std::uint64_t>(by));
    auto const hash = static_cast<std::uint32_t>(h.value());
    for (auto i = index_.first(hash); i != index::none; i = nodes_[i].link.next)
      if (nodes_[i].parent == at && nodes_[i].last == by) return i;
    auto const fresh = static_cast<node>(nodes_.size());
    nodes_.push_back({{hash, index::none}, at, by});
    index_.add(fresh, links());
    return fresh;
  }
  template <class Sequence>
  node extend_all(node at, Sequence const& by) {
    for (auto const& one : by) at = extend(at, one);
    return at;
  }

  // The sequence without its last element; not of `empty`.
  node parent(node of) const { return nodes_[of].parent; }
  // The elements, first to last.
  std::vector<Symbol> path(node to) const {
    std::vector<Symbol> elements;
    for (; to != empty; to = nodes_[to].parent) elements.push_back(nodes_[to].last);
    std::reverse(elements.begin(), elements.end());
    return elements;
  }

  // How many sequences there are. Nodes are numbered in the order in which they came.
  std::size_t size() const { return nodes_.size(); }
  // Forgets those that came last, but for the first `kept`.
  void shrink(std::size_t kept) {
    while (nodes_.size() > kept) {
      index_.remove(static_cast<node>(nodes_.size() - 1), links());
      nodes_.pop_back();
    }
  }
  std::size_t bytes() const { return nodes_.bytes() + index_.bytes(); }

private:
  using index = history_detail::hash_index;
  struct step {
    index::link link;
    node parent;
    Symbol last;
  };
  auto links() {
    return [this](std::uint32_t i) -> index::link& { return nodes_[i].link; };
  }

  history_detail::blocks<step> nodes_;
  index index_;
};

} // namespace quorate::check
