// What is true of several nodes of a replicated log together, and across their restarts; checked after each
// action. `Rules` says what a protocol's messages promise.
#pragma once

#include "quorate/trace/trace.hpp"
#include "quorate/core/log_shape.hpp"
#include "quorate/policy/quorum.hpp"
#include "quorate/replica/outcome.hpp"
#include "quorate/sim/action.hpp"
#include "quorate/sim/coverage.hpp"
#include "quorate/sim/disk.hpp"
#include "quorate/sim/kept.hpp"
#include "quorate/sim/ledger.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace quorate::sim {

// What a node has said to anybody, and must not forget.
struct word_given {
  stamp promised{};
  stamp voted_in{};
  std::uint32_t voted_for = 0; // an id; 0: nobody
  stamp matched_in{};
  log_index match{};
};

template <class Cluster, class Rules>
class log_ghost {
public:
  struct request_made {
    std::uint64_t number = 0;   // of the command
    std::uint64_t must_see = 0; // what was acknowledged when it was made
  };
  struct told {
    enum class kind : std::uint8_t { applied, proposal, read } what{};
    std::uint64_t token = 0;
    fate became{};
    refusal reason{};
    std::uint64_t index = 0;
    std::uint64_t number = 0;
  };
  using shape = basic_log_shape<std::vector<log_span>, std::vector<config_mark>>;
  struct record {
    typename Cluster::node_type::core_type before{};
    shape log{};
    std::uint64_t writes = 0;
    stamp led{};
    std::uint64_t commit = 0;
    std::uint64_t applied = 0;
    list_prefix list{};
    word_given given{};
    std::vector<request_made> proposals{}, reads{}; // by token
    std::size_t proposals_told = 0, reads_told = 0;
    std::vector<told> heard{};
    bool stopped = false;
    char const* role = "";
  };

  explicit log_ghost(Cluster& c) : c_{c} {}
  using host = typename Cluster::host;

  // --- what the cluster tells
  void before(host& h) { h.seen.before = h.node->core(); }
  char const* after(host& h, bool restarted) {
    if (restarted) {
      if (auto const* sentence = begin(h)) return sentence;
    }
    if (h.node->stopped()) return stopped(h);
    auto const& core = h.node->core();
    auto const& log = h.disk.log();
    if (!holds(core.state(), log)) return "an invariant of one node's state";
    if (!restarted && !follows(h.seen.before.state(), h.seen.log, core.state(), log))
      return "an invariant of one node's steps";
    if (auto const* sentence = writes(h)) return sentence;
    if (h.seen.commit < core.commit_index().value)
      if (auto const* sentence = commits(h)) return sentence;
    if (core.leads() && h.seen.led != core.era())
      if (auto const* sentence = leads(h)) return sentence;
    if (core.campaigns() && core.era() != h.seen.before.era()) ++c_.covered()[happening::elections];
    if (c_.log().traces()) tell(h);
    return outcomes(h);
  }
  template <class M>
  void said(host& h, node_id to, M const& m) {
    if (auto const* sentence = Rules::says(m, h.seen.given, h.id, to, h.disk)) c_.breaks(sentence, h.place());
  }
  void request(host& h, action const& a) {
    auto& s = h.seen;
    auto const token = a.what == act::propose ? h.node->propose(a.argument) : h.node->read();
    auto& list = a.what == act::propose ? s.proposals : s.reads;
    if (token == 0) {
      if (a.what == act::propose) ledger_.command(a.argument).refused = true;
    } else if (token != list.size() + 1) {
      c_.breaks("tokens are numbered from 1 on", h.place());
    } else {
      list.push_back({a.argument, ledger_.acknowledged()});
    }
    c_.log().note({.node = h.id.value,
                   .kind = check::trace_kind::client,
                   .term = h.node->era(),
                   .name = std::string{name_of(a.what)},
                   .text = a.what == act::propose ? std::to_string(a.argument) : ""});
  }
  void compact(host& h, std::uint64_t upto) {
    auto const most = std::min(upto, kept_by_all(c_, h));
    if (most <= h.disk.log().compacted().value) return;
    h.node->compact(log_index{most});
    ++c_.covered()[happening::compactions];
  }
  template <class Messages>
  void hear(host& h, applied<Messages> const& a) {
    h.seen.heard.push_back({.what = told::kind::applied,
                            .index = a.index.value,
                            .number = command_fitting<Messages>::number(a.command)});
  }
  void hear(host& h, proposal_outcome const& o) { hear_all(h, o, told::kind::proposal); }
  void hear(host& h, read_outcome const& o) { hear_all(h, o, told::kind::read); }
  void ends(host& h) { // what waits there has no outcome any more
    h.seen.proposals.clear(), h.seen.reads.clear(), h.seen.heard.clear();
  }
  void begin_anew() {}

