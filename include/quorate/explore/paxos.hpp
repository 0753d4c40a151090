// Paxos and CASPaxos under the checker: the shipped roles, with what must be true of several nodes together.
#pragma once

#include "quorate/explore/paxos_dead.hpp"
#include "quorate/explore/replicated.hpp"
#include "quorate/explore/world.hpp"
#include "quorate/truth/paxos.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <variant>
#include <vector>

namespace quorate::check {

// What is explored. Counts are at most 15.
struct paxos_bounds {
  std::uint32_t ballots = 1; // begun by each proposer
  std::uint32_t crashes = 0;
  std::uint32_t changes = 1; // of a register: asked of each proposer
  bool reads = false;        // ... and each may turn out to change nothing
  bool repeats = false;      // what was not answered or learned is asked for again
  // A sync takes its time: a turn is parted into what it collects, the sync's begin and its return, and crashes
  // and any number of other events come between.
  bool in_flight = false;
  bool keeps_dead = false; // messages that can change nothing any more are kept
  bool named = false;      // acceptors are told apart
};

// The nodes 0 .. Acceptors-1 accept. The proposers are the first ones of them, or, `apart`, nodes behind them, so
// that all acceptors are alike. A core with a learner learns wherever it is a proposer, or, not apart, everywhere.
template <std::size_t Acceptors, std::size_t Proposers, bool Apart>
struct paxos_seats {
  static_assert(Proposers >= 1 && Proposers <= 3 && (Apart || Proposers <= Acceptors));
  static constexpr std::size_t nodes = Acceptors + (Apart ? Proposers : 0);
  static constexpr std::size_t first_proposer = Apart ? Acceptors : 0;
  static constexpr bool proposes(node_index n) {
    return n.value >= first_proposer && n.value < first_proposer + Proposers;
  }
  static constexpr paxos::roster who() {
    node_set<64> proposers{};
    for (std::uint8_t i = 0; i < Proposers; ++i) proposers.insert(node_index{std::uint8_t(first_proposer + i)});
    auto const acceptors = node_set<64>::first(Acceptors);
    auto const learners = Apart ? proposers : acceptors;
    return {proposers, acceptors, learners, {}};
  }
};

// The proposer i proposes i + 1. A register holds the changes made to it, three bits each, the latest in the
// lowest: so what a value stands on can be told from it.
template <class Core, std::size_t Acceptors, std::size_t Proposers, bool Apart,
          class Memory = truth::bounded_memory>
class paxos_system {
public:
  using seats = paxos_seats<Acceptors, Proposers, Apart>;
  static constexpr std::size_t nodes = seats::nodes;
  using options = typename Core::options;
  using value_type = typename Core::value_type;
  using disk = roles_disk<value_type>;
  using node = replicated_node<seated<Core, seats>, disk, said_by_a_node<value_type, Memory>>;
  using message = typename node::packet;
  static constexpr bool learns = Core::template plays<paxos::learner>;

  // A value may be accepted above one that is chosen if it is the same, or, of a register, stands on it.
  struct succeeds {
    constexpr bool operator()(value_type older, value_type newer) const {
      if constexpr (options::rewrites)
        for (; newer > older; newer = static_cast<value_type>(newer >> 3)) {}
      return newer == older;
    }
  };
  using ghost = truth::ballot_ledger<typename options::quorum_type, value_type, Acceptors, succeeds, Memory>;

  enum event : std::size_t {
    proposal, // one code a proposer, because each has its own budget of ballots
    backoff = proposal + 3,
    resend = backoff + 3,
    inquiry,
    answer,
    answer_same,
    crash, // from here on in the order of `interruption`
    crash_kept,
    sync_begins,
    sync_returns,
    count
  };
  static constexpr std::size_t events = event::count;
  static char const* name_of_event(std::size_t code) {
    if (code < backoff) return options::rewrites ? "it is asked for a change" : "it is given a value to propose";
    if (code < resend) return "its back-off ends";
    static constexpr char const* names[]{"it asks again who has not answered",
                                         "it asks for what it has not learned",
                                         "it is told what the value is to become",
                                         "it is told that the value is to stay",
                                         "it crashes, and starts again",
                                         "it crashes when its sync has reached the disk, and starts again",
                                         "it begins a sync",
                                         "its sync returns"};
    return names[code - resend];
  }

