// The search for an order of one part of a history: Wing and Gong's, with Lowe's list and memory of
// configurations, and some cuts of our own for reads and for unknown outcomes.
#pragma once

#include "quorate/history/events.hpp"
#include "quorate/history/foresight.hpp"
#include "quorate/history/memo.hpp"
#include "quorate/history/types.hpp"
#include "quorate/message/hash.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace quorate::check::history_detail {

// Why a search gave up; none: it did not.
enum class search_end { none, states, bytes, told };

template <class Model>
struct foresight_of {
  struct type {};
};
template <foreseeing_model Model>
struct foresight_of<Model> {
  using type = std::optional<foresight<Model>>;
};

// Depth first: place an operation that may be the next, go on; when nothing can be placed any more, take the last
// one back and try what comes behind it. The cuts, each of which leaves the verdict as it is:
// - An answered operation that only reads is placed as soon as it fits, and no other is tried in its stead:
//   wherever an order has it, it may as well stand here. (Not so one that happens to change nothing here: it may
//   be needed where it does.)
// - The unanswered are tried last, and only when they change something; of those that ask the same, the one that
//   began first: an order with another one of them is an order with this one too.
// - An unanswered one stands right before the first that needs it: premature() below.
// - What foresight says, of a model that has it: a step is not taken that leaves an answer without hope, and dead
//   states are one state. Unless some answer may need that a state is not there, an unanswered operation that
//   leads to a dead state is of no use, and an answered one that sets it where it is dead is placed like a read.
// - What memo says: who used fewer of the unanswered can do all that the other can.
template <sequential_model Model>
class search {
public:
  search(Model& model, std::span<operation<Model> const> history, std::vector<std::size_t> const& part,
         bool looks_ahead)
      : model_{model}, history_{history}, known_{history, sorted(history, part, true)}, unknown_{sorted(
                                                                                            history, part, false)},
        unknown_list_{unknown_.size()}, state_{model.initial()}, left_{known_.of.size()},
        done_(known_.of.size() / 64 + 1), used_((unknown_.size() + 63) / 64) {
    same_before_ = same_requests_before();
    if constexpr (foreseeing_model<Model>) {
      auto all = known_.of;
      all.insert(all.end(), unknown_.begin(), unknown_.end());
      if (looks_ahead) ahead_.emplace(model_, history_, all), fixed_ += ahead_->bytes();
    }
    fixed_ += part.size() * bytes_an_operation;
  }

  // `progress(states)` may answer false, which ends it.
  template <class Progress>
  verdict run(budget const& limit, effort& spent, Progress& progress) {
    auto const before = spent;
    auto told = spent;
    auto found = hopeless() ? verdict::not_linearizable : verdict::linearizable;
    for (auto at = first(); left_ > 0 && found == verdict::linearizable;) {
      if (advance(at, spent))
        at = first();
      else if (!retreat(at))
        found = verdict::not_linearizable;
      if (found != verdict::linearizable) break;
      if (spent.states - told.states >= 65536 || spent.steps - told.steps >= 16 * 65536)
        end_ = tell(progress, (told = spent).states) ? end_ : search_end::told;
      if (spent.states - before.states > limit.states) end_ = search_end::states;
      spent.bytes = (std::max<std::uint64_t>)(spent.bytes, bytes());
      if (bytes() + memo_.bytes_to_visit(done_.size() + used_.size()) > limit.bytes) end_ = search_end::bytes;
      if (end_ != search_end::none && left_ > 0) found = verdict::undecided;
    }
    return found;
  }
  search_end why() const { return end_; }

  // The order that was found, as numbers in the history.
  std::vector<std::size_t> order() const {
    std::vector<std::size_t> all;
    for (auto const& p : placed_) all.push_back(number_of(p.what));
    return all;
  }
  // After not_linearizable: the longest beginning that was found ...
  std::vector<std::size_t> const& deepest() const { return deepest_; }
  // ... and the answered operations that could have come next, none of which fits.
  std::vector<std::size_t> const& stuck() const { return stuck_; }

private:
  using state_type = typename Model::state;

  // Where a search stands among the candidates: at an event of the answered, then at one of the unanswered.
  struct cursor {
    bool unknown;
    std::uint32_t at; // an event; the place in unknown_, plus one
  };
  struct placing {
    cursor what;
    state_type before;
    bool forced; // nothing else need be tried here
  };

  // What the lists and the stack take, at most.
  static constexpr std::size_t bytes_an_operation = 2 * sizeof(answered_events::event) +
                                                    16 * sizeof(std::uint32_t) + 8 * sizeof(std::size_t) +
                                                    3 * sizeof(placing);