  // --- what a driver asks
  ledger const& book() const { return ledger_; }
  // Does anything of h wait for an outcome?
  bool waits(host const& h) const {
    return h.seen.proposals_told < h.seen.proposals.size() || h.seen.reads_told < h.seen.reads.size();
  }

private:
  using core_type = typename Cluster::node_type::core_type;
  static constexpr bool rewrites = core_type::rewrites;

  // --- a life begins or ends
  char const* begin(host& h) {
    auto& s = h.seen;
    auto const given = s.given;
    s = {};
    s.given = given;
    auto const& log = h.disk.log();
    rebuild(h);
    s.commit = s.applied = log.compacted().value;
    if (s.commit > ledger_.committed()) return "what is compacted was committed";
    s.list = ledger_.list_at(s.commit);
    s.before = h.node->core();
    return Rules::keeps(given, h.disk) ? nullptr : "what a node has said is on its disk, whatever happens";
  }
  void rebuild(host& h) {
    auto const& log = h.disk.log();
    auto const first = log.compacted();
    auto& picture = h.seen.log;
    picture = shape{first, log.stamp_at(first), log.config_at(first)};
    for (auto i = first + 1; i <= log.last();) {
      auto run = log.run_at(i, ~std::uint32_t{0});
      if (run.kind == entry_kind::configuration) run.count = 1;
      (void)picture.put(run, log.config_at(i));
      i = run.last() + 1;
    }
    if (first.value == 0 && log.last().value > 0 && ledger_.find(1, {}) == nullptr) (void)writes(h);
    h.seen.writes = h.disk.writes();
  }
  // A node stops when its disk fails, and for no other reason as long as every disk keeps what it was given.
  char const* stopped(host& h) {
    h.seen.writes = h.disk.writes();
    rebuild(h);
    auto const* sentence = outcomes(h);
    return h.disk.failure().empty() ? "a node stops only if its disk fails" : sentence;
  }

  // --- the logs
  // One index and stamp have one entry, and before it one stamp: so two logs that share an entry share all before
  // it (Raft §3.5), and a slot and ballot have one value.
  char const* writes(host& h) {
    auto& s = h.seen;
    auto const& log = h.disk.log();
    if (s.writes != h.disk.writes()) {
      char const* sentence = nullptr;
      h.disk.each_after(s.writes, [&](disk_write const& w, payloads::bytes bytes) {
        if (w.what == disk_write::kind::truncation) {
          ++c_.covered()[rewrites ? happening::rewrites : happening::truncations];
          s.log.truncate(w.run.first);
        } else if (w.what == disk_write::kind::entries) {
          if (auto const* broken = entries(h, w.run, payloads::trusted(bytes, w.run.count))) sentence = broken;
        }
      });
      s.writes = h.disk.writes();
      if (sentence != nullptr) return sentence;
    }
    if (s.log.compacted() < log.compacted()) s.log.compact(log.compacted());
    return nullptr;
  }
  char const* entries(host& h, entry_run const& run, payloads bytes) {
    auto& s = h.seen;
    auto before = s.log.last() >= run.first ? stamp{} : s.log.stamp_at(run.first - 1);
    char const* sentence = nullptr;
    auto i = run.first.value;
    bytes.for_each([&](payloads::bytes one) {
      hasher content;
      content.number(static_cast<std::uint8_t>(run.kind));
      content.bytes(one.data(), one.size());
      version v{run.written_at, before, run.kind, content.value(), 0};
      if (run.kind != entry_kind::hole) {
        if (auto const* known = ledger_.find(i, run.written_at); known == nullptr) {
          if (run.kind == entry_kind::command) v.number = number_of(one);
          ledger_.add(i, v);
        } else if (known->content != v.content) {
          sentence = "one index and one stamp have one entry";
        } else if (!rewrites && known->before != before) {
          sentence = "logs match up to the last entry that they share";
        }
      }
      before = run.written_at;
      ++i;
    });
    if (!s.log.put(run, h.disk.log().config_at(std::min(run.first, h.disk.log().last()))))
      sentence = "a log grows at its end";
    return sentence;
  }
  static std::uint64_t number_of(payloads::bytes one) {
    using messages = typename Cluster::node_type::messages_type;
    typename messages::command c{};
    typename messages::entry_extra x{};
    return messages::decode_entry(one, c, x) ? command_fitting<messages>::number(c) : 0;
  }

