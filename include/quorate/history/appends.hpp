// Linearizability in one pass, for clients that append values of their own to one list and are told its length
// and digest. The list that came of it tells the order, so nothing need be searched.
#pragma once

#include "quorate/history/list_digest.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

namespace quorate::check {

// What one client did. No two append the same value. `answered` is the list as the client was told it: for an
// append with its own value at the end, for a read all that was there. Instants as in history/types.hpp.
struct list_operation {
  std::optional<std::uint64_t> appended{}; // nothing: a read
  std::optional<list_digest> answered{};   // nothing: it may have happened, or may still, or never
  std::uint64_t invoked = 0;
  std::uint64_t returned = 0; // of no account without an answer
};

enum class append_problem {
  none,
  appended_twice, // two operations with one value: this checker can't judge the history
  listed_twice,   // a value is in the list at two places
  invented,       // a value in the list that nobody appended
  lost, // an answer speaks of more than is in the list, or of an append that is not where it was said to be
  wrong_digest, // what a client was told is no beginning of the list
  stale,        // what had ended before this began comes after it in the list
};

struct append_judgement {
  append_problem found = append_problem::none; // none: linearizable
  std::size_t operation = 0;                   // in the history, or for listed_twice and invented in the list
  bool linearizable() const { return found == append_problem::none; }
};

namespace appends_detail {

class checker {
public:
  checker(std::span<std::uint64_t const> list, std::span<list_operation const> history)
      : list_{list}, history_{history}, readers_(list.size() + 1) {}

  append_judgement run() {
    for (auto const step : {&checker::writers, &checker::places, &checker::answers, &checker::real_time})
      if (auto const found = (this->*step)(); !found.linearizable()) return found;
    return {};
  }

private:
  append_judgement writers() {
    for (std::size_t i = 0; i < history_.size(); ++i)
      if (auto const v = history_[i].appended; v && !writer_.try_emplace(*v, i).second)
        return {append_problem::appended_twice, i};
    return {};
  }

  append_judgement places() {
    order_.reserve(list_.size());
    for (std::size_t at = 0; at < list_.size(); ++at) {
      auto const writer = writer_.find(list_[at]);
      if (writer == writer_.end()) return {append_problem::invented, at};
      if (!place_.try_emplace(writer->second, at).second) return {append_problem::listed_twice, at};
      order_.push_back(writer->second);
    }
    return {};
  }

  append_judgement answers() {
    std::vector<list_digest> digests{list_digest{}};
    for (auto const v : list_) digests.push_back(digests.back().followed_by(v));
    for (std::size_t i = 0; i < history_.size(); ++i) {
      auto const& op = history_[i];
      if (!op.answered) continue;
      auto const length = op.answered->length;
      if (length > list_.size()) return {append_problem::lost, i};
      if (!op.appended) {
        readers_[static_cast<std::size_t>(length)].push_back(i);
      } else if (auto const at = place_.find(i); at == place_.end() || at->second + 1 != length) {
        return {append_problem::lost, i};
      }
      if (*op.answered != digests[static_cast<std::size_t>(length)]) return {append_problem::wrong_digest, i};
    }
    return {};
  }

  // The list's order is the only one there can be, but for reads of one length, which may stand as they began. In
  // it nothing may come after what began when it had already returned.
  append_judgement real_time() {
    std::uint64_t latest = 0; // invocation of all that came before in the list's order
    for (std::size_t length = 0; length <= list_.size(); ++length) {
      if (length > 0) {
        auto const& append = history_[order_[length - 1]];
        if (append.answered && append.returned < latest) return {append_problem::stale, order_[length - 1]};
        latest = (std::max)(latest, append.invoked);
      }
      auto const before = latest;
      for (auto const i : readers_[length]) {
        if (history_[i].returned < before) return {append_problem::stale, i};
        latest = (std::max)(latest, history_[i].invoked);
      }
    }
    return {};
  }

  std::span<std::uint64_t const> list_;
  std::span<list_operation const> history_;
  std::unordered_map<std::uint64_t, std::size_t> writer_; // value to operation
  std::unordered_map<std::size_t, std::size_t> place_;    // operation to place in the list
  std::vector<std::size_t> order_;                        // the appends, as listed
  std::vector<std::vector<std::size_t>> readers_;         // by length
};

} // namespace appends_detail

// Whether the history is linearizable, given `list`, what a reader found after everything had ended: the agreed
// log of a simulation, or a last read. Takes time and memory in proportion to the history and the list.
inline append_judgement check_appends(std::span<std::uint64_t const> list,
                                      std::span<list_operation const> history) {
  return appends_detail::checker{list, history}.run();
}

} // namespace quorate::check
