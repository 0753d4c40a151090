// The least protocol of a replicated log that there can be: node 0 is the primary for ever, copies its log to two
// backups, and an entry is committed when two disks have it. It never fails over. So little is enough for a
// replica, an exploration, a simulation and a scenario moved by hand (tools.hpp).
#pragma once

#include "quorate/core/breach.hpp"
#include "quorate/core/log_view.hpp"
#include "quorate/effect/event.hpp"
#include "quorate/effect/strength.hpp"
#include "quorate/effect/ticket.hpp"
#include "quorate/message/fields.hpp"
#include "quorate/message/set.hpp"
#include "quorate/policy/limits.hpp"
#include "quorate/policy/quorum.hpp"
#include "quorate/policy/timing.hpp"

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace quorate::test::primary {

inline constexpr node_index the_primary{0};
inline constexpr std::size_t nodes = 3;

// "These entries stand in my log, behind those that you have; all up to `commit` are committed."
struct copy {
  static constexpr quorate::strength says = quorate::strength::advisory;
  log_index first{};
  std::uint32_t count{};
  stamp written_at{};
  entry_kind kind{};
  stamp era{};
  log_index commit{};
  constexpr entry_run entries() const { return {first, count, written_at, kind}; }
  using fields = field_list<field<"first", &copy::first>, field<"count", &copy::count>,
                            field<"written_at", &copy::written_at>, field<"kind", &copy::kind>,
                            field<"era", &copy::era>, field<"commit", &copy::commit>>;
  friend constexpr bool operator==(copy const&, copy const&) = default;
};
// "My disk has your log up to there." The primary says it to itself as well.
struct copied {
  static constexpr quorate::strength says = quorate::strength::binding;
  log_index upto{};
  using fields = field_list<field<"upto", &copied::upto>>;
  friend constexpr bool operator==(copied const&, copied const&) = default;
};

// What the primary must not forget.
struct era_kept {
  static constexpr std::uint8_t kind = 'P';
  stamp era{};
  using fields = field_list<field<"era", &era_kept::era>>;
  friend constexpr bool operator==(era_kept const&, era_kept const&) = default;
};

struct state_type {
  node_index self{};
  stamp era{}; // the primary's, a new one each time that it starts: so no two of its entries are ever alike
  log_index commit{};
  bool ready = false;       // the primary: its era is on its disk
  bool owes = false;        // a backup: an answer
  log_index match[nodes]{}; // the primary: up to where each disk has its log
  log_index sent[nodes]{};
  log_index told{}; // the commit index that it has told
  using fields = field_list<field<"self", &state_type::self>, field<"era", &state_type::era>,
                            field<"commit", &state_type::commit>, field<"ready", &state_type::ready>,
                            field<"owes", &state_type::owes>, field<"match", &state_type::match>,
                            field<"sent", &state_type::sent>, field<"told", &state_type::told>>;
  friend constexpr bool operator==(state_type const&, state_type const&) = default;
};

// Two nodes decide, if the primary is one of them.
struct with_the_primary {
  static constexpr bool met(quorum_phase, node_set<64> acks, configuration const& c) {
    return acks.contains(the_primary) && (acks & c.voters).size() * 2 > c.voters.size();
  }
};

// `Hurries`, for tests of the tools: a backup acknowledges what is not on its disk yet.
template <bool Hurries = false>
class node {
public:
  enum class timer : std::uint8_t { heartbeat };
  static constexpr std::size_t timers = 1;
  using messages = message_set<copy, copied>;
  using hard_type = era_kept;
  using outcomes = outcome_list<proposed, proposal_refused, committed, more_due>;
  struct options {
    static constexpr limit_values limit{.nodes = nodes, .append_entries = 4};
    static constexpr bool reads = false;
    using quorum_type = with_the_primary;
  };
  static constexpr std::size_t effects_bound = nodes + 4;
  static constexpr bool rewrites = false;
  static constexpr char const* protocol_name = "primary and backups";
  static constexpr timing timing_of(timer) { return timing::heartbeat; }

  constexpr node() = default;
  template <log_view Log>
  constexpr node(peer self, era_kept const& kept, Log const& log) {
    s_.self = self.place;
    s_.era = kept.era;
    s_.commit = log.compacted();
    for (auto& sent : s_.sent) sent = s_.commit;
  }
  constexpr state_type const& state() const { return s_; }
  constexpr node_index self() const { return s_.self; }
  constexpr peer me() const { return s_.self; } // founders only
  constexpr bool leads() const { return s_.ready; }
  constexpr bool campaigns() const { return s_.self == the_primary; } // or leads already
  constexpr node_index leader() const { return campaigns() && !leads() ? no_node : the_primary; }
  constexpr stamp era() const { return s_.era; }
  constexpr log_index commit_index() const { return s_.commit; }

  template <log_view Log, class Out>
  constexpr void step(start, Log const&, Out& out) {
    if (!campaigns()) return;
    s_.era = next(s_.era);
    out.write(era_kept{s_.era});
    out.arm(timer::heartbeat);
  }
  template <log_view Log, class Out>
  constexpr void step(propose e, Log const& log, Out& out) {
    if (!leads()) return out.report(proposal_refused{refusal::not_leader});
    if (log.room() < e.count + options::limit.reserve) return out.report(proposal_refused{refusal::no_room});
    entry_run const run{log.last() + 1, e.count, s_.era, entry_kind::command};
    out.write(run);
    out.report(proposed{run});
  }
  template <log_view Log, class Out>
  constexpr void step(from<copy> const& e, Log const& log, Out& out) {
    auto const& m = e.message;
    if (campaigns() || e.node.place != the_primary || m.era < s_.era || m.first > log.last() + 1) return;
    s_.era = m.era;
    auto run = m.entries();
    for (; run.count > 0 && run.first <= log.last(); --run.count) run.first = run.first + 1; // it has these
    if (run.count > 0 && run.count <= log.room()) out.write(run);
    s_.owes = true;
    auto const has = m.first + m.count - 1;
    commit(m.commit < has ? m.commit : has, log, out);
  }
  template <log_view Log, class Out>
  constexpr void step(from<copied> const& e, Log const& log, Out& out) {
    auto& match = s_.match[e.node.place.value];
    if (!campaigns() || e.message.upto > log.last()) return;
    if (e.node.place == the_primary) s_.ready = true; // and so is its era, which was written before
    if (e.message.upto <= match) return;
    match = e.message.upto;
    auto const other = s_.match[1] < s_.match[2] ? s_.match[2] : s_.match[1];
    commit(s_.match[0] < other ? s_.match[0] : other, log, out);
  }
  template <log_view Log, class Out>
  constexpr void step(timer, Log const&, Out& out) {
    for (std::size_t n = 0; n < nodes; ++n) s_.sent[n] = s_.match[n]; // what was lost is said again
    s_.told = {};
    out.arm(timer::heartbeat);
  }
  template <log_view Log, class Out>
  constexpr void step(flush, Log const& log, Out& out) {
    if (!campaigns()) {
      if (!s_.owes) return;
      s_.owes = false;
      return out.send(peer{the_primary}, copied{log.last()}, Hurries ? ticket_source{}.latest() : out.latest());
    }
    for (std::uint8_t n = 1; n < nodes; ++n) {
      if (s_.sent[n] < log.compacted()) s_.sent[n] = log.compacted();
      auto const next = s_.sent[n] + 1;
      // Only what its own disk has: else, after a crash, it could write another entry in the place of one sent.
      auto const most = next <= s_.match[0] ? s_.match[0] - next + 1 : 0;
      entry_run run{next, 0, {}, {}};
      if (most > 0)
        run = log.fit(next,
                      most < options::limit.append_entries ? static_cast<std::uint32_t>(most)
                                                           : options::limit.append_entries,
                      options::limit.append_bytes);
      if (run.count == 0 && s_.told == s_.commit) continue;
      out.send(peer{node_index{n}}, copy{next, run.count, run.written_at, run.kind, s_.era, s_.commit});
      s_.sent[n] = next + run.count - 1;
      if (s_.sent[n] < s_.match[0]) out.report(more_due{});
    }
    s_.told = s_.commit;
    if (log.last() > s_.sent[0]) out.send(peer{the_primary}, copied{log.last()}, out.latest());
    s_.sent[0] = log.last();
  }
  friend constexpr bool operator==(node const&, node const&) = default;

private:
  template <log_view Log, class Out>
  constexpr void commit(log_index upto, Log const& log, Out& out) {
    if (upto > log.last()) upto = log.last();
    if (upto <= s_.commit) return;
    s_.commit = upto;
    out.report(committed{upto});
  }
  state_type s_{};
};

// What is true of one node at all times.
template <log_view Log, class Tell = quiet>
constexpr bool holds(state_type const& s, Log const& log, Tell&& tell = {}) {
  return s.commit <= log.last() || tell("what is committed is in the log", "node ", s.self,
                                        " has committed up to ", s.commit, ", and its log ends at ", log.last());
}
template <log_view Before, log_view After, class Tell = quiet>
constexpr bool follows(state_type const& before, Before const&, state_type const& after, After const&,
                       Tell&& tell = {}) {
  return before.commit <= after.commit || tell("the commit index never falls", "node ", after.self, " has ",
                                               after.commit, ", and had ", before.commit);
}

} // namespace quorate::test::primary