  static std::vector<std::size_t> sorted(std::span<operation<Model> const> history,
                                         std::vector<std::size_t> const& part, bool answered) {
    std::vector<std::size_t> chosen;
    for (auto const i : part)
      if (history[i].answered.has_value() == answered) chosen.push_back(i);
    std::stable_sort(chosen.begin(), chosen.end(),
                     [&](auto one, auto other) { return history[one].invoked < history[other].invoked; });
    return chosen;
  }

  bool hopeless() const {
    if constexpr (foreseeing_model<Model>)
      return ahead_ && ahead_->doomed_at_first();
    else
      return false;
  }
  template <class Progress>
  static bool tell(Progress& progress, std::uint64_t states) {
    if constexpr (std::is_void_v<decltype(progress(states))>)
      return progress(states), true;
    else
      return progress(states);
  }

  // For each unanswered operation the place, plus one, of the last one before it that asks the same; or 0.
  std::vector<std::uint32_t> same_requests_before() const {
    std::vector<std::uint32_t> before(unknown_.size()), latest;
    for (std::uint32_t u = 0; u < unknown_.size(); ++u) {
      auto const same = std::find_if(latest.begin(), latest.end(), [&](std::uint32_t earlier) {
        return history_[unknown_[earlier]].asked == history_[unknown_[u]].asked;
      });
      before[u] = same == latest.end() ? 0 : *same + 1;
      if (same == latest.end())
        latest.push_back(u);
      else
        *same = u;
    }
    return before;
  }

  cursor first() const { return {false, known_.first()}; }
  std::size_t number_of(cursor c) const { return c.unknown ? unknown_[c.at - 1] : known_.of[known_[c.at].k]; }

  // Its place among all, the answered before the others.
  std::size_t place_of(cursor c) const { return c.unknown ? known_.of.size() + c.at - 1 : known_[c.at].k; }

  // Places the next candidate from `c` on; false if there is none.
  bool advance(cursor& c, effort& spent) {
    if (!c.unknown && c.at == known_.first() && place_forced(spent)) return true;
    if (!c.unknown) {
      for (; !known_[c.at].returns; c.at = known_.next(c.at))
        if (place_known(c, spent)) return true;
      c = {true, unknown_list_.next(0)};
    }
    auto const until = known_[known_.first_return()].instant;
    for (; c.at != 0 && history_[unknown_[c.at - 1]].invoked <= until; c.at = unknown_list_.next(c.at))
      if (place_unknown(c, spent)) return true;
    return false;
  }

  // The state in which an operation leaves `next`, unless its answer would be wrong there.
  std::optional<state_type> after(state_type next, cursor c, effort& spent) {
    auto const& op = history_[number_of(c)];
    ++spent.steps;
    auto const answer = model_.apply(next, op.asked);
    if (op.answered && !(answer == *op.answered)) return std::nullopt;
    return next;
  }

  bool only_reads(operation<Model> const& op) const {
    if constexpr (requires { model_.only_reads(op.asked, *op.answered); })
      return model_.only_reads(op.asked, *op.answered);
    else
      return false;
  }

  bool place_forced(effort& spent) {
    for (auto e = known_.first(); !known_[e].returns; e = known_.next(e)) {
      cursor const c{false, e};
      bool const reads = only_reads(history_[number_of(c)]);
      if (!reads && !(is_useless(state_) && sets(c))) continue;
      auto const next = after(state_, c, spent);
      if (!next || (!reads && !is_useless(*next))) continue;
      place(c, *next, true);
      return true;
    }
    return false;
  }

  bool place_known(cursor c, effort& spent) {
    auto const next = after(state_, c, spent);
    return next && !premature(c, *next, spent) && place_if_new(c, *next, spent);
  }

  bool place_unknown(cursor c, effort& spent) {
    auto const before = same_before_[c.at - 1];
    if (before != 0 && !used(before - 1)) return false;
    auto const next = after(state_, c, spent);
    if (*next == state_ || is_useless(*next)) return false; // it may as well never happen
    return !premature(c, *next, spent) && place_if_new(c, *next, spent);
  }

  // Whether the operation placed last is an unanswered one that had better not stand there, now that `c` comes
  // next and leads to `next`: without it `c` leads there too, or it can as well come after `c`. (Of two unanswered
  // ones that may stand either way round neither waits for the other, or both would.)
  bool premature(cursor c, state_type const& next, effort& spent) {
    if (placed_.empty() || !placed_.back().what.unknown) return false;
    auto const& last = placed_.back();
    auto const without = after(last.before, c, spent);
    if (!without) return false;
    return *without == next || (!c.unknown && *after(*without, last.what, spent) == next);
  }

  bool place_if_new(cursor c, state_type const& next, effort& spent) {
    place(c, next, false);
    if (left_ == 0 || (!doomed(next) && remember())) return ++spent.states, true;
    take_back();
    return false;
  }