  // --- what is committed
  char const* commits(host& h) {
    auto& s = h.seen;
    auto const& core = h.node->core();
    auto const& log = h.disk.log();
    auto const upto = core.commit_index().value;
    for (auto i = std::max(s.commit, log.compacted().value) + 1; i <= upto; ++i) {
      auto const* v = ledger_.find(i, log.stamp_at(log_index{i}));
      if (v == nullptr) return "what is committed was written";
      if (i > ledger_.committed()) {
        ++c_.covered()[happening::commits];
        if (auto const* sentence = ledger_.commit(*v, core.era())) return sentence;
        bool const founding = v->kind == entry_kind::configuration && v->written_at == stamp{}; // it needs no vote
        if (!founding && !on_a_quorum(i, *v, core.era())) return "what is committed is on a quorum's disks";
      }
      auto& known = ledger_.at(i);
      if (known.content != v->content || (!rewrites && known.written_at != v->written_at))
        return "one entry an index is ever committed";
      known.known_in = std::min(known.known_in, core.era());
    }
    s.commit = upto;
    return nullptr;
  }
  bool holds_durably(host const& j, std::uint64_t i, version const& v) const {
    auto const& log = j.disk.log();
    if (i <= log.compacted().value) return true;
    if (log_index{i} > log.last() || !j.disk.is_durable(log_index{i})) return false;
    auto const* held = ledger_.find(i, log.stamp_at(log_index{i}));
    return held != nullptr && held->content == v.content && (rewrites || held->written_at == v.written_at);
  }
  // Of a node that has moved on to a later era, or has lost its disk, this can't be told any more.
  bool on_a_quorum(std::uint64_t i, version const& v, stamp era) const {
    node_set<64> holders{};
    for (std::uint32_t n = 0; n < c_.size(); ++n)
      if (c_[n].lost || c_[n].disk.hard().promised > era || holds_durably(c_[n], i, v))
        holders.insert(Cluster::index_of(c_[n]));
    typename core_type::options::quorum_type const q{};
    return q.met(quorum_phase::commit, holders, {node_set<64>::first(c_.size())});
  }

  // One leader an era, once; and it has all that was committed before.
  char const* leads(host& h) {
    auto const& core = h.node->core();
    h.seen.led = core.era();
    ++c_.covered()[happening::leaders];
    auto const [who, fresh] = leader_of_.emplace(core.era(), h.place());
    if (who->second != h.place()) return "one leader an era";
    if (!fresh) return "an era is led once";
    auto i = ledger_.committed();
    while (i > 0 && !(ledger_.at(i).known_in < core.era())) --i;
    auto const& log = h.disk.log();
    if (i <= log.compacted().value) return nullptr;
    auto const* v = log.last().value < i ? nullptr : ledger_.find(i, log.stamp_at(log_index{i}));
    return v != nullptr && v->content == ledger_.at(i).content ? nullptr
                                                               : "a leader has what was committed before it led";
  }

