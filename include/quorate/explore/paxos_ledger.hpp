// What the checker keeps of Paxos beside the cores: a disk for a node's roles, and what a node has said.
#pragma once

#include "quorate/explore/replicated.hpp"
#include "quorate/core/bounded.hpp"
#include "quorate/truth/paxos.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace quorate::check {

struct no_log {
  friend bool operator==(no_log, no_log) = default;
};

// What a node's roles have on disk; they need no log.
template <class Value>
struct roles_disk {
  using payload = no_payload;
  no_log log{};
  paxos::recovered<Value> hard{};
  bool carry_out(paxos::acceptor_record<Value> const& w) { return hard.acceptor = w, true; }
  bool carry_out(paxos::ballot_floor const& w) { return hard.proposer = w, true; }
  friend bool operator==(roles_disk const&, roles_disk const&) = default;
};

// A Paxos core in its place of a roster, with the face of a core that has a log. `Seats::who()` is the roster.
template <class Core, class Seats>
class seated {
public:
  using core_type = Core;
  using messages = typename Core::messages;
  using value_type = typename Core::value_type;

  seated() = default;
  seated(node_index self, paxos::recovered<value_type> const& kept, no_log) : core_{self, Seats::who(), kept} {}
  Core const& core() const { return core_; }
  template <template <class, class...> class Role>
  auto const& as() const {
    return core_.template as<Role>().state();
  }

  template <class Event, class Out>
  void step(Event const& e, no_log, Out& out) {
    if constexpr (!std::is_same_v<Event, quorate::flush>) core_.step(e, out); // whatever is due was said already
  }
  friend bool operator==(seated const&, seated const&) = default;

private:
  Core core_{};
};

// What is remembered of a node, crashes or not.
template <class Value>
struct said_by_a_node {
  paxos::truth::ballots_said said{};
  std::uint8_t changes = 0;       // of a register, that it was asked for
  paxos::vote<Value> rewritten{}; // ... and the last that it was told of, until it has another
  // Votes that it said in its last step although later ones had replaced them: one sync made them all durable.
  bounded<paxos::vote<Value>, 4> replaced{};
  void restart() { rewritten = {}; }
  friend bool operator==(said_by_a_node const&, said_by_a_node const&) = default;
};

// --- digests

template <class Value>
void digest_vote(paxos::vote<Value> const& v, digester& h) {
  h.add(v.at), h.add(v.value);
}
template <class Options>
void digest_role(paxos::acceptor_state<Options> const& s, renaming const&, digester& h) {
  h.add(s.kept.promised);
  digest_vote(s.kept.voted, h);
}
template <class Options>
void digest_role(paxos::proposer_state<Options> const& s, renaming const& p, digester& h) {
  h.add(s.floor), h.add(s.used), h.add(s.heard), h.add(s.wanted), h.add(s.now.at), h.add(s.now.is);
  h.add(p(s.now.answered).bits), h.add(p(s.now.refused).bits), h.add(s.now.value);
  digest_vote(s.now.best, h);
}
template <class Options>
void digest_role(paxos::learner_state<Options> const& s, renaming const& p, digester& h) {
  digest_vote(s.known, h);
  h.add(s.tallies.size());
  for (auto const& t : s.tallies) digest_vote(t.of, h), h.add(p(t.voters).bits);
}
template <class... Roles>
void digest_roles(paxos::node<Roles...> const& n, renaming const& p, digester& h) {
  using whole = paxos::node<Roles...>;
  if constexpr (whole::template plays<paxos::acceptor>)
    digest_role(n.template as<paxos::acceptor>().state(), p, h);
  if constexpr (whole::template plays<paxos::proposer>)
    digest_role(n.template as<paxos::proposer>().state(), p, h);
  if constexpr (whole::template plays<paxos::learner>) digest_role(n.template as<paxos::learner>().state(), p, h);
}
template <class Value>
void digest_disk(roles_disk<Value> const& d, renaming const&, digester& h) {
  h.add(d.hard.acceptor.promised), h.add(d.hard.proposer.round);
  digest_vote(d.hard.acceptor.voted, h);
}
template <class Value>
void digest_past(said_by_a_node<Value> const& past, renaming const&, digester& h) {
  h.add(past.said.prepared), h.add(past.said.promised), h.add(past.said.voted), h.add(past.changes);
  digest_vote(past.rewritten, h);
  h.add(past.replaced.size());
  for (auto const& v : past.replaced) digest_vote(v, h);
}

} // namespace quorate::check
