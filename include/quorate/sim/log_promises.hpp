// Checks what the clients of a replicated log are told. Each token has one outcome. All nodes apply in one order.
// A read or an append sees every operation that had ended before it began.
#pragma once

#include "quorate/replica/hosted.hpp"
#include "quorate/replica/outcome.hpp"
#include "quorate/sim/action.hpp"
#include "quorate/sim/coverage.hpp"
#include "quorate/sim/fitting.hpp"
#include "quorate/sim/heard_machine.hpp"
#include "quorate/sim/ledger.hpp"
#include "quorate/trace/trace.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace quorate::sim {

struct request_made {
  std::uint64_t number = 0;   // of the command
  std::uint64_t must_see = 0; // what was acknowledged when it was made
};
struct told {
  enum class kind : std::uint8_t { applied, proposal, read, result, restored } what{};
  std::uint64_t token = 0;
  fate became{};
  refusal reason{};
  std::uint64_t index = 0;
  std::uint64_t number = 0; // of the command; restored: a digest
};

// Of one node, in one life of it: what was asked, by token, and what it has told and applied.
struct requests_of_a_node {
  std::vector<request_made> proposals{}, reads{};
  std::size_t proposals_told = 0, reads_told = 0;
  std::vector<told> heard{};
  std::uint64_t applied = 0;
  list_prefix list{};
  bool restored = false; // since somebody looked
  bool waits() const { return proposals_told < proposals.size() || reads_told < reads.size(); }
  void end() { proposals.clear(), reads.clear(), heard.clear(); }
};

template <class Cluster>
class log_promises {
public:
  using host = typename Cluster::host;
  log_promises(Cluster& c, ledger& book) : c_{c}, book_{book} {}

