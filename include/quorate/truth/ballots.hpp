// What was voted for, ballot by ballot, and so what is chosen: of one decision, or of one slot of a log. It is
// found out from the votes that are durable, and no core is asked.
#pragma once

#include "quorate/core/bounded.hpp"
#include "quorate/core/entry.hpp"
#include "quorate/paxos/message.hpp"
#include "quorate/policy/quorum.hpp"
#include "quorate/truth/memory.hpp"

#include <cstddef>
#include <cstdint>

namespace quorate::truth {

// What is said of votes at one ballot, and of what was chosen at two.
template <class Tell>
constexpr bool one_value_a_ballot(node_index n, ballot at, bool same, Tell&& tell) {
  return same ||
         tell("one value a ballot", "node ", n, " has another value at ballot ", at, " than was there before");
}
template <class Tell>
constexpr bool one_value_is_chosen(ballot one, ballot other, Tell&& tell) {
  return tell("two values are chosen", "one at ballot ", one, ", and another at ballot ", other);
}

// Of a ballot, what has become of it: `open` as long as a quorum may yet have voted at it.
enum class fate_of_ballot : std::uint8_t { open, chosen, lost };
template <class Value>
struct ballot_known {
  ballot at{};
  Value value{};
  node_set<64> voters{}; // while it is open; durably
  fate_of_ballot is = fate_of_ballot::open;
  friend constexpr bool operator==(ballot_known const&, ballot_known const&) = default;
};

// All ballots at which somebody has voted, the lowest first. `Succeeds(older, newer)` says whether a value may be
// accepted above the ballot at which another was chosen.
template <class Quorum, class Value, std::size_t Acceptors, class Succeeds, class Memory>
class ballot_ledger {
public:
  static constexpr std::size_t most = 9; // where memory is bounded

  // Takes in what the acceptor has on disk, and the votes that it replaced there unseen.
  template <class Votes, class Tell>
  constexpr bool votes_agree(node_index acceptor, ballot promised, paxos::vote<Value> const& voted,
                             Votes const& replaced, Tell&& tell) {
    promised_[acceptor.value] = promised;
    for (auto const& v : replaced)
      if (!enter(acceptor, v, tell)) return false;
    if (!voted.at.none() && !enter(acceptor, voted, tell)) return false;
    for (std::size_t i = 0; i < known_.size(); ++i)
      if (!judge(known_[i], tell)) return false;
    return true;
  }
  constexpr bool is_chosen(ballot at, Value const& value) const {
    for (auto const& k : known_)
      if (k.at == at) return k.is == fate_of_ballot::chosen && k.value == value;
    return false;
  }
  constexpr bool is_chosen(Value const& value) const { // at whatever ballot
    for (auto const& k : known_)
      if (k.is == fate_of_ballot::chosen && k.value == value) return true;
    return false;
  }
  constexpr bool any_chosen() const {
    for (auto const& k : known_)
      if (k.is == fate_of_ballot::chosen) return true;
    return false;
  }
  constexpr auto const& known() const { return known_; }
  constexpr ballot promised(node_index acceptor) const { return promised_[acceptor.value]; }
  friend constexpr bool operator==(ballot_ledger const&, ballot_ledger const&) = default;

private:
  using entry = ballot_known<Value>;

  template <class Tell>
  static constexpr bool not_what_was_chosen(entry const& chosen, entry const& above, Tell&& tell) {
    return tell("only what was chosen is accepted at higher ballots", "a value was chosen at ballot ", chosen.at,
                ", and another is accepted at ballot ", above.at);
  }
  template <class Tell>
  constexpr bool enter(node_index voter, paxos::vote<Value> const& v, Tell&& tell) {
    std::size_t i = 0;
    while (i < known_.size() && known_[i].at < v.at) ++i;
    if (i == known_.size() || known_[i].at != v.at) {
      if (!append<entry>(known_, {})) return tell("(the bounds need a longer list of ballots)");
      for (auto j = known_.size() - 1; j > i; --j) known_[j] = known_[j - 1];
      known_[i] = {v.at, v.value, {}, fate_of_ballot::open};
      for (std::size_t j = 0; j < i; ++j)
        if (known_[j].is == fate_of_ballot::chosen && !Succeeds{}(known_[j].value, v.value))
          return not_what_was_chosen(known_[j], known_[i], tell);
    }
    if (!one_value_a_ballot(voter, v.at, known_[i].value == v.value, tell)) return false;
    if (known_[i].is == fate_of_ballot::open) known_[i].voters.insert(voter);
    return true;
  }
  // Who has voted at a ballot, and who may still: when they are no quorum, it does not matter any more who did.
  template <class Tell>
  constexpr bool judge(entry& k, Tell&& tell) {
    if (k.is != fate_of_ballot::open) return true;
    auto able = k.voters;
    for (std::uint8_t i = 0; i < Acceptors; ++i)
      if (promised_[i] <= k.at) able.insert(node_index{i});
    if (decide(k.voters)) {
      k.is = fate_of_ballot::chosen;
      k.voters = {};
      return agrees_with_the_others(k, tell);
    }
    if (!decide(able)) k.is = fate_of_ballot::lost, k.voters = {};
    return true;
  }
  template <class Tell>
  constexpr bool agrees_with_the_others(entry const& k, Tell&& tell) const {
    for (auto const& other : known_) {
      if (other.at > k.at && !Succeeds{}(k.value, other.value)) return not_what_was_chosen(k, other, tell);
      if (other.at < k.at && other.is == fate_of_ballot::chosen && !Succeeds{}(other.value, k.value))
        return one_value_is_chosen(other.at, k.at, tell);
    }
    return true;
  }
  static constexpr bool decide(node_set<64> voters) {
    return Quorum{}.met(quorum_phase::commit, voters, configuration{node_set<64>::first(Acceptors)});
  }

  typename Memory::template list<entry, most> known_{};
  ballot promised_[Acceptors]{};
};

} // namespace quorate::truth
