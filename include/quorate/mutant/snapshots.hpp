// Cores that install snapshots, without one of the rules of that.
#pragma once

#include "quorate/mutant/multi_paxos.hpp"
#include "quorate/mutant/raft.hpp"

namespace quorate::raft {

template <class... K, log_view Log, class Out>
requires bent<K...>
constexpr void on(node_state<options<K...>>& s, from<offer_snapshot> const& e, Log const& log, Out& out) {
  on<options<K...>>(s, e, log, out);
  if (lacks<K...>(rule::offers_commit_nothing) && s.leader == e.node) advance_commit(s, e.message.last_index, out);
}

template <class Out>
struct unwaited : relay<Out> {
  bool hurries;
  using relay<Out>::send;
  template <class M>
  constexpr void send(peer n, M const& m, written after) {
    this->to.send(n, m, hurries ? ticket_source{}.latest() : after);
  }
};
template <class... K, log_view Log, class Out>
requires bent<K...>
constexpr void on_installable(node_state<options<K...>>& s, installable const& e, Log const& log, Out& out) {
  auto const before = s.commit;
  auto const era = lacks<K...>(rule::installs_are_of_this_era) ? s.era() : e.era;
  unwaited<Out> sink{{out}, lacks<K...>(rule::installs_wait_for_the_disk)};
  on_installable<options<K...>>(s, installable{era, e.mark}, log, sink);
  if (lacks<K...>(rule::tails_are_verified_anew) && s.commit > before) acknowledge(s, log.last(), out);
}

// Said once, and never again.
template <class... K, log_view Log, class Out>
requires bent<K...>
constexpr void offer(node_state<options<K...>>& s, peer n, Log const& log, Out& out) {
  auto& p = s.peer(n);
  bool const said = lacks<K...>(rule::who_needs_one_is_offered) && p.in_flight > 0;
  if (!said) return offer<options<K...>>(s, n, log, out);
  p.poked = false;
}

} // namespace quorate::raft

namespace quorate::multi_paxos {

template <class... K, log_view Log, class Out>
requires bent<K...>
constexpr void on(node_state<options<K...>>& s, from<offer_snapshot> const& e, Log const& log, Out& out) {
  on<options<K...>>(s, e, log, out);
  if (lacks<K...>(rule::offers_choose_nothing) && s.leader == e.node) advance_commit(s, e.message.last, out);
}

template <class... K, class Out>
requires bent<K...>
constexpr void on_installable(node_state<options<K...>>& s, installable const& e, Out& out) {
  auto const era = lacks<K...>(rule::installs_are_of_this_era) ? s.era() : e.era;
  on_installable<options<K...>>(s, installable{era, e.mark}, out);
}

} // namespace quorate::multi_paxos