  void request(host& h, action const& a) {
    auto& s = h.seen;
    auto const token = a.what == act::propose ? h.node->propose(a.argument) : h.node->read();
    auto& list = a.what == act::propose ? s.proposals : s.reads;
    if (token == 0) {
      if (a.what == act::propose) book_.command(a.argument).refused = true;
    } else if (token != list.size() + 1) {
      c_.breaks("tokens are numbered from 1 on", h.place(), "node ", self(h), " gave number ", token);
    } else {
      list.push_back({a.argument, book_.acknowledged()});
    }
    c_.log().note({.node = h.id.value,
                   .kind = check::trace_kind::client,
                   .term = h.node->era(),
                   .name = std::string{name_of(a.what)},
                   .text = a.what == act::propose ? std::to_string(a.argument) : ""});
  }
  template <class Messages>
  void hear(host& h, applied<Messages> const& a) {
    h.seen.heard.push_back({.what = told::kind::applied,
                            .index = a.index.value,
                            .number = command_fitting<Messages>::number(a.command)});
  }
  void hear(host& h, proposal_outcome const& o) { hear_all(h, o, told::kind::proposal); }
  void hear(host& h, read_outcome const& o) { hear_all(h, o, told::kind::read); }
  template <class Result>
  void hear(host& h, proposal_result<Result> const& r) {
    h.seen.heard.push_back({.what = told::kind::result, .token = r.token.value, .index = r.index.value});
  }
  void hear(host& h, machine_restored const& r) {
    h.seen.heard.push_back({.what = told::kind::restored, .index = r.at.value, .number = r.digest});
  }
  bool outcomes(host& h, breach& tell) {
    bool right = true;
    for (auto const& t : h.seen.heard) {
      c_.log().mix(t.token << 8 ^ t.index << 4 ^ static_cast<std::uint64_t>(t.became));
      auto& first = right ? tell : later_; // of several the first is told
      bool const as_it_must = t.what == told::kind::applied    ? applies(h, t, first)
                              : t.what == told::kind::read     ? reads(h, t, first)
                              : t.what == told::kind::proposal ? proposes(h, t, first)
                              : t.what == told::kind::result   ? results(h, t, first)
                                                               : restores(h, t, first);
      right = right && as_it_must;
    }
    h.seen.heard.clear();
    return right;
  }

private:
  static node_index self(host const& h) { return Cluster::index_of(h); }
  template <class Outcome>
  void hear_all(host& h, Outcome const& o, typename told::kind what) {
    for (std::uint32_t i = 0; i < o.count; ++i)
      h.seen.heard.push_back(
          {what, o.first.value + i, o.what, o.reason, o.index.value + (what == told::kind::proposal ? i : 0), 0});
  }
  bool applies(host& h, told const& t, breach& tell) {
    auto& s = h.seen;
    if (t.index <= s.applied || t.index > book_.committed())
      return tell("what is applied is committed, and only once", "node ", self(h), " applies entry ", t.index,
                  ", has applied up to ", s.applied, ", and all is committed up to ", book_.committed());
    auto const& entry = book_.at(t.index);
    s.applied = t.index;
    s.list = s.list.with(t.number);
    return s.list == entry.list ||
           tell("what is applied is a prefix of one order", "node ", self(h), " applies command ", t.number,
                " at entry ", t.index, ", where the others have command ", entry.number);
  }
  // It stands where the snapshot does, with the state of that index.
  bool restores(host& h, told const& t, breach& tell) {
    auto& s = h.seen;
    if (t.index <= s.applied || t.index > book_.committed())
      return tell("a machine is brought forward, to what is committed", "node ", self(h),
                  " restores its machine to ", t.index, ", has applied up to ", s.applied,
                  ", and all is committed up to ", book_.committed());
    ++c_.covered()[happening::restored];
    s.applied = t.index, s.list = book_.list_at(t.index), s.restored = true;
    return t.number == book_.state_at(t.index) || tell("the state of an index is the same on every node", "node ",
                                                       self(h), " restores another one at index ", t.index);
  }
  bool results(host& h, told const& t, breach& tell) {
    auto const& s = h.seen;
    auto const place = static_cast<std::size_t>(t.token - 1);
    if (t.token == 0 || t.token > s.proposals.size() || s.proposals[place].number == spent || t.index != s.applied)
      return tell("a result comes with its command, before the outcome", "node ", self(h), " tells one of token ",
                  t.token, " at index ", t.index, ", and has applied up to ", s.applied);
    auto const number = s.proposals[place].number;
    return book_.at(t.index).number == number ||
           tell("a result is that of the token's command", "node ", self(h), " gives command ", number,
                " the result of command ", book_.at(t.index).number);
  }
  // A token has one outcome.
  request_made* asked(std::vector<request_made>& list, std::uint64_t token, std::size_t& count) {
    if (token == 0 || token > list.size()) return nullptr;
    auto& r = list[static_cast<std::size_t>(token - 1)];
    if (r.number == spent) return nullptr;
    ++count;
    return &r;
  }
  bool has_one_outcome(host& h, told const& t, breach& tell) const {
    return tell("a token has one outcome", "node ", self(h), " tells one of token ", t.token,
                ", which has had one, or was never given");
  }
  bool proposes(host& h, told const& t, breach& tell) {
    auto* const request = asked(h.seen.proposals, t.token, h.seen.proposals_told);
    if (request == nullptr) return has_one_outcome(h, t, tell);
    auto const made = *request;
    request->number = spent;
    auto& command = book_.command(made.number);
    note(h, "propose " + std::to_string(made.number), t);
    switch (t.became) {
    case fate::unknown: ++c_.covered()[happening::proposals_unknown]; return true;
    case fate::refused:
      ++c_.covered()[happening::proposals_refused];
      c_.covered()[happening::no_room] += t.reason == refusal::no_room ? 1 : 0;
      command.refused = true;
      return command.index == 0 || book_.refused(made.number, command.index, tell);
    case fate::done: break;
    }
    ++c_.covered()[happening::proposals_done];
    if (command.index != t.index || t.index == 0)
      return tell("what was said to be committed is, at that index", "node ", self(h), " says so of command ",
                  made.number, " at index ", t.index, ", and it stands at ", command.index);
    if (t.index <= made.must_see)
      return tell("an append comes after all that had ended before it began", "command ", made.number,
                  " stands at index ", t.index, ", and all up to ", made.must_see, " had been told");
    book_.acknowledge(t.index);
    return true;
  }
  bool reads(host& h, told const& t, breach& tell) {
    auto* const request = asked(h.seen.reads, t.token, h.seen.reads_told);
    if (request == nullptr) return has_one_outcome(h, t, tell);
    auto const made = *request;
    request->number = spent;
    note(h, "read", t);
    if (t.became != fate::done) return ++c_.covered()[happening::reads_refused], true;
    ++c_.covered()[happening::reads_done];
    auto const seen = h.node->applied_index().value;
    if (t.index > seen)
      return tell("a read is answered from what is applied", "node ", self(h), " answers as of index ", t.index,
                  ", and has applied up to ", seen);
    if (seen > book_.committed() || !(book_.list_at(seen) == h.seen.list))
      return tell("a read sees a prefix of one order", "node ", self(h), " shows another list at index ", seen);
    if (seen < made.must_see)
      return tell("a read sees all that had ended before it began", "node ", self(h), " shows all up to index ",
                  seen, ", and ", made.must_see, " had been told");
    book_.acknowledge(seen);
    return true;
  }
  void note(host& h, std::string const& what, told const& t) {
    if (!c_.log().traces()) return;
    auto text = what + (t.became == fate::done ? ": done" : t.became == fate::refused ? ": refused" : ": unknown");
    c_.log().note({.node = h.id.value,
                   .kind = check::trace_kind::outcome,
                   .term = h.node->era(),
                   .index = t.index,
                   .name = "",
                   .text = text});
  }

  static constexpr std::uint64_t spent = ~std::uint64_t{0};
  Cluster& c_;
  ledger& book_;
  breach later_{};
};

} // namespace quorate::sim
