// Which slots are chosen. A slot is chosen when a quorum holds its value at one ballot. Votes of two ballots are
// never added up (scenario P35): every acknowledgement names its ballot, and a leader counts only those of its own
// ballot.
#pragma once

#include "quorate/multi_paxos/role.hpp"

namespace quorate::multi_paxos {

// The acceptor holds first..last, durably. Slots may come in any order. One piece that is apart from the rest is
// remembered. A second such piece is forgotten, and is asked for again later.
[[gnu::cold]] constexpr void note_apart(progress& p, log_index first, log_index last, log_index base) {
  if (p.apart_last <= base) {
    p.apart_first = first, p.apart_last = last;
  } else if (first <= p.apart_last + 1 && last + 1 >= p.apart_first) {
    if (first < p.apart_first) p.apart_first = first;
    if (last > p.apart_last) p.apart_last = last;
  }
}
constexpr void note_held(progress& p, log_index first, log_index last, log_index commit) {
  auto const base = p.match > commit ? p.match : commit;
  if (first > base + 1) return note_apart(p, first, last, base);
  if (last > p.match) p.match = last;
  if (p.apart_last > p.match && p.apart_first <= p.match + 1) p.match = p.apart_last;
}

// Up to where, without a gap, the acceptor holds what is at `at`; the slot before `at` if it does not hold it.
constexpr log_index held_to(progress const& p, log_index at) {
  if (at <= p.match) return p.match;
  return p.apart_first <= at && at <= p.apart_last ? p.apart_last : at - 1;
}

// Something more is held: what is chosen now? In order, for that is how it is delivered.
template <class Options, log_view Log, class Out>
constexpr void choose(node_state<Options>& s, Log const& log, Out& out) {
  configuration const& config = voters_now(s, log);
  auto chosen = s.commit;
  while (chosen < log.last()) {
    node_set<64> holders{};
    auto upto = log.last();
    (config.voters & Options::nodes_wide).for_each([&](node_index n) {
      auto const end = held_to(s.peer(n), chosen + 1);
      if (end <= chosen) return;
      holders.insert(n);
      if (end < upto) upto = end;
    });
    if (!met<Options>(quorum_phase::commit, holders, config)) break;
    chosen = upto;
  }
  if (chosen > s.commit) advance_commit(s, chosen, out);
}

} // namespace quorate::multi_paxos
