// Which configurations a search for an order has visited, so that none is explored twice.
#pragma once

#include "quorate/core/config.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace quorate::check::history_detail {

// A configuration is three things: the set of answered operations that have happened, the state after them, and
// the set of unanswered operations that were used on the way. Whoever used fewer of the latter can do all that
// one who used more can: so a configuration is also known when one was visited that differs only in having used
// a subset. Comparisons are exact; the hash only finds candidates.
template <class State>
class memo {
public:
  // The answered ones that have happened: all of those before word `first`, and those whose bits are set from
  // there on. Kept so, and not as a whole bitset, it costs as much as operations overlap, however long it all is.
  struct window {
    std::size_t first;
    std::span<std::uint64_t const> words;
  };

  // Remembers the configuration; false if it was known. `hash` is of `done` and `state` together.
  bool visit(std::uint64_t hash, State const& state, window done, std::span<std::uint64_t const> used) {
    if (entries_.size() >= heads_.size()) grow();
    auto& head = heads_[hash & (heads_.size() - 1)];
    for (auto i = head; i != none; i = entries_[i].next) {
      if (!same(entries_[i], hash, state, done)) continue;
      auto* const kept = words_.data() + entries_[i].at + entries_[i].count;
      if (subset(kept, used.data(), used.size())) return false;
      if (subset(used.data(), kept, used.size())) return std::copy(used.begin(), used.end(), kept), true;
    }
    entries_.push_back(
        {hash, words_.size(), done.first, static_cast<std::uint32_t>(done.words.size()), head, state});
    head = static_cast<std::uint32_t>(entries_.size() - 1);
    words_.insert(words_.end(), done.words.begin(), done.words.end());
    words_.insert(words_.end(), used.begin(), used.end());
    return true;
  }

  std::size_t bytes() const {
    return entries_.capacity() * sizeof(entry) + words_.capacity() * sizeof(std::uint64_t) +
           heads_.size() * sizeof(std::uint32_t);
  }

private:
  static constexpr std::uint32_t none = 0xffff'ffff;
  struct entry {
    std::uint64_t hash;
    std::size_t at; // in words_: the window's, then those of the unanswered that were used
    std::size_t first;
    std::uint32_t count;
    std::uint32_t next;
    State state;
  };

  bool same(entry const& e, std::uint64_t hash, State const& state, window const& done) const {
    return e.hash == hash && e.first == done.first && e.count == done.words.size() && e.state == state &&
           std::equal(done.words.begin(), done.words.end(), words_.data() + e.at);
  }
  static bool subset(std::uint64_t const* one, std::uint64_t const* other, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
      if ((one[i] & ~other[i]) != 0) return false;
    return true;
  }
  void grow() {
    heads_.assign((std::max<std::size_t>)(64, 2 * heads_.size()), none);
    for (std::uint32_t i = 0; i < entries_.size(); ++i) {
      auto& head = heads_[entries_[i].hash & (heads_.size() - 1)];
      entries_[i].next = head;
      head = i;
    }
  }

  std::vector<entry> entries_;
  std::vector<std::uint64_t> words_;
  std::vector<std::uint32_t> heads_;
};

} // namespace quorate::check::history_detail