  explicit paxos_system(paxos_bounds const& b) : bounds{b}, budgets{b.ballots, 0, 0, b.crashes} {
    for (std::size_t i = 1; i < Proposers; ++i) budgets[i] = b.ballots;
  }
  paxos_bounds bounds;
  std::array<std::uint32_t, 4> budgets;

  std::vector<renaming> renamings() const {
    if (bounds.named) return {renaming::none()};
    return that_keep(seats::who().proposers, renamings_of<typename options::quorum_type>(Acceptors));
  }
  node first(node_index self) const {
    node n;
    n.self = self;
    n.core = seated<Core, seats>{self, {}};
    return n;
  }
  ghost first_ghost() const { return ghost{}; }

  static int cost_of(std::size_t code) {
    if (code < resend) return static_cast<int>(code % backoff);
    return code == crash || code == crash_kept ? 3 : -1;
  }
  bool can(node const& n, std::size_t code) const {
    auto const& now = n.core.template as<paxos::proposer>().now;
    if (code < resend) {
      if (n.self.value != seats::first_proposer + code % backoff) return false;
      if (code >= backoff) return at_work(n.core.template as<paxos::proposer>());
      return now.is == paxos::phase::idle && (!options::rewrites || n.past.changes < bounds.changes);
    }
    switch (code) {
    case event::resend: return bounds.repeats && at_work(n.core.template as<paxos::proposer>());
    case event::inquiry:
      if constexpr (learns) return bounds.repeats && n.core.template as<paxos::learner>().known.at.none();
      return false;
    case answer: return now.is == paxos::phase::changing;
    case answer_same: return bounds.reads && now.is == paxos::phase::changing;
    default: return may_be(interruption{static_cast<std::uint8_t>(code - crash)}, n, bounds.in_flight);
    }
  }
  template <class Out>
  void step(node& n, std::size_t code, Out& out) const {
    n.past.replaced.clear();
    replicated_turn<node, paxos_system, Out> turn{n, out};
    if (code < backoff) return propose(n, turn);
    if (code < event::resend) return turn.take(paxos::timer::backoff, !bounds.in_flight);
    switch (code) {
    case event::resend: return turn.take(paxos::timer::resend, !bounds.in_flight);
    case event::inquiry: return turn.take(paxos::timer::inquiry, !bounds.in_flight);
    case answer:
    case answer_same: return change(n, code == answer, turn);
    default: return turn.take(interruption{static_cast<std::uint8_t>(code - crash)});
    }
  }
  template <class Out>
  void receive(node& n, message const& m, Out& out) const {
    n.past.replaced.clear();
    replicated_turn<node, paxos_system, Out> turn{n, out};
    std::visit([&](auto const& x) { turn.take(from{m.from, x}, !bounds.in_flight); }, m.what);
  }

