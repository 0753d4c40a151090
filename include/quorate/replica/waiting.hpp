// Requests that wait for their outcome, as runs of tokens: one record a batch, not one a request.
#pragma once

#include "quorate/core/bounded.hpp"
#include "quorate/core/log_view.hpp"
#include "quorate/replica/outcome.hpp"

#include <cstddef>
#include <cstdint>

namespace quorate {

// Proposals that were placed in the log here, or sent to a leader. Each waits until the own log is committed up to
// its index. If the entry at that index has the era in which the proposal was placed, it is the proposal. If it
// has another era, it has taken the proposal's place for good.
//
// Where leaders write entries again under their own era (`Rewrites`), a command of a later era may be the proposal
// or another one: nobody here can tell.
template <class Time, std::size_t Capacity, bool Rewrites>
class waiting_proposals {
public:
  struct batch {
    std::uint64_t first{};
    std::uint32_t count{};
    bool placed = false;
    log_index index{};
    stamp era{};
    Time deadline{};
  };

  bool full() const { return batches_.full(); }
  bool empty() const { return batches_.empty(); }
  // The oldest deadline. Precondition: not empty (the queue asserts it). They were all given the same time, so the
  // oldest is the next.
  Time deadline() const { return batches_.front().deadline; }

  // The next one, to be filled in where it lies. Precondition: not full (the queue asserts it).
  batch& add() { return batches_.add(); }

  // A leader said where they stand.
  void place(std::uint64_t first, std::uint32_t count, log_index index, stamp era) {
    for (std::size_t i = 0; i < batches_.size(); ++i) {
      auto& b = batches_[i];
      if (b.first != first || b.count != count || b.placed) continue;
      b.placed = true, b.index = index, b.era = era;
      return;
    }
  }

  // A leader said that they stand nowhere.
  template <class Tell>
  void refuse(std::uint64_t first, std::uint32_t count, refusal reason, Tell&& tell) {
    for (std::size_t i = 0; i < batches_.size(); ++i) {
      auto& b = batches_[i];
      if (b.first != first || b.count != count || b.placed) continue;
      finish(b, b.count, fate::refused, reason, tell);
    }
    sweep();
  }

  // Which one is the entry at `index`, of `era`? 0: none that is known to be.
  std::uint64_t token_at(log_index index, stamp era) const {
    for (std::size_t i = 0; i < batches_.size(); ++i) {
      auto const& b = batches_[i];
      if (!b.placed || b.era != era) continue;
      if (index < b.index) return 0; // in one era those that come later stand later
      if (index < b.index + b.count) return b.first + (index - b.index);
    }
    return 0;
  }

  // The commit index is `commit`: whose fate is known?
  template <log_view Log, class Tell>
  void settle(log_index commit, Log const& log, Tell&& tell) {
    while (!batches_.empty() && settled(batches_.front(), commit, log, tell)) batches_.pop();
    for (std::size_t i = 1; i < batches_.size(); ++i) settled(batches_[i], commit, log, tell);
  }

  // An entry of `era` is applied. Take a proposal that was sent to an earlier leader, and whose answer has not
  // come. It has been applied by now, or it never will be. This node cannot tell which, and to wait does not help.
  template <class Tell>
  void outlived(stamp era, Tell&& tell) {
    for (std::size_t i = 0; i < batches_.size(); ++i)
      if (auto& b = batches_[i]; !b.placed && b.era < era)
        finish(b, b.count, fate::unknown, refusal::superseded, tell);
    sweep();
  }

  template <class Tell>
  void expire(Time now, Tell&& tell) {
    while (!batches_.empty() && !(now < batches_.front().deadline)) {
      finish(batches_.front(), batches_.front().count, fate::unknown, refusal::late, tell);
      sweep();
    }
  }
  template <class Tell>
  void give_up(Tell&& tell) {
    for (std::size_t i = 0; i < batches_.size(); ++i)
      finish(batches_[i], batches_[i].count, fate::unknown, refusal::stopped, tell);
    batches_.clear();
  }

private:
  template <class Tell>
  static void finish(batch& b, std::uint32_t n, fate what, refusal reason, Tell&& tell) {
    if (n == 0) return;
    tell(proposal_outcome{proposal_token{b.first}, n, what, what == fate::done ? refusal{} : reason,
                          what == fate::done ? b.index : log_index{}});
    b.first += n;
    b.count -= n;
    b.index = b.index + n;
  }
  // Tells what is known of a batch; returns whether that was the last of it.
  template <log_view Log, class Tell>
  static bool settled(batch& b, log_index commit, Log const& log, Tell&& tell) {
    while (b.count > 0 && b.placed && b.index <= commit) {
      if (b.index <= log.compacted()) { // settled too late to be looked up
        finish(b, b.count, fate::unknown, refusal::late, tell);
        break;
      }
      auto const known = commit - b.index + 1;
      auto const n = known < b.count ? static_cast<std::uint32_t>(known) : b.count;
      auto const run = log.run_at(b.index, n);
      bool const ours = run.written_at == b.era;
      bool const unclear = Rewrites && run.written_at > b.era && run.kind == entry_kind::command;
      finish(b, run.count, ours ? fate::done : unclear ? fate::unknown : fate::refused, refusal::superseded, tell);
    }
    return b.count == 0;
  }
  void sweep() {
    while (!batches_.empty() && batches_.front().count == 0) batches_.pop();
  }
  bounded_queue<batch, Capacity> batches_{};
};

// Reads asked here, until they may be answered.
template <class Time, std::size_t Capacity>
class waiting_reads {
public:
  bool full() const { return batches_.full(); }
  bool empty() const { return batches_.empty(); }
  Time deadline() const { return batches_.front().deadline; }
  std::uint64_t last() const { return batches_.back().first + batches_.back().count - 1; }

  void add(std::uint64_t first, std::uint32_t count, Time deadline) {
    (void)batches_.push({first, count, false, {}, deadline});
  }
  // Reads up to `number` may be answered from `index` on. False if none waits for that.
  bool answer(std::uint64_t number, log_index index) {
    bool any = false;
    for (std::size_t i = 0; i < batches_.size(); ++i) {
      auto& b = batches_[i];
      if (b.first + b.count - 1 > number) break;
      if (!b.known) b.known = any = true, b.index = index;
    }
    return any;
  }
  bool unanswered() const { return !batches_.empty() && !batches_.back().known; }

  template <class Tell>
  void settle(log_index applied, Tell&& tell) {
    while (!batches_.empty() && batches_.front().known && batches_.front().index <= applied) {
      auto const b = batches_.front();
      batches_.pop();
      tell(read_outcome{read_token{b.first}, b.count, fate::done, {}, applied});
    }
  }
  template <class Tell>
  void expire(Time now, refusal reason, Tell&& tell) {
    while (!batches_.empty() && !(now < batches_.front().deadline)) refuse_front(reason, tell);
  }
  template <class Tell>
  void give_up(refusal reason, Tell&& tell) {
    while (!batches_.empty()) refuse_front(reason, tell);
  }

private:
  struct batch {
    std::uint64_t first{};
    std::uint32_t count{};
    bool known = false;
    log_index index{};
    Time deadline{};
  };
  template <class Tell>
  void refuse_front(refusal reason, Tell&& tell) {
    auto const b = batches_.front();
    batches_.pop();
    tell(read_outcome{read_token{b.first}, b.count, fate::refused, reason, {}});
  }
  bounded_queue<batch, Capacity> batches_{};
};

} // namespace quorate
