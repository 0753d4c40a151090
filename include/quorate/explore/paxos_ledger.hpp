// What the checker keeps of Paxos beside the cores: what waits for a node's disk, and what a node has said.
#pragma once

#include "quorate/core/bounded.hpp"
#include "quorate/explore/replicated.hpp"
#include "quorate/truth/paxos.hpp"
#include "quorate/world/roles_disk.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace quorate::check {

// What waits already will be said once it may; the network may say it again as often as it likes. Without this,
// with a sync in flight the outbox would never be large enough.
template <std::size_t Capacity, class... Messages>
struct once_outbox : outbox<Capacity, Messages...> {
  template <class M>
  void hold(peer to, M const& m, written after) {
    bool waits = false;
    this->each([&](peer other, std::uint64_t, auto const& x) {
      if constexpr (std::is_same_v<decltype(x), M const&>) waits = waits || (other == to && x == m);
    });
    if (!waits) outbox<Capacity, Messages...>::hold(to, m, after);
  }
};
template <class Value>
struct roles_disk : quorate::world::roles_disk<Value> {
  template <std::size_t Room, class... M>
  using box = once_outbox<Room, M...>;
  friend bool operator==(roles_disk const&, roles_disk const&) = default;
};

// A Paxos core in its place of a roster, which takes a flush as the cores of a log do. `Seats::who()` is the
// roster.
template <class Core, class Seats>
class seated {
public:
  using core_type = Core;
  using messages = typename Core::messages;
  using value_type = typename Core::value_type;

  seated() = default;
  seated(node_index self, paxos::recovered<value_type> const& kept) : core_{self, Seats::who(), kept} {}
  Core const& core() const { return core_; }
  template <template <class, class...> class Role>
  auto const& as() const {
    return core_.template as<Role>().state();
  }

  template <class Event, class Out>
  void step(Event const& e, Out& out) {
    if constexpr (!std::is_same_v<Event, quorate::flush>) core_.step(e, out); // whatever is due was said already
  }
  friend bool operator==(seated const&, seated const&) = default;

private:
  Core core_{};
};

// What is remembered of a node, crashes or not.
template <class Value, class Memory>
struct said_by_a_node {
  paxos::truth::ballots_said said{};
  std::uint8_t changes = 0;       // of a register, that it was asked for
  paxos::vote<Value> rewritten{}; // ... and the last that it was told of, until it has another
  // Votes that it said in its last step although later ones had replaced them: one sync made them all durable.
  typename Memory::template list<paxos::vote<Value>, 4> replaced{};
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
  h.add(d.acceptor.promised), h.add(d.proposer.round);
  digest_vote(d.acceptor.voted, h);
}
template <class Value, class Memory>
void digest_past(said_by_a_node<Value, Memory> const& past, renaming const&, digester& h) {
  h.add(past.said.prepared), h.add(past.said.promised), h.add(past.said.voted), h.add(past.changes);
  digest_vote(past.rewritten, h);
  h.add(past.replaced.size());
  for (auto const& v : past.replaced) digest_vote(v, h);
}

} // namespace quorate::check
