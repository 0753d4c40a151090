// Proposals of one replica, from staging to their outcome, and those that other replicas forward to it.
#pragma once

#include "quorate/replica/body.hpp"
#include "quorate/replica/message.hpp"
#include "quorate/replica/outcome.hpp"
#include "quorate/replica/waiting.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <vector>

namespace quorate {

template <class Body>
class proposals {
public:
  using time = typename Body::time;

  // Just recovered.
  void begin(Body const& b) { recovered_era_ = b.core.era(); }

  // What is staged goes into the log, or to the leader, or stays until there is one.
  template <class Send>
  void place(Body& b, Send&& send) {
    // With a slow sync in flight the outbox fills: the own acknowledgement of what is placed must still fit.
    if (waiting_.full() || refused_ || b.hands.crowded()) return;
    auto const leader = b.core.leader();
    if (leader == no_node) return wait_for_leader(b);
    if (!b.core.leads()) return hand_on(b, b.ids[leader], send);
    auto const bytes = b.staged.view();
    auto const& run = put(b, bytes);
    if (run.count == 0) return refuse_staged(b, b.hands.refused_for);
    waiting_.add() = {.first = b.staged.first(),
                      .count = bytes.count(),
                      .placed = true,
                      .index = run.first,
                      .era = run.written_at,
                      .deadline = b.timer.after(timing::request, b.now)};
    b.staged.clear();
  }

  // --- from and to other replicas

  void take(Body& b, peer n, forward const& m, payloads bytes) {
    auto& seen = forwarded_[n.place.value];
    if (seen.member != n.member) seen = {n.member, {}, 0}; // what is known of a place is known of its member
    bool const again = m.asker < seen.asker || (m.asker == seen.asker && m.number <= seen.number);
    if (bytes.count() != m.count || m.count == 0 || again) return void(++b.counters.dropped_in);
    if (!b.core.leads() || m.era != b.core.era()) {
      // What it placed before it restarted it has forgotten: of such an era it can't say "they stand nowhere".
      if (m.era <= recovered_era_) return void(++b.counters.dropped_in);
      return b.hands.send(n, forward_refused{m.asker, m.number, m.count, refusal::not_leader});
    }
    seen = {n.member, m.asker, m.number};
    if (!takes(b, bytes)) return b.hands.send(n, forward_refused{m.asker, m.number, m.count, refusal::too_large});
    auto const& run = put(b, bytes);
    if (run.count == 0)
      b.hands.send(n, forward_refused{m.asker, m.number, m.count, b.hands.refused_for});
    else
      b.hands.send(n, forward_placed{m.asker, m.number, m.count, run.first, run.written_at});
  }
  void take(Body& b, peer, forward_placed const& m, payloads) {
    if (m.asker != b.incarnation()) return;
    waiting_.place(m.number, m.count, m.index, m.era);
    full_elsewhere_ = false;
  }
  void take(Body& b, peer n, forward_refused const& m, payloads) {
    if (m.asker != b.incarnation()) return;
    b.attention = true;
    full_elsewhere_ = m.reason == refusal::no_room;
    full_leader_ = n.place;
    refused_elsewhere_.push_back(m);
  }

  // --- outcomes

  // Entries up to `upto` are committed.
  template <class Tell>
  void settle(Body const& b, log_index upto, Tell&& tell) {
    if (!waiting_.empty()) waiting_.settle(upto, b.log(), tell);
  }
  // Of the proposal that is the entry there; 0 if none that waits is known to be it.
  proposal_token token_at(log_index index, stamp era) { return proposal_token{waiting_.token_at(index, era)}; }
  // An entry of `era` was applied, and those before it were of an earlier one.
  template <class Tell>
  void outlived(stamp era, Tell&& tell) {
    waiting_.outlived(era, tell);
  }
  template <class Tell>
  void expire(Body const& b, Tell&& tell) {
    if (!waiting_.empty()) waiting_.expire(b.now, tell);
  }
  // At most one run of the own was refused since the last time, so one record is enough.
  template <class Tell>
  [[gnu::cold]] void tell_refusals(Tell&& tell) {
    for (auto const& r : refused_elsewhere_) waiting_.refuse(r.number, r.count, r.reason, tell);
    refused_elsewhere_.clear();
    if (refused_) tell(*refused_);
    refused_.reset();
  }
  template <class Tell>
  [[gnu::cold]] void give_up(Body& b, Tell&& tell) {
    if (!b.staged.empty()) refuse_staged(b, refusal::stopped);
    tell_refusals(tell);
    waiting_.give_up(tell);
  }