  // A bit for each proposer that has no ballot left, and the fourth one: no crash is left.
  static std::uint64_t spent(std::uint32_t left) {
    std::uint64_t s = 0;
    for (unsigned i = 0; i < 4; ++i)
      if ((left >> 4 * i & 15) == 0) s |= std::uint64_t{1} << i;
    return s;
  }
  bool dead(node const& n, message const& m, std::uint64_t spent) const {
    paxos_outlook const outlook{(spent & 7) << seats::first_proposer, (spent & 8) != 0,
                                Proposers * bounds.ballots <= options::limit.nodes};
    paxos_dead<node> const is_dead{n, m.from, outlook};
    return std::visit(
        [&](auto const& x) { return is_dead.is_lost(n, x, outlook) || (!bounds.keeps_dead && is_dead(x)); },
        m.what);
  }
  // --- of a random walk (walk.hpp)
  static constexpr std::size_t usual[]{
      proposal, proposal + 1, proposal + 2, backoff,     backoff + 1, backoff + 2,  event::resend, event::inquiry,
      answer,   answer_same,  sync_begins,  sync_begins, sync_begins, sync_returns, sync_returns,  sync_returns};
  static constexpr std::size_t rare[]{crash, crash_kept};
  static constexpr std::size_t calms[]{answer_same};
  static constexpr std::size_t brings_on[]{proposal,      proposal + 1, proposal + 2,  answer,
                                           backoff,       backoff + 1,  backoff + 2,   answer,
                                           event::resend, answer,       event::inquiry};
  // No proposer is at work, and all who learn know the value.
  static bool settled(std::span<node const> all) {
    for (auto const& n : all) {
      if (at_work(n.core.template as<paxos::proposer>())) return false;
      if constexpr (learns)
        if (seats::who().learners.contains(n.self) && n.core.template as<paxos::learner>().known.at.none())
          return false;
    }
    return true;
  }

  // --- what must be true (truth/paxos.hpp, paxos/invariant.hpp)
  template <class Tell>
  static bool holds(node const& n, Tell&& tell) {
    return paxos::holds(n.core.core(), tell) && paxos::truth::nothing_said_is_forgotten(n, n.past.said, tell);
  }
  template <class Tell>
  static bool follows(node const& a, std::size_t code, node const& b, Tell&& tell) {
    if (!paxos::truth::disks_only_rise(a, b, tell) || !paxos::truth::votes_keep_promises(a, b, tell)) return false;
    if (code == crash || code == crash_kept) return true;
    return paxos::follows(a.core.core(), b.core.core(), tell);
  }
  template <class Tell>
  static bool follows(node const& a, message const& m, node const& b, step_notes const&, Tell&& tell) {
    if (auto const* r = std::get_if<paxos::refused>(&m.what))
      if (!paxos::truth::ballots_rise_above_refusals(a.core.template as<paxos::proposer>(), *r,
                                                     b.core.template as<paxos::proposer>(), tell))
        return false;
    return follows(a, events, b, tell);
  }
  template <class Tell>
  static bool agree(node const&, node const&, Tell&&) {
    return true;
  }
  template <class Tell>
  static bool observe(ghost& g, node const& n, Tell&& tell) {
    if (n.self.value >= Acceptors) return true;
    auto const& kept = n.durable.acceptor;
    bool const proposed = kept.voted.at.none() || was_proposed(kept.voted.value);
    return paxos::truth::what_is_accepted_was_proposed(n.self, kept.voted.at, proposed, tell) &&
           g.votes_agree(n.self, kept.promised, kept.voted, n.past.replaced, tell);
  }
  template <class Tell>
  static bool holds_beside(ghost const& g, node const& n, Tell&& tell) {
    using namespace paxos::truth;
    bool right = decisions_were_chosen(g, n.core.template as<paxos::proposer>(), tell) &&
                 changes_were_chosen(g, n.self, n.past.rewritten, tell);
    if constexpr (learns) right = right && lessons_were_chosen(g, n.core.template as<paxos::learner>(), tell);
    return right;
  }
  // Something is chosen, or no ballot is left to choose it by.
  template <class World>
  bool goal(World const& w, row r) const {
    bool const over = (spent(w.left(r, 0) | w.left(r, 1) << 4 | w.left(r, 2) << 8) & 7) == 7;
    return over || w.ghost_of(r).any_chosen();
  }