  bool is_useless(state_type const& next) const {
    if constexpr (foreseeing_model<Model>)
      return ahead_ && !ahead_->minds() && ahead_->is_dead(next);
    else
      return false;
  }
  bool sets(cursor c) const {
    if constexpr (foreseeing_model<Model>)
      return ahead_ && ahead_->sets(place_of(c));
    else
      return false;
  }
  // Whether what was placed last, and led to `next`, takes all hope from what is to come.
  bool doomed(state_type const& next) const {
    if constexpr (foreseeing_model<Model>)
      return ahead_ && ahead_->dooms(placed_.back().before, next);
    else
      return false;
  }

  void place(cursor c, state_type const& next, bool forced) {
    placed_.push_back({c, std::exchange(state_, next), forced});
    flip(c);
    if constexpr (foreseeing_model<Model>) {
      if (ahead_) ahead_->place(place_of(c));
      if (ahead_ && ahead_->is_dead(state_)) state_ = ahead_->nowhere();
    }
    if (c.unknown) return unknown_list_.lift(c.at);
    known_.lift(known_[c.at].k);
    --left_;
  }

  cursor take_back() {
    auto const c = placed_.back().what;
    state_ = std::move(placed_.back().before);
    placed_.pop_back();
    flip(c);
    if constexpr (foreseeing_model<Model>) {
      if (ahead_) ahead_->take_back(place_of(c));
    }
    if (c.unknown) return unknown_list_.unlift(c.at), c;
    known_.unlift(known_[c.at].k);
    ++left_;
    return c;
  }

  // In the sets that remember() hands on: there when it was not, and the other way round.
  void flip(cursor c) {
    if (c.unknown) {
      used_[(c.at - 1) / 64] ^= bit_of(c.at - 1);
      return;
    }
    auto const k = known_[c.at].k;
    done_[k / 64] ^= bit_of(k);
    done_hash_ ^= stirred(k);
  }

  // Back to the last placing that has others beside it, and behind it; false if there is none.
  bool retreat(cursor& c) {
    note_depth();
    while (!placed_.empty()) {
      bool const forced = placed_.back().forced;
      c = take_back();
      if (forced) continue;
      c.at = c.unknown ? unknown_list_.next(c.at) : known_.next(c.at);
      noted_ = (std::min)(noted_, placed_.size());
      return true;
    }
    return false;
  }

  // Keeps the longest beginning. What it shares with the one kept before (`noted_`) is not copied again.
  void note_depth() {
    auto const known = known_.of.size() - left_;
    if (deepest_known_ && known <= *deepest_known_) return;
    deepest_known_ = known;
    deepest_.resize(noted_);
    for (auto i = noted_; i < placed_.size(); ++i) deepest_.push_back(number_of(placed_[i].what));
    noted_ = placed_.size();
    stuck_.clear();
    for (auto e = known_.first(); !known_[e].returns; e = known_.next(e)) stuck_.push_back(known_.of[known_[e].k]);
  }

  bool remember() {
    auto const low = known_[known_.first()].k / 64; // all before it have happened
    auto high = low;
    for (auto still = known_.of.size() - left_ - 64 * std::size_t{low}; still > 0; ++high)
      still -= static_cast<std::size_t>(std::popcount(done_[high]));
    auto const window = std::span{done_}.subspan(low, high - low);
    return memo_.visit(stirred(done_hash_ ^ std::hash<state_type>{}(state_)), state_, {low, window}, used_);
  }

  std::size_t bytes() const {
    auto all = memo_.bytes() + fixed_;
    if constexpr (requires { model_.bytes(); }) all += model_.bytes();
    return all;
  }

  bool used(std::uint32_t u) const { return (used_[u / 64] & bit_of(u)) != 0; }
  static std::uint64_t bit_of(std::uint32_t i) { return std::uint64_t{1} << i % 64; }
  static std::uint64_t stirred(std::uint64_t x) {
    hasher h;
    h.number(x);
    return h.value();
  }

  Model& model_;
  std::span<operation<Model> const> history_;
  answered_events known_;
  std::vector<std::size_t> unknown_; // numbers in the history, by invocation
  linked_list unknown_list_;
  std::vector<std::uint32_t> same_before_;
  state_type state_;
  std::size_t left_; // of the answered
  std::vector<std::uint64_t> done_, used_;
  std::uint64_t done_hash_ = 0;
  std::vector<placing> placed_;
  memo<state_type> memo_;
  typename foresight_of<Model>::type ahead_;
  std::size_t fixed_ = 0; // bytes of what does not grow
  search_end end_ = search_end::none;
  std::vector<std::size_t> deepest_, stuck_;
  std::optional<std::size_t> deepest_known_;
  std::size_t noted_ = 0; // how much of deepest_ is still placed
};

} // namespace quorate::check::history_detail