  // Why this node can take no proposal, or none that would be done; empty if nothing is known to be in the way.
  std::string_view trouble(Body const& b) const {
    if (waiting_.full()) return "too many proposals wait: no majority answers, or a disk is slow";
    if (full_elsewhere_ && full_leader_ == b.core.leader()) return "the leader's log is full";
    return {};
  }
  // Is there something to place at once?
  bool pending(Body const& b) const { return !b.staged.empty() && !b.staged.deadline && !waiting_.full(); }
  // Calls f(time) for each time at which something expires.
  template <class F>
  void deadlines(Body const& b, F&& f) const {
    if (!waiting_.empty()) f(waiting_.deadline());
    if (b.staged.deadline) f(*b.staged.deadline);
  }

private:
  struct last_forward {
    member_id member{};
    incarnation_id asker{};
    std::uint64_t number{};
  };

  // To the leader, in as many messages as there must be for each to fit a frame: an earlier part that is lost is
  // never sent again, so nothing can come behind a later one. What can't be sent stays.
  template <class Send>
  [[gnu::noinline]] void hand_on(Body& b, node_id leader, Send&& send) {
    while (!b.staged.empty() && !waiting_.full()) {
      auto const part = b.staged.view().within(b.carried());
      forward const f{b.incarnation(), b.staged.first(), b.core.era(), part.count()};
      if (!sent(send, leader, f, part)) return wait_for_leader(b);
      waiting_.add() = {.first = f.number,
                        .count = f.count,
                        .placed = false,
                        .index = {},
                        .era = f.era,
                        .deadline = b.timer.after(timing::request, b.now)};
      b.staged.drop(part);
    }
  }
  // Is none of them larger than what is taken here?
  static bool takes(Body const& b, payloads bytes) {
    bool all = true;
    if (bytes.whole().size() > payloads::prefix + b.max_command_bytes)
      bytes.for_each([&](payloads::bytes record) { all = all && record.size() <= b.max_command_bytes; });
    return all;
  }
  // The run is empty if it was refused.
  entry_run const& put(Body& b, payloads bytes) {
    b.step(propose{bytes.count()}, b.log().last() + 1, bytes);
    if (b.hands.noticed()) b.heed_failure();
    return b.hands.placed;
  }
  // A transport that returns a bool says `false` when it surely sent nothing.
  template <class Send, class M>
  static bool sent(Send& send, node_id to, M const& m, payloads bytes) {
    if constexpr (std::is_same_v<decltype(send(to, m, bytes)), bool>)
      return send(to, m, bytes);
    else
      return send(to, m, bytes), true;
  }
  // Nothing has left yet: refusing is safe, after a while.
  void wait_for_leader(Body& b) {
    if (!b.staged.deadline) b.staged.deadline = b.timer.after(timing::request, b.now);
    if (!(b.now < *b.staged.deadline)) refuse_staged(b, refusal::not_leader);
  }
  void refuse_staged(Body& b, refusal why) {
    b.attention = true;
    refused_ = proposal_outcome{proposal_token{b.staged.first()}, b.staged.count(), fate::refused, why, {}};
    b.staged.clear();
  }

  waiting_proposals<time, Body::batches, Body::core_type::rewrites> waiting_{};
  std::optional<proposal_outcome> refused_{};
  std::vector<forward_refused> refused_elsewhere_{};
  last_forward forwarded_[Body::core_type::options::limit.nodes]{};
  bool full_elsewhere_ = false; // so the node that led last said, as its last word on a forward
  node_index full_leader_ = no_node;
  stamp recovered_era_{}; // in it and before it this node may have led and forgotten
};

} // namespace quorate
