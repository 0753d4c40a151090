// Which configurations a search for an order has visited, so that none is explored twice.
#pragma once

#include "quorate/history/blocks.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

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
    auto const short_hash = static_cast<std::uint32_t>(hash ^ hash >> 32);
    for (auto i = index_.first(short_hash); i != index_.none; i = entries_[i].link.next) {
      if (!same(entries_[i], short_hash, state, done)) continue;
      auto const kept = entries_[i].at + entries_[i].count;
      if (subset(kept, used, false)) return false;
      if (!subset(kept, used, true)) continue;
      for (std::size_t w = 0; w < used.size(); ++w) words_[kept + w] = used[w];
      return true;
    }
    keep(short_hash, state, done, used);
    return true;
  }

  std::size_t bytes() const { return entries_.bytes() + words_.bytes() + index_.bytes(); }
  // The most that one more visit takes, of a configuration of so many words.
  static constexpr std::size_t bytes_to_visit(std::size_t words) {
    return (3 + words / blocks<std::uint64_t>::per_block) * block_cost;
  }

private:
  struct entry {
    hash_index::link link;
    std::size_t at; // in words_: the window's, then those of the unanswered that were used
    std::uint32_t first, count;
    State state;
  };

  bool same(entry const& e, std::uint32_t hash, State const& state, window const& done) const {
    if (e.link.hash != hash || e.first != done.first || e.count != done.words.size() || !(e.state == state))
      return false;
    for (std::size_t w = 0; w < done.words.size(); ++w)
      if (words_[e.at + w] != done.words[w]) return false;
    return true;
  }
  // Whether what is kept at `kept` is a subset of `used`, or the other way round.
  bool subset(std::size_t kept, std::span<std::uint64_t const> used, bool other_way) const {
    for (std::size_t w = 0; w < used.size(); ++w) {
      auto const one = words_[kept + w], other = used[w];
      if ((other_way ? other & ~one : one & ~other) != 0) return false;
    }
    return true;
  }
  void keep(std::uint32_t hash, State const& state, window const& done, std::span<std::uint64_t const> used) {
    entries_.push_back({{hash, index_.none},
                        words_.size(),
                        static_cast<std::uint32_t>(done.first),
                        static_cast<std::uint32_t>(done.words.size()),
                        state});
    for (auto const w : done.words) words_.push_back(w);
    for (auto const w : used) words_.push_back(w);
    index_.add(static_cast<std::uint32_t>(entries_.size() - 1),
               [this](std::uint32_t i) -> hash_index::link& { return entries_[i].link; });
  }

  blocks<entry> entries_;
  blocks<std::uint64_t> words_;
  hash_index index_;
};

} // namespace quorate::check::history_detail
