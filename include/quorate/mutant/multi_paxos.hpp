// Multi-Paxos without one of its rules (mutant/multi_paxos_rules.hpp). Each function here is called in place of
// the function of the same name in multi_paxos/. It changes the arguments or the effects of that function, and
// calls it for the rest: f<options<K...>>(...) is the protocol's own function.
#pragma once

#include "quorate/multi_paxos/node.hpp"
#include "quorate/mutant/careless_core.hpp"
#include "quorate/mutant/log.hpp"
#include "quorate/mutant/multi_paxos_rules.hpp"
#include "quorate/mutant/relay.hpp"
#include "quorate/mutant/without.hpp"

namespace quorate::multi_paxos {

// --- what a careless disk forgets, and what does not wait for it

template <class... K, log_view Log>
constexpr promise_and_mark recovered_of(options<K...>, promise_and_mark kept, Log const& log) {
  if (lacks<K...>(rule::promises_outlive_crashes)) kept.promised = {};
  if (lacks<K...>(rule::recovered_votes_are_not_chosen)) kept.chosen = log.last();
  return kept;
}
// It promises again, but uses none of its own ballots again: that is another rule's.
template <class... K, class Core, log_view Log>
constexpr void remind_of(options<K...>, Core& core, promise_and_mark const& kept, Log const& log) {
  if (!lacks<K...>(rule::promises_outlive_crashes)) return;
  silence none;
  refused const heard{{}, kept.promised, log.config_at(log.last()).number.value};
  core.step(from<refused>{core.me(), heard}, log, none);
}
template <class... K>
constexpr bool leaves_at_once(options<K...>, prepare const&, bool) {
  return lacks<K...>(rule::claims_wait_for_the_disk);
}
template <class... K>
constexpr bool leaves_at_once(options<K...>, promise const&, bool own) {
  return lacks<K...>(own ? rule::claims_wait_for_the_disk : rule::promises_wait_for_the_disk);
}
template <class... K>
constexpr bool leaves_at_once(options<K...>, accepted const&, bool own) {
  return lacks<K...>(own ? rule::own_accepts_wait_for_the_disk : rule::accepts_wait_for_the_disk);
}

// --- ballots and roles

template <class... K, class Out>
requires bent<K...>
constexpr void step_down(node_state<options<K...>>& s, Out& out) {
  auto const before = s;
  bool const keeps = lacks<K...>(rule::reads_end_with_leadership);
  reads_unrefused<Out> sink{{out}, keeps};
  step_down<options<K...>>(s, sink);
  if (keeps) s.readers = before.readers;
  if (lacks<K...>(rule::new_ballots_verify_anew)) s.verified = before.verified;
}

template <class Out>
struct only_written : relay<Out> {
  constexpr void arm(timer) {}
  constexpr void disarm(timer) {}
  constexpr void report(reads_refused) {}
};
template <class... K, class Out>
requires bent<K...>
constexpr written enter_ballot(node_state<options<K...>>& s, stamp ballot, Out& out) {
  if (s.is != role::leader || !lacks<K...>(rule::higher_ballots_depose))
    return enter_ballot<options<K...>>(s, ballot, out);
  auto led = s;
  only_written<Out> sink{{out}};
  auto const ticket = enter_ballot<options<K...>>(s, ballot, sink);
  led.promised = s.promised, led.seen = s.seen, led.in_contact = s.in_contact, led.marked = s.marked;
  s = led;
  return ticket;
}

template <class... K>
requires bent<K...>
constexpr bool from_owner(node_state<options<K...>> const& s, peer sender, stamp ballot) {
  if (lacks<K...>(rule::ballots_have_owners)) return sender.member != s.member;
  if (lacks<K...>(rule::ballots_name_members))
    return founded_place(owner_of(ballot)) == sender.place && sender.place != s.self;
  return from_owner<options<K...>>(s, sender, ballot);
}

template <class... K, class Out>
requires bent<K...>
constexpr bool follow(node_state<options<K...>>& s, peer leader, stamp ballot, Out& out) {
  // Who campaigned or led itself starts that timer anew.
  elections_unmoved<Out> sink{{out}, s.is != role::follower || !lacks<K...>(rule::leaders_put_off_elections)};
  return follow<options<K...>>(s, leader, ballot, sink);
}

template <class... K>
requires bent<K...>
constexpr std::optional<stamp> next_ballot(node_state<options<K...>> const& s) {
  bool const again = lacks<K...>(rule::campaigns_have_ballots_of_their_own) && owner_of(s.promised) == s.member;
  if (again) return s.promised;
  auto owner = s;
  if (lacks<K...>(rule::ballots_have_owners)) owner.member = member_id{1};
  if (lacks<K...>(rule::ballots_name_members)) owner.member = founder_at(s.self);
  return next_ballot<options<K...>>(owner);
}

template <class... K, log_view Log, class Out>
requires bent<K...>
constexpr void on(node_state<options<K...>>& s, from<refused> const& e, Log const& log, Out& out) {
  auto m = e.message;
  auto const seen = s.seen;
  if (lacks<K...>(rule::refusals_depose)) m.ballot = {};
  on<options<K...>>(s, from<refused>{e.node, m}, log, out);
  if (lacks<K...>(rule::ballots_rise_above_refusals)) s.seen = seen;
}

template <class... K, log_view Log, class Out>
requires bent<K...>
constexpr void on(node_state<options<K...>>& s, from<canvass> const& e, Log const& log, Out& out) {
  auto seen = s; // which a canvass leaves as it is
  if (lacks<K...>(rule::canvasses_respect_a_leader)) seen.is = role::follower, seen.in_contact = false;
  on<options<K...>>(seen, e, log, out);
  bool const heard = in_force(s, e, log) && e.node.place != s.self && e.message.ballot > s.promised;
  if (heard && lacks<K...>(rule::canvasses_promise_nothing)) enter_ballot(s, e.message.ballot, out);
}

// --- the commit index

template <class... K, class Out>
requires bent<K...>
constexpr void advance_commit(node_state<options<K...>>& s, log_index upto, Out& out) {
  if (upto >= s.commit || !lacks<K...>(rule::commits_never_fall))
    return advance_commit<options<K...>>(s, upto, out);
  s.commit = upto;
  out.report(committed{upto});
}
template <class... K, class Out, class Log>
requires bent<K...>
constexpr void advance_commit(node_state<options<K...>>& s, log_index upto, trusting<Out, Log>& out) {
  if (lacks<K...>(rule::followers_commit_what_is_verified)) {
    auto const has = out.has < out.log.last() ? out.log.last() : out.has;
    upto = out.told < has ? out.told : has;
  }
  advance_commit(s, upto, out.to);
}

// --- the acceptor

template <class... K, log_view Log>
requires bent<K...>
constexpr promise promise_from(node_state<options<K...>> const& s, log_index first, Log const& log) {
  auto p = promise_from<options<K...>>(s, first, log);
  if (lacks<K...>(rule::promises_tell_votes)) p.voted = {}, p.count = 0, p.kind = {};
  return p;
}

template <class... K, log_view Log, class Out>
requires bent<K...>
constexpr void on(node_state<options<K...>>& s, from<prepare> const& e, Log const& log, Out& out) {
  auto const at = e.message.ballot;
  bool const falls = at < s.promised && lacks<K...>(rule::promises_never_fall);
  bool const disturbs = at > s.promised && lacks<K...>(rule::prepares_respect_a_leader);
  if ((falls || disturbs) && in_force(s, e, log) && from_owner(s, e.node, at)) enter_ballot(s, at, out);
  on<options<K...>>(s, e, log, out);
}

template <class... K, log_view Log>
requires bent<K...>
constexpr void mark_verified(node_state<options<K...>>& s, log_index first, log_index last, Log const& log) {
  if (lacks<K...>(rule::gaps_are_not_skipped) && first > s.verified) first = s.verified + 1;
  mark_verified<options<K...>>(s, first, last, log);
  if (lacks<K...>(rule::only_this_ballot_verifies) && s.verified < log.last()) s.verified = log.last();
}

template <class... K, log_view Log, class Out>
requires bent<K...>
constexpr void on(node_state<options<K...>>& s, from<accept> const& e, Log const& log, Out& out) {
  auto const promised = s.promised;
  bool const falls = e.message.ballot < promised && lacks<K...>(rule::accepts_respect_promises);
  if (falls) s.promised = {};
  trusting<Out, Log> sink{{out}, log, e.message.commit};
  on<options<K...>>(s, e, log, sink);
  if (falls && s.promised == stamp{}) s.promised = promised; // it was not followed
}

template <class... K, log_view Log, class Out>
requires bent<K...>
constexpr void on(node_state<options<K...>>& s, from<heartbeat> const& e, Log const& log, Out& out) {
  trusting<Out, Log> sink{{out}, log, e.message.commit};
  on<options<K...>>(s, e, log, sink);
}

// --- the candidate

template <class... K, log_view Log, class Out>
requires bent<K...>
constexpr void become_leader(node_state<options<K...>>& s, Log const& log, Out& out) {
  auto const before = s;
  if (lacks<K...>(rule::leaders_settle_first)) s.unsettled = log.last() + 1;
  become_leader<options<K...>>(s, log, out);
  if (lacks<K...>(rule::leaders_forget_matches))
    for (std::uint8_t i = 0; i < options<K...>::limit.nodes; ++i) s.peers[i].match = before.peers[i].match;
}

// The other way round, but for that of nobody.
constexpr stamp outbid(stamp voted) { return voted == stamp{} ? voted : stamp{~voted.value}; }
template <class... K>
requires bent<K...>
constexpr finding find(node_state<options<K...>> const& s, configuration const& config) {
  if (lacks<K...>(rule::leaders_settle_first)) return {}; // nothing, so that it leads
  auto told = s;
  bool const lowest = lacks<K...>(rule::highest_votes_are_adopted);
  if (lowest)
    for (auto& r : told.reports) r.voted = outbid(r.voted);
  auto f = find<options<K...>>(told, config);
  if (lowest) f.voted = outbid(f.voted);
  if (lacks<K...>(rule::what_is_gone_is_not_free)) f.gone = false;
  if (lacks<K...>(rule::one_report_chooses_nothing) && f.voted != stamp{}) f.chosen = true;
  return f;
}

template <class... K>
requires bent<K...>
constexpr bool holds(node_state<options<K...>> const& s, finding f) {
  if (lacks<K...>(rule::own_values_are_of_that_ballot)) f.voted = stamp{1}; // any is as good
  return holds<options<K...>>(s, f);
}

template <class... K, class Out>
requires bent<K...>
constexpr void adopt(node_state<options<K...>>& s, finding f, std::uint32_t count, bool taught, Out& out) {
  if (f.voted == stamp{} && lacks<K...>(rule::gaps_are_filled)) return;
  bool const stays = f.chosen && s.unsettled == s.commit + 1;
  if (!stays && lacks<K...>(rule::found_values_are_proposed_again)) f.voted = {};
  adopt<options<K...>>(s, f, count, taught, out);
}

template <class... K, log_view Log, class Out>
requires bent<K...>
constexpr void on(node_state<options<K...>>& s, from<promise> const& e, Log const& log, Out& out) {
  auto m = e.message;
  auto n = e.node;
  if (lacks<K...>(rule::past_promises_do_not_count) && m.ballot < s.promised) m.ballot = s.promised;
  if (lacks<K...>(rule::promises_count_once)) {
    node_set<64> given{};
    each_peer(s, log, [&](quorate::peer p) {
      if (s.reports[p.place.value].given) given.insert(p.place);
    });
    n = counted_again(n, given, voters_now(s, log).voters.without(s.self), voters_now(s, log));
  }
  on<options<K...>>(s, from<promise>{n, m}, log, out);
}

// --- the leader

template <class... K, log_view Log, class Out>
requires bent<K...>
constexpr void on(node_state<options<K...>>& s, from<accepted> const& e, Log const& log, Out& out) {
  auto m = e.message;
  if (lacks<K...>(rule::past_votes_do_not_count) && m.ballot < s.promised) m.ballot = s.promised;
  if (!takes_part(s, e.node, log)) return on<options<K...>>(s, e, log, out);
  auto const match = s.peer(e.node).match;
  auto const next = (match > s.commit ? match : s.commit) + 1;
  auto const last = m.first + m.count - 1;
  if (m.first > next && m.count > 0 && last > m.first - 1 && lacks<K...>(rule::acknowledged_gaps_stay_gaps))
    m.first = next, m.count = static_cast<std::uint32_t>(last - next + 1);
  on<options<K...>>(s, from<accepted>{e.node, m}, log, out);
}

template <class... K, log_view Log, class Out>
requires bent<K...>
constexpr bool flush_accept(node_state<options<K...>>& s, peer n, entry_run& run, std::uint64_t config,
                            Log const& log, Out& out) {
  auto& sent = s.peer(n).in_flight;
  auto const before = sent;
  constexpr std::uint8_t window = options<K...>::limit.window;
  bool const over = sent >= window && lacks<K...>(rule::windows_bound_what_is_in_flight);
  if (over) sent = window - 1;
  bool const sends = flush_accept<options<K...>>(s, n, run, config, log, out);
  if (over) sent = static_cast<std::uint8_t>(before + (sends ? 1 : 0));
  return sends;
}

// --- reads

template <class... K, log_view Log, class Out>
requires bent<K...>
constexpr void start_round(node_state<options<K...>>& s, Log const& log, Out& out) {
  if (!lacks<K...>(rule::reads_wait_for_an_own_commit)) return start_round<options<K...>>(s, log, out);
  if (s.readers.waits()) begin_round(s, true, log, out);
}

} // namespace quorate::multi_paxos
