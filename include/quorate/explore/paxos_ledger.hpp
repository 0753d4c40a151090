// What the checker keeps of Paxos beside the cores: a disk for a node's roles, what a node has said, and the
// ballots that were voted at, by which it sees what is chosen.
#pragma once

#include "quorate/explore/replicated.hpp"
#include "quorate/core/bounded.hpp"
#include "quorate/paxos/node.hpp"

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
  ballot prepared{};              // the highest ballot for which it has asked
  ballot promised{};              // the highest at which it has said a promise
  ballot voted{};                 // ... and a vote
  std::uint8_t changes = 0;       // of a register, that it was asked for
  paxos::vote<Value> rewritten{}; // ... and the last that it was told of, until it has another
  // Votes that it said in its last step although later ones had replaced them: one sync made them all durable.
  bounded<paxos::vote<Value>, 4> replaced{};
  void restart() { rewritten = {}; }
  friend bool operator==(said_by_a_node const&, said_by_a_node const&) = default;
};

// Of a ballot, what has become of it: `open` as long as a quorum may yet have voted at it.
enum class fate : std::uint8_t { open, chosen, lost };
template <class Value>
struct ballot_known {
  ballot at{};
  Value value{};
  node_set<8> voters{}; // while it is open; durably
  fate is = fate::open;
  friend bool operator==(ballot_known const&, ballot_known const&) = default;
};

// All ballots at which somebody has voted, the lowest first. `Succeeds(older, newer)` says whether a value may be
// accepted above the ballot at which another was chosen.
template <class Quorum, class Value, std::size_t Acceptors, std::size_t Room, class Succeeds>
class ballot_ledger {
public:
  using record = paxos::acceptor_record<Value>;

  // Takes in what the acceptor has on disk, and the votes that it replaced there unseen. Returns nullptr, or what
  // is broken.
  template <class Votes>
  char const* observe(node_index acceptor, record const& r, Votes const& replaced) {
    promised_[acceptor.value] = r.promised;
    for (auto const& v : replaced)
      if (auto const* broken = enter(acceptor, v)) return broken;
    if (!r.voted.at.none())
      if (auto const* broken = enter(acceptor, r.voted)) return broken;
    for (std::size_t i = 0; i < size_; ++i)
      if (auto const* broken = judge(known_[i])) return broken;
    return nullptr;
  }
  bool is_chosen(ballot at, Value const& value) const {
    for (std::size_t i = 0; i < size_; ++i)
      if (known_[i].at == at) return known_[i].is == fate::chosen && known_[i].value == value;
    return false;
  }
  bool is_chosen(Value const& value) const { // at whatever ballot
    for (std::size_t i = 0; i < size_; ++i)
      if (known_[i].is == fate::chosen && known_[i].value == value) return true;
    return false;
  }
  bool any_chosen() const {
    for (std::size_t i = 0; i < size_; ++i)
      if (known_[i].is == fate::chosen) return true;
    return false;
  }

  void digest(renaming const& p, digester& h) const {
    h.add(size_);
    for (std::size_t i = 0; i < size_; ++i) {
      auto const& k = known_[i];
      h.add(k.at), digest_value(k.value, p, h), h.add(p(k.voters).bits), h.add(k.is);
    }
    for (std::uint8_t i = 0; i < Acceptors; ++i) h.add(promised_[p.before(node_index{i}).value]);
  }
  friend bool operator==(ballot_ledger const&, ballot_ledger const&) = default;

private:
  char const* enter(node_index voter, paxos::vote<Value> const& v) {
    std::size_t i = 0;
    while (i < size_ && known_[i].at < v.at) ++i;
    if (i == size_ || known_[i].at != v.at) {
      if (size_ == Room) return "(the bounds need a longer list of ballots)";
      for (auto j = size_++; j > i; --j) known_[j] = known_[j - 1];
      known_[i] = {v.at, v.value, {}, fate::open};
      for (std::size_t j = 0; j < i; ++j)
        if (known_[j].is == fate::chosen && !Succeeds{}(known_[j].value, v.value))
          return "only what was chosen is accepted at higher ballots";
    }
    if (!(known_[i].value == v.value)) return "one value a ballot";
    if (known_[i].is == fate::open) known_[i].voters.insert(voter);
    return nullptr;
  }
  // Who has voted at a ballot, and who may still: when they are no quorum, it does not matter any more who did.
  char const* judge(ballot_known<Value>& k) {
    if (k.is != fate::open) return nullptr;
    auto able = k.voters;
    for (std::uint8_t i = 0; i < Acceptors; ++i)
      if (promised_[i] <= k.at) able.insert(node_index{i});
    if (decide(k.voters)) {
      k.is = fate::chosen;
      k.voters = {};
      return chosen(k);
    }
    if (!decide(able)) k.is = fate::lost, k.voters = {};
    return nullptr;
  }
  char const* chosen(ballot_known<Value> const& k) const {
    for (std::size_t i = 0; i < size_; ++i) {
      auto const& other = known_[i];
      if (other.at > k.at && !Succeeds{}(k.value, other.value))
        return "only what was chosen is accepted at higher ballots";
      if (other.at < k.at && other.is == fate::chosen && !Succeeds{}(other.value, k.value))
        return "two values are chosen";
    }
    return nullptr;
  }
  static bool decide(node_set<8> voters) {
    configuration const everybody{node_set<64>::first(Acceptors)};
    return Quorum{}.met(quorum_phase::commit, {voters.bits}, everybody);
  }

  std::size_t size_ = 0;
  std::array<ballot_known<Value>, Room> known_{};
  std::array<ballot, Acceptors> promised_{};
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
  h.add(past.prepared), h.add(past.promised), h.add(past.voted), h.add(past.changes);
  digest_vote(past.rewritten, h);
  h.add(past.replaced.size());
  for (auto const& v : past.replaced) digest_vote(v, h);
}

} // namespace quorate::check