  // --- what clients are told
  template <class Outcome>
  void hear_all(host& h, Outcome const& o, typename told::kind what) {
    for (std::uint32_t i = 0; i < o.count; ++i)
      h.seen.heard.push_back(
          {what, o.first.value + i, o.what, o.reason, o.index.value + (what == told::kind::proposal ? i : 0), 0});
  }
  char const* outcomes(host& h) {
    if (h.seen.heard.empty()) return nullptr;
    char const* sentence = nullptr;
    for (auto const& t : h.seen.heard) {
      c_.log().mix(t.token << 8 ^ t.index << 4 ^ static_cast<std::uint64_t>(t.became));
      auto const* broken = t.what == told::kind::applied ? applies(h, t)
                           : t.what == told::kind::read  ? reads(h, t)
                                                         : proposes(h, t);
      if (broken != nullptr && sentence == nullptr) sentence = broken;
    }
    h.seen.heard.clear();
    return sentence;
  }
  char const* applies(host& h, told const& t) {
    auto& s = h.seen;
    if (t.index <= s.applied || t.index > ledger_.committed())
      return "what is applied is committed, and only once";
    auto const& entry = ledger_.at(t.index);
    s.applied = t.index;
    s.list = s.list.with(t.number);
    return s.list == entry.list ? nullptr : "what is applied is a prefix of one order";
  }
  // A token has one outcome.
  request_made* asked(std::vector<request_made>& list, std::uint64_t token, std::size_t& count) {
    if (token == 0 || token > list.size() || list[token - 1].number == spent) return nullptr;
    ++count;
    return &list[token - 1];
  }
  char const* proposes(host& h, told const& t) {
    auto* const request = asked(h.seen.proposals, t.token, h.seen.proposals_told);
    if (request == nullptr) return "a token has one outcome";
    auto const made = *request;
    request->number = spent;
    auto& command = ledger_.command(made.number);
    tell(h, "propose " + std::to_string(made.number), t);
    switch (t.became) {
    case fate::unknown:
      ++c_.covered()[happening::proposals_unknown];
      return nullptr;
    case fate::refused:
      ++c_.covered()[happening::proposals_refused];
      c_.covered()[happening::no_room] += t.reason == refusal::no_room ? 1 : 0;
      command.refused = true;
      return command.index == 0 ? nullptr : "what was refused is never committed";
    case fate::done:
      break;
    }
    ++c_.covered()[happening::proposals_done];
    if (command.index != t.index || t.index == 0) return "what was said to be committed is, at that index";
    if (t.index <= made.must_see) return "an append comes after all that had ended before it began";
    ledger_.acknowledge(t.index);
    return nullptr;
  }
  char const* reads(host& h, told const& t) {
    auto* const request = asked(h.seen.reads, t.token, h.seen.reads_told);
    if (request == nullptr) return "a token has one outcome";
    auto const made = *request;
    request->number = spent;
    tell(h, "read", t);
    if (t.became != fate::done) return ++c_.covered()[happening::reads_refused], nullptr;
    ++c_.covered()[happening::reads_done];
    auto const seen = h.node->applied_index().value;
    if (t.index > seen) return "a read is answered from what is applied";
    if (seen > ledger_.committed() || !(ledger_.list_at(seen) == h.seen.list))
      return "a read sees a prefix of one order";
    if (seen < made.must_see) return "a read sees all that had ended before it began";
    ledger_.acknowledge(seen);
    return nullptr;
  }
  void tell(host& h, std::string const& what, told const& t) {
    if (!c_.log().traces()) return;
    auto text = what + (t.became == fate::done ? ": done" : t.became == fate::refused ? ": refused" : ": unknown");
    c_.log().note({.node = h.id.value,
                   .kind = check::trace_kind::outcome,
                   .term = h.node->era(),
                   .index = t.index,
                   .name = "",
                   .text = text});
  }
  void tell(host& h) { // role and commit, when they change
    auto const& core = h.node->core();
    check::trace_record r{.node = h.id.value, .term = core.era().value};
    if (h.node->role() != std::string_view{h.seen.role} || core.era() != h.seen.before.era()) {
      r.kind = check::trace_kind::role, r.name = h.seen.role = h.node->role();
      c_.log().note(r);
    }
    if (core.commit_index() == h.seen.before.commit_index()) return;
    r.kind = check::trace_kind::commit, r.name.clear(), r.index = core.commit_index().value;
    c_.log().note(r);
  }

  static constexpr std::uint64_t spent = ~std::uint64_t{0};
  Cluster& c_;
  ledger ledger_{};
  std::map<stamp, std::uint32_t> leader_of_{};
};

} // namespace quorate::sim
