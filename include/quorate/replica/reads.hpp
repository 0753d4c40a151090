// Linearizable reads of one replica, and those that it serves for others while it leads.
#pragma once

#include "quorate/core/bounded.hpp"
#include "quorate/replica/body.hpp"
#include "quorate/replica/message.hpp"
#include "quorate/replica/outcome.hpp"
#include "quorate/replica/waiting.hpp"

#include <cstdint>
#include <utility>

namespace quorate {

template <class Body>
class reads {
public:
  using time = typename Body::time;

  read_asked add(Body const& b) {
    if (b.stopped) return refusal::stopped;
    if (new_ == ~std::uint32_t{0}) return refusal::busy;
    ++new_;
    any_ = true;
    return read_token{++made_};
  }
  // Does any read of this node wait?
  bool any() const { return any_; }

  // Own reads go to the leader, in each era anew, and once a heartbeat interval again: a request or its answer may
  // be lost, and reading twice harms nobody (scenario K6).
  [[gnu::cold]] void ask(Body& b) {
    if (new_ > 0 && !waiting_.full()) {
      waiting_.add(made_ - new_ + 1, new_, b.timer.after(timing::request, b.now));
      new_ = 0;
    }
    auto const leader = b.core.leader();
    if (!waiting_.unanswered() || leader == no_node) return;
    bool const asked = asked_era_ == b.core.era() && asked_upto_ == waiting_.last();
    if (asked && (b.core.leads() || b.now < again_at_)) return;
    again_at_ = b.timer.after(timing::heartbeat, b.now);
    if (!b.core.leads())
      b.hands.send(b.leader(), read_request{b.incarnation(), waiting_.last()});
    else if (!serve(b, b.self(), b.incarnation(), waiting_.last()))
      return;
    asked_era_ = b.core.era();
    asked_upto_ = waiting_.last();
  }

  // What the core has reported.
  void heed(Body& b) {
    if (b.hands.read_answer.upto != 0) answer(b);
    if (std::exchange(b.hands.reads_lost, false)) served_.clear(); // whoever asked will ask the next leader
  }
  void take(Body& b, peer n, read_request const& m, payloads) {
    // Whoever does not lead drops it: the node that asks does so again when it knows the next leader.
    if (b.core.leads() && !is_under_way(n, m)) serve(b, n, m.asker, m.number);
  }
  void take(Body& b, peer, read_answer const& m, payloads) {
    if (m.asker == b.incarnation()) waiting_.answer(m.number, m.index);
  }

  template <class Tell>
  [[gnu::cold]] void tell(Body const& b, log_index applied, Tell&& tell) {
    waiting_.settle(applied, tell);
    waiting_.expire(b.now, refusal::late, tell);
    any_ = new_ > 0 || !waiting_.empty();
  }
  template <class Tell>
  [[gnu::cold]] void give_up(Tell&& tell) {
    if (new_ > 0) tell(read_outcome{read_token{made_ - new_ + 1}, new_, fate::refused, refusal::stopped, {}});
    new_ = 0;
    waiting_.give_up(refusal::stopped, tell);
  }

  bool pending() const { return new_ > 0 && !waiting_.full(); }
  // Calls f(time) for the time at which the oldest expires, and for that at which the leader is asked again.
  template <class F>
  void deadlines(Body const& b, F&& f) const {
    if (!waiting_.empty()) f(waiting_.deadline());
    if (waiting_.unanswered() && b.core.leader() != no_node && !b.core.leads()) f(again_at_);
  }

private:
  struct served_read { // a read that the core has counted, for whom
    std::uint64_t core_number{};
    peer node{};
    incarnation_id asker{};
    std::uint64_t number{};
  };

  // It is asked again, and this answer is still to come.
  bool is_under_way(peer n, read_request const& m) const {
    for (std::size_t i = 0; i < served_.size(); ++i)
      if (auto const& s = served_[i]; s.node == n && s.asker == m.asker && s.number >= m.number) return true;
    return false;
  }
  bool serve(Body& b, peer n, incarnation_id asker, std::uint64_t number) {
    if (served_.full()) return false;
    b.step(read{1});
    return served_.push({++core_reads_, n, asker, number});
  }
  void answer(Body& b) {
    auto const r = std::exchange(b.hands.read_answer, {});
    for (; !served_.empty() && served_.front().core_number <= r.upto; served_.pop()) {
      auto const& s = served_.front();
      if (s.node == b.self())
        waiting_.answer(s.number, r.index);
      else
        b.hands.send(s.node, read_answer{s.asker, s.number, r.index});
    }
  }

  std::uint64_t made_ = 0;
  std::uint32_t new_ = 0; // of these, the last ones, which no turn has seen
  bool any_ = false;
  waiting_reads<time, Body::batches> waiting_{};
  stamp asked_era_{};
  std::uint64_t asked_upto_ = 0;
  time again_at_{}; // when the leader is asked again
  std::uint64_t core_reads_ = 0;
  bounded_queue<served_read, Body::batches> served_{};
};

// For a core without reads.
struct no_reads {
  static constexpr bool any() { return false; }
  static constexpr bool pending() { return false; }
  template <class Body, class F>
  static constexpr void deadlines(Body const&, F&&) {}
  template <class Tell>
  static constexpr void give_up(Tell&&) {}
  template <class Body>
  static constexpr void heed(Body&) {}
  template <class Body, class M>
  static constexpr void take(Body&, peer, M const&, payloads) {}
  template <class Body, class Tell>
  static constexpr void tell(Body const&, log_index, Tell&&) {}
};

} // namespace quorate
