// Raft without one of its rules (mutant/raft_rules.hpp). Each function here is called in place of the function of
// the same name in raft/. It changes the arguments or the effects of that function, and calls it for the rest:
// f<options<K...>>(...) is the protocol's own function.
#pragma once

#include "quorate/mutant/careless_core.hpp"
#include "quorate/mutant/log.hpp"
#include "quorate/mutant/raft_rules.hpp"
#include "quorate/mutant/relay.hpp"
#include "quorate/mutant/without.hpp"
#include "quorate/raft/node.hpp"

namespace quorate::raft {

// --- what a careless disk forgets, and what does not wait for it

template <class... K, log_view Log>
constexpr term_and_vote recovered_of(options<K...>, term_and_vote kept, Log const&) {
  if (lacks<K...>(rule::terms_outlive_crashes)) kept.term = {};
  if (lacks<K...>(rule::votes_outlive_crashes)) kept.vote = no_member;
  return kept;
}
template <class... K>
constexpr bool leaves_at_once(options<K...>, request_vote const&, bool) {
  return lacks<K...>(rule::claims_wait_for_the_disk);
}
template <class... K>
constexpr bool leaves_at_once(options<K...>, vote_granted const&, bool own) {
  return lacks<K...>(own ? rule::claims_wait_for_the_disk : rule::votes_wait_for_the_disk);
}
template <class... K>
constexpr bool leaves_at_once(options<K...>, appended const&, bool own) {
  return lacks<K...>(own ? rule::own_appends_wait_for_the_disk : rule::appends_wait_for_the_disk);
}

// --- terms and roles

template <class... K, class Out>
requires bent<K...>
constexpr void step_down(node_state<options<K...>>& s, Out& out) {
  auto const readers = s.readers;
  bool const keeps = lacks<K...>(rule::reads_end_with_leadership);
  reads_unrefused<Out> sink{{out}, keeps};
  step_down<options<K...>>(s, sink);
  if (keeps) s.readers = readers;
  if (lacks<K...>(rule::votes_survive_stepping_down)) s.voted_for = no_member;
}

template <class... K, class Out>
requires bent<K...>
constexpr void enter_term(node_state<options<K...>>& s, term_id term, Out& out) {
  auto const before = s;
  if (lacks<K...>(rule::higher_terms_depose) && s.is == role::leader) {
    silence none;
    enter_term<options<K...>>(s, term, none);
    s.is = before.is, s.granted = before.granted, s.pre = before.pre, s.readers = before.readers;
  } else {
    enter_term<options<K...>>(s, term, out);
  }
  if (lacks<K...>(rule::new_terms_verify_anew)) s.verified = before.verified;
}

template <class... K>
constexpr bool counts_when_past(options<K...>, vote_granted const&) {
  return lacks<K...>(rule::past_votes_do_not_count);
}
template <class... K>
constexpr bool counts_when_past(options<K...>, appended const&) {
  return lacks<K...>(rule::past_acknowledgements_do_not_count);
}
template <class Options, class Answer>
constexpr bool counts_when_past(Options, Answer const&) {
  return false;
}
template <class... K, class Answer, class Out>
requires bent<K...>
constexpr bool of_this_term(node_state<options<K...>>& s, Answer const& m, Out& out) {
  if (m.term < s.current_term && counts_when_past(options<K...>{}, m)) return true;
  return of_this_term<options<K...>>(s, m, out);
}

template <class... K, class Out>
requires bent<K...>
constexpr bool follow(node_state<options<K...>>& s, peer leader, term_id term, Out& out) {
  // Who led itself has no such timer yet, and starts one.
  elections_unmoved<Out> sink{{out}, s.is == role::leader || !lacks<K...>(rule::leaders_put_off_elections)};
  return follow<options<K...>>(s, leader, term, sink);
}

// --- elections

template <class Out>
struct own_vote_unwritten : relay<Out> {
  bool unwritten;
  using relay<Out>::write;
  constexpr written write(term_and_vote h) {
    if (unwritten) h.vote = no_member;
    return this->to.write(h);
  }
};
template <class... K, log_view Log, class Out>
requires bent<K...>
constexpr void campaign(node_state<options<K...>>& s, Log const& log, Out& out) {
  bool const again = lacks<K...>(rule::campaigns_have_terms_of_their_own) && s.voted_for == s.member;
  if (again) s.current_term = term_id{s.current_term.value - 1}; // the next one is that which it has
  bool const none = lacks<K...>(rule::candidates_vote_for_themselves);
  own_vote_unwritten<Out> sink{{out}, none};
  campaign<options<K...>>(s, log, sink);
  if (none) s.voted_for = no_member;
}

template <class... K>
requires bent<K...>
constexpr void forget_progress(node_state<options<K...>>& s) {
  auto const before = s;
  forget_progress<options<K...>>(s);
  for (std::uint8_t i = 0; i < options<K...>::limit.nodes; ++i) {
    node_index const n{i};
    if (lacks<K...>(n == s.self ? rule::leaders_forget_their_own_match : rule::leaders_forget_matches))
      s.peer(n).match = before.peer(n).match;
  }
}

template <class... K>
requires bent<K...>
constexpr void forget_place(node_state<options<K...>>& s, node_index n, log_index next) {
  if (!lacks<K...>(rule::leaders_forget_places)) forget_place<options<K...>>(s, n, next);
}

// The log of whoever asks is what the rule makes of it.
template <class... K, class Request, log_view Log>
constexpr Request as_compared(options<K...>, Request m, Log const& log) {
  auto const own_term = log.stamp_at(log.last());
  if (lacks<K...>(rule::votes_compare_logs)) m.last_log_term = own_term, m.last_log_index = log.last();
  if (lacks<K...>(rule::votes_compare_terms)) m.last_log_term = own_term;
  if (lacks<K...>(rule::votes_compare_lengths)) m.last_log_index = log.last();
  auto const mark = log.compacted();
  bool const reaches =
      m.last_log_term > log.stamp_at(mark) || (m.last_log_term == log.stamp_at(mark) && m.last_log_index >= mark);
  if (lacks<K...>(rule::votes_compare_ends) && mark > log_index{} && reaches)
    m.last_log_term = own_term, m.last_log_index = log.last();
  return m;
}

// Where votes name places: it asks as the founder who had that place once, and as nobody if it has none.
template <class... K>
constexpr peer as_voted_for(options<K...>, peer sender) {
  return lacks<K...>(rule::votes_name_members) ? peer{sender.place} : sender;
}
template <class Out>
struct answered : relay<Out> {
  peer asker;
  template <class M>
  constexpr void send(peer, M const& m) {
    this->to.send(asker, m);
  }
  template <class M>
  constexpr void send(peer, M const& m, written after) {
    this->to.send(asker, m, after);
  }
};

template <class... K, log_view Log, class Out>
requires bent<K...>
constexpr void on(node_state<options<K...>>& s, from<request_pre_vote> const& e, Log const& log, Out& out) {
  auto const m = as_compared(options<K...>{}, e.message, log);
  if (lacks<K...>(rule::pre_votes_raise_no_term)) of_this_term(s, pre_vote_refused{m.next_term}, out);
  auto seen = s; // which a pre-vote leaves as it is
  if (lacks<K...>(rule::pre_votes_respect_a_leader)) seen.is = role::follower, seen.in_contact = {};
  answered<Out> sink{{out}, e.node};
  on<options<K...>>(seen, from<request_pre_vote>{as_voted_for(options<K...>{}, e.node), m}, log, sink);
}

template <class... K, log_view Log, class Out>
requires bent<K...>
constexpr void on(node_state<options<K...>>& s, from<pre_vote_granted> const& e, Log const& log, Out& out) {
  if constexpr (options<K...>::pre_votes) {
    auto m = e.message;
    if (lacks<K...>(rule::pre_votes_are_for_one_term)) m.next_term = next(s.current_term);
    auto const before = s;
    on<options<K...>>(s, from<pre_vote_granted>{e.node, m}, log, out);
    bool const campaigns = before.pre.under_way && !s.pre.under_way;
    if (campaigns && lacks<K...>(rule::pre_votes_elect_nobody))
      before.pre.granted.with(e.node.place).without(s.self).for_each([&](node_index n) { s.granted.insert(n); });
  }
}

template <class Out>
struct granted_in : relay<Out> {
  term_id term;
  using relay<Out>::send;
  constexpr void send(peer n, vote_granted, written after) { this->to.send(n, vote_granted{term}, after); }
};
template <class... K, log_view Log, class Out>
requires bent<K...>
constexpr void on(node_state<options<K...>>& s, from<request_vote> const& e, Log const& log, Out& out) {
  using own = options<K...>;
  auto const before = s;
  granted_in<Out> sink{{out}, e.message.term};
  auto m = as_compared(own{}, e.message, log);
  if (lacks<K...>(rule::votes_in_no_past_term) && m.term < s.current_term) m.term = s.current_term;
  if (lacks<K...>(rule::votes_respect_a_leader) && m.term > s.current_term) {
    if (s.is == role::leader) step_down(s, out);
    s.in_contact = {};
  }
  bool const heard = own::checks_quorum && m.term > s.current_term && beside_a_leader(s);
  bool const decides = m.term >= s.current_term && !heard;
  bool const anew = lacks<K...>(rule::votes_once) && s.voted_for != e.node.member;
  if (anew) s.voted_for = no_member;
  answered<granted_in<Out>> asker{{sink}, e.node};
  on<own>(s, from<request_vote>{as_voted_for(own{}, e.node), m}, log, asker);
  if (anew && s.voted_for == no_member && s.current_term == before.current_term) s.voted_for = before.voted_for;
  if (decides && lacks<K...>(rule::refusals_put_off_nothing)) out.arm(timer::election);
}

template <class... K, log_view Log, class Out>
requires bent<K...>
constexpr void on(node_state<options<K...>>& s, from<vote_granted> const& e, Log const& log, Out& out) {
  auto n = e.node;
  if (lacks<K...>(rule::votes_count_once))
    n = counted_again(n, s.granted, voters_now(s, log).voters.without(s.self), voters_now(s, log));
  on<options<K...>>(s, from<vote_granted>{n, e.message}, log, out);
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

template <class... K, log_view Log>
requires bent<K...>
constexpr bool of_own_term(node_state<options<K...>> const& s, log_index at, Log const& log) {
  if (at > s.commit && lacks<K...>(rule::own_terms_commit_by_counting)) return true;
  return of_own_term<options<K...>>(s, at, log);
}

// --- the log

template <class... K, log_view Log>
requires bent<K...>
constexpr divergence diverges(node_state<options<K...>> const& s, append_entries const& m, Log const& log) {
  auto found = diverges<options<K...>>(s, m, log);
  if (lacks<K...>(rule::only_conflicts_are_removed)) {
    found.at = m.prev_log_index < log.compacted() ? log.compacted() + 1 : m.prev_log_index + 1;
    found.conflict = found.at <= log.last();
  }
  if (lacks<K...>(rule::conflicts_are_removed) && found.conflict) {
    auto const end = log.last() < m.last_index() ? log.last() : m.last_index();
    while (found.at <= end) found.at = log.run_at(found.at, ~std::uint32_t{0}).last() + 1;
    found.conflict = false;
  }
  return found;
}

template <class... K>
requires bent<K...>
constexpr bool is_settled(node_state<options<K...>> const& s, log_index at) {
  return !lacks<K...>(rule::only_conflicts_are_removed) && is_settled<options<K...>>(s, at);
}

template <class... K, log_view Log, class Out>
requires bent<K...>
constexpr void on(node_state<options<K...>>& s, from<append_entries> const& e, Log const& log, Out& out) {
  auto m = e.message;
  if (m.term < s.current_term && lacks<K...>(rule::past_leaders_are_refused)) m.term = s.current_term;
  bool const there = log.compacted() <= m.prev_log_index && m.prev_log_index <= log.last();
  if (there && lacks<K...>(rule::previous_terms_agree)) m.prev_log_term = log.stamp_at(m.prev_log_index);
  trusting<Out, Log> sink{{out}, log, m.leader_commit};
  on<options<K...>>(s, from<append_entries>{e.node, m}, log, sink);
}

template <class... K, log_view Log, class Out>
requires bent<K...>
constexpr void on(node_state<options<K...>>& s, from<heartbeat> const& e, Log const& log, Out& out) {
  auto m = e.message;
  if (m.term < s.current_term && lacks<K...>(rule::past_leaders_are_refused)) m.term = s.current_term;
  on<options<K...>>(s, from<heartbeat>{e.node, m}, log, out);
}

template <class... K, log_view Log, class Out>
requires bent<K...>
constexpr void on(node_state<options<K...>>& s, flush e, Log const& log, Out& out) {
  auto const verified = s.verified;
  if (lacks<K...>(rule::only_what_is_verified_is_acknowledged)) s.verified = log.last();
  on<options<K...>>(s, e, log, out);
  s.verified = verified;
}

// --- what a leader makes of the answers

template <class... K, log_view Log, class Out>
requires bent<K...>
constexpr void on(node_state<options<K...>>& s, from<appended> const& e, Log const& log, Out& out) {
  auto const& m = e.message;
  if (!takes_part(s, e.node, log)) return on<options<K...>>(s, e, log, out);
  auto& match = s.peer(e.node).match;
  bool const counts = s.is == role::leader && m.term == s.current_term && m.match_index <= log.last();
  if (counts && m.match_index < match && lacks<K...>(rule::matches_never_fall)) match = {};
  on<options<K...>>(s, e, log, out);
}

template <class... K, log_view Log, class Out>
requires bent<K...>
constexpr void on(node_state<options<K...>>& s, from<rejected> const& e, Log const& log, Out& out) {
  auto const& m = e.message;
  if (!is_other(s, e.node, log)) return on<options<K...>>(s, e, log, out);
  auto& p = s.peer(e.node);
  auto const next = p.next;
  bool const heard = s.is == role::leader && m.term == s.current_term && of_last_guess(p, m.prev_log_index);
  on<options<K...>>(s, e, log, out);
  if (heard && lacks<K...>(rule::refusals_match_nothing)) {
    p.match = m.prev_log_index;
    if (p.next <= p.match) p.next = p.match + 1;
    count_matches(s, p.match, voters_now(s, log), log, out);
  }
  if (lacks<K...>(rule::refusals_move_next_back)) p.next = next;
}

template <class... K, log_view Log, class Out>
requires bent<K...>
constexpr void on(node_state<options<K...>>& s, from<heartbeat_answer> const& e, Log const& log, Out& out) {
  on<options<K...>>(s, e, log, out);
  if (!is_other(s, e.node, log)) return;
  auto& p = s.peer(e.node);
  bool const heard = s.is == role::leader && e.message.term == s.current_term;
  if (heard && lacks<K...>(rule::heartbeats_match_nothing) && p.next > p.match + 1)
    count_matches(s, p.match = p.next - 1, voters_now(s, log), log, out);
}

template <class Out>
struct commit_told : relay<Out> {
  bool whole;
  log_index commit;
  using relay<Out>::send;
  constexpr void send(peer n, heartbeat m) {
    if (whole) m.leader_commit = commit;
    this->to.send(n, m);
  }
};
template <class... K, log_view Log, class Out>
requires bent<K...>
constexpr void flush_leader(node_state<options<K...>>& s, Log const& log, Out& out) {
  commit_told<Out> sink{{out}, lacks<K...>(rule::heartbeats_tell_what_is_matched), s.commit};
  flush_leader<options<K...>>(s, log, sink);
}

// --- reads

template <class... K, log_view Log, class Out>
requires bent<K...>
constexpr void start_round(node_state<options<K...>>& s, Log const& log, Out& out) {
  if (!lacks<K...>(rule::reads_wait_for_an_own_commit)) return start_round<options<K...>>(s, log, out);
  if (s.readers.waits()) begin_round(s, true, log, out);
}

} // namespace quorate::raft