  static constexpr char const* mark_names[]{
      "a promise to one above another's vote", "a pre-emption",        "a ballot above another's",
      "a value adopted from another",          "a decision",           "a value learned",
      "a start after a ballot was used",       "a start after a vote", "a sync in flight"};
  static std::uint64_t marks(node const& n) {
    auto const& a = n.core.template as<paxos::acceptor>().kept;
    auto const& p = n.core.template as<paxos::proposer>();
    std::uint64_t m = 0;
    if (!a.voted.at.none() && a.promised.owner() != a.voted.at.owner()) m |= 1;
    if (!p.now.refused.empty()) m |= 2;
    if (at_work(p) && p.now.at.round_number() > 1) m |= 4;
    if (p.now.is == paxos::phase::accepting && !p.now.best.at.none() &&
        p.now.best.at.owner() != founder_at(n.self))
      m |= 8;
    if (p.now.is == paxos::phase::done || !n.past.rewritten.at.none()) m |= 16;
    if constexpr (learns) m |= n.core.template as<paxos::learner>().known.at.none() ? 0 : 32;
    if (p.now.at.none() && p.used > 0) m |= a.voted.at.none() ? 64 : 64 | 128;
    if (n.syncing) m |= 256;
    return m;
  }

  static void digest(node const& n, renaming const& p, digester& h) {
    digest_roles(n.core.core(), p, h);
    digest_surroundings(n, p, h);
  }
  static void digest(message const& m, renaming const& p, digester& h) { digest_value(m.what, p, h); }
  static void digest(ghost const& g, renaming const& p, digester& h) { digest_ballots<Acceptors>(g, p, h); }

  // --- what becomes of a node, what may leave it, and what it is told: called by replicated_turn and its ears
  template <class Out>
  static void stepped(node& n, seated<Core, seats> const& before, Out& out) {
    (void)paxos::truth::a_ballot_is_used_once(n.past.said, before.template as<paxos::proposer>(),
                                              n.core.template as<paxos::proposer>(), out.tell);
  }
  template <class M, class Out>
  static void leaves(node& n, node_index, M const& m, Out& out) {
    (void)paxos::truth::may_leave(n, n.past.said, m, out.tell);
    if constexpr (std::is_same_v<M, paxos::accepted<value_type>>)
      if (m.at < n.durable.acceptor.voted.at && !truth::append(n.past.replaced, {m.at, m.value}))
        (void)out.tell("(the bounds need a longer list of votes)");
  }
  template <class Outcome, class Out>
  static void told(node& n, Outcome const& o, Out& out) {
    if constexpr (std::is_same_v<Outcome, paxos::conflict>)
      (void)paxos::truth::no_conflict(n.self, o.at, out.tell);
    else if constexpr (std::is_same_v<Outcome, paxos::exhausted>)
      (void)paxos::truth::ballots_last(n.self, out.tell);
    else if constexpr (std::is_same_v<Outcome, paxos::rewritten<value_type>>)
      n.past.rewritten = {o.at, o.value};
  }

private:
  template <class Turn>
  void propose(node& n, Turn& turn) const {
    if constexpr (options::rewrites) {
      ++n.past.changes;
      n.past.rewritten = {};
      turn.take(paxos::edit{}, !bounds.in_flight);
    } else {
      auto const value = static_cast<value_type>(n.self.value - seats::first_proposer + 1);
      turn.take(paxos::propose_value<value_type>{value}, !bounds.in_flight);
    }
  }
  // The changes are numbered: the first proposer's from 1 on, then the second one's.
  template <class Turn>
  void change(node& n, bool changes, Turn& turn) const {
    if constexpr (options::rewrites) {
      auto const& now = n.core.template as<paxos::proposer>().now;
      auto const mine = (n.self.value - seats::first_proposer) * bounds.changes + n.past.changes;
      auto const value = changes ? static_cast<value_type>(now.best.value << 3 | mine) : now.best.value;
      turn.take(paxos::changed<value_type>{now.at, value}, !bounds.in_flight);
    }
  }
  // Of a register: no change was made twice.
  static bool was_proposed(value_type value) {
    if constexpr (!options::rewrites) return value >= 1 && value <= Proposers;
    unsigned made = 0;
    for (auto v = value; v != 0; v = static_cast<value_type>(v >> 3)) {
      if ((made >> (v & 7) & 1) != 0) return false;
      made |= 1U << (v & 7);
    }
    return true;
  }
};

} // namespace quorate::check
