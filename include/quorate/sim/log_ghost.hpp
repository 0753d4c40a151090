// What is true of several nodes of a replicated log together, and across their restarts; checked after each
// action. `Rules` says what a protocol's messages promise.
#pragma once

#include "quorate/core/log_shape.hpp"
#include "quorate/policy/quorum.hpp"
#include "quorate/sim/action.hpp"
#include "quorate/sim/coverage.hpp"
#include "quorate/sim/disk.hpp"
#include "quorate/sim/kept.hpp"
#include "quorate/sim/ledger.hpp"
#include "quorate/sim/log_promises.hpp"
#include "quorate/sim/snapshot_promises.hpp"
#include "quorate/trace/trace.hpp"
#include "quorate/truth/log.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace quorate::sim {

template <class Cluster, class Rules>
class log_ghost {
public:
  using shape = basic_log_shape<std::vector<log_span>, std::vector<config_mark>>;
  struct record : requests_of_a_node {
    typename Cluster::node_type::core_type before{};
    shape log{};
    std::uint64_t writes = 0;
    truth::all_eras led{};
    std::uint64_t commit = 0;
    typename Rules::said said{}; // to others, and so never to be forgotten
    bool stopped = false;
    char const* role = "";
    snapshots_of_a_node snapshots{};
  };

  explicit log_ghost(Cluster& c) : c_{c} {}
  using host = typename Cluster::host;

  // --- what the cluster tells
  void before(host& h) { h.seen.before = h.node->core(); }
  bool after(host& h, bool restarted, breach& tell) {
    if (restarted && !begin(h, tell)) return false;
    if (h.node->stopped()) return stopped(h, tell);
    auto const& core = h.node->core();
    auto const& log = h.disk.log();
    if (!holds(core.state(), log, tell)) return false;
    if (!restarted && !follows(h.seen.before.state(), h.seen.log, core.state(), log, tell)) return false;
    if (!writes(h, tell)) return false;
    if (h.seen.commit < core.commit_index().value && !commits(h, tell)) return false;
    if (truth::begins_to_lead(h.seen.before, core) && !leads(h, tell)) return false;
    if (core.campaigns() && core.era() != h.seen.before.era()) ++c_.covered()[happening::elections];
    if (c_.log().traces()) note_changes(h);
    if (!promises_.outcomes(h, tell)) return false;
    if constexpr (has_snapshots) return snapshots_.after(h, tell);
    return true;
  }
  template <class M>
  void said(host& h, node_id to, M const& m) {
    auto& b = c_.teller();
    node_index const peer{static_cast<std::uint8_t>(to.value - 1)};
    if (!Rules::may_leave(member_of(h), h.seen.said, peer, m, b)) c_.breaks(b, h.place());
  }
  void request(host& h, action const& a) { promises_.request(h, a); }
  void compact(host& h, std::uint64_t upto) {
    if constexpr (has_snapshots) return h.node->save(); // and it compacts by itself
    auto const most = (std::min)(upto, kept_by_all(c_, h));
    if (most <= h.disk.log().compacted().value) return;
    h.node->compact(log_index{most});
    ++c_.covered()[happening::compactions];
  }
  template <class Outcome>
  void hear(host& h, Outcome const& o) {
    promises_.hear(h, o);
  }
  void ends(host& h) {
    if constexpr (has_snapshots) snapshots_.ends(h);
    h.seen.end(); // what waits there has no outcome any more
  }
  void begin_anew() {}

  // --- what a driver asks
  ledger const& book() const { return ledger_; }
  // Does anything of h wait for an outcome?
  bool waits(host const& h) const { return h.seen.waits(); }

private:
  using core_type = typename Cluster::node_type::core_type;
  static constexpr bool rewrites = core_type::rewrites;
  static constexpr bool has_snapshots = forgets<core_type>;

  static node_index self(host const& h) { return Cluster::index_of(h); }
  // A node as truth/ looks at it: what of it is durable.
  struct member {
    node_index self;
    core_type const& core;
    struct {
      typename core_type::hard_type hard;
      typename Cluster::disk_type::shape const& log;
      typename Cluster::disk_type const& disk;
      bool was_durable(log_index i, stamp era) const { return disk.template was_durable<core_type>(i, era); }
    } durable;
  };
  static member member_of(host const& h) {
    return {self(h), h.node->core(), {hard_of<core_type>(h.disk.durable_hard()), h.disk.durable_log(), h.disk}};
  }

  // --- a life begins or ends
  bool begin(host& h, breach& tell) {
    auto& s = h.seen;
    auto const said = s.said;
    auto led = std::move(s.led);
    s = {};
    s.said = said, s.led = std::move(led);
    auto const& log = h.disk.log();
    rebuild(h);
    s.commit = s.applied = log.compacted().value;
    if (s.commit > ledger_.committed())
      return tell("what is compacted was committed", "node ", self(h), " has compacted up to ", s.commit,
                  ", and all is committed up to ", ledger_.committed());
    s.list = ledger_.list_at(s.commit);
    s.before = h.node->core();
    if constexpr (has_snapshots)
      if (!snapshots_.begins(h, tell)) return false;
    return Rules::remembers(self(h), said, hard_of<core_type>(h.disk.hard()), log.last(), tell);
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
    if (first.value == 0 && log.last().value > 0 && ledger_.find(1, {}) == nullptr) {
      breach none{};
      (void)writes(h, none);
    }
    h.seen.writes = h.disk.writes();
  }
  // A node stops when its disk fails, and for no other reason as long as every disk keeps what it was given.
  bool stopped(host& h, breach& tell) {
    h.seen.writes = h.disk.writes();
    rebuild(h);
    bool const right = promises_.outcomes(h, tell);
    if (h.rotten) return ++c_.covered()[happening::refused_starts], right;
    return h.disk.failure().empty() ? tell("a node stops only if its disk fails", "node ", self(h), " has stopped")
                                    : right;
  }

  // --- the logs
  // One index and stamp have one entry, and before it one stamp: so two logs that share an entry share all before
  // it (Raft §3.5), and a slot and ballot have one value.
  bool writes(host& h, breach& tell) {
    auto& s = h.seen;
    auto const& log = h.disk.log();
    bool right = true, installs = false;
    if (s.writes != h.disk.writes()) {
      h.disk.each_after(s.writes, [&](disk_write const& w, payloads::bytes bytes) {
        if (w.what == disk_write::kind::truncation) {
          ++c_.covered()[rewrites ? happening::rewrites : happening::truncations];
          s.log.truncate(w.run.first);
        } else if (w.what == disk_write::kind::entries) {
          right = entries(h, w.run, payloads::trusted(bytes, w.run.count), tell) && right;
        } else if (w.what == disk_write::kind::installation) {
          right = installation(h, h.disk.mark_of(w), w.above, tell) && right;
          installs = true;
        }
      });
      s.writes = h.disk.writes();
    }
    if (!right || s.log.compacted() >= log.compacted()) return right;
    if (has_snapshots && !installs) ++c_.covered()[happening::compactions];
    s.log.compact(log.compacted());
    return true;
  }
  bool installation(host& h, snapshot_mark const& mark, above_mark above, breach& tell) {
    auto& s = h.seen;
    if constexpr (has_snapshots)
      if (!snapshots_.may_install(h, mark, tell)) return false;
    if (mark.at <= s.log.compacted())
      return tell("what is installed is above what is compacted", "node ", self(h),
                  " installs a snapshot of index ", mark.at, ", and has compacted up to ", s.log.compacted());
    return s.log.install(mark, above), true;
  }
  bool entries(host& h, entry_run const& run, payloads bytes, breach& tell) {
    auto& s = h.seen;
    auto before = s.log.last() >= run.first ? stamp{} : s.log.stamp_at(run.first - 1);
    bool right = true;
    auto i = run.first.value;
    bytes.for_each([&](payloads::bytes one) {
      hasher content;
      content.number(static_cast<std::uint8_t>(run.kind));
      content.bytes(one.data(), one.size());
      version v{run.written_at, before, run.kind, content.value(), 0, self(h)};
      if (run.kind != entry_kind::hole) {
        if (auto const* known = ledger_.find(i, run.written_at); known == nullptr) {
          if (run.kind == entry_kind::command) v.number = number_of(one);
          ledger_.add(i, v);
        } else if (known->content != v.content) {
          right = truth::tell_eras(tell, "one index and one stamp have one entry", "node ", self(h),
                                   " has written another entry ", i, " of ", run.written_at, " than ", known->by);
        } else if (!Rules::stands_on(self(h), before, known->by, known->before, log_index{i - 1}, tell)) {
          right = false;
        }
      }
      before = run.written_at;
      ++i;
    });
    if (!s.log.put(run, h.disk.log().config_at((std::min)(run.first, h.disk.log().last()))))
      right = tell("a log grows at its end", "node ", self(h), " has written entry ", run.first,
                   ", and its log ends at ", s.log.last());
    return right;
  }
  static std::uint64_t number_of(payloads::bytes one) {
    using messages = typename Cluster::node_type::messages_type;
    typename messages::command c{};
    typename messages::entry_extra x{};
    return messages::decode_entry(one, c, x) ? command_fitting<messages>::number(c) : 0;
  }

  // --- what is committed
  bool commits(host& h, breach& tell) {
    auto& s = h.seen;
    auto const& core = h.node->core();
    auto const& log = h.disk.log();
    auto const upto = core.commit_index().value;
    if (log.compacted().value > ledger_.committed())
      return tell("what is compacted was committed", "node ", self(h), " has compacted up to ", log.compacted(),
                  ", and all is committed up to ", ledger_.committed());
    for (auto i = (std::max)(s.commit, log.compacted().value) + 1; i <= upto; ++i) {
      auto const now = log.stamp_at(log_index{i});
      auto const* v = ledger_.find(i, now);
      if (v == nullptr)
        return truth::tell_eras(tell, "what is committed was written", "node ", self(h), " takes entry ", i,
                                " of ", now, " for committed, which nobody has written");
      if (i > ledger_.committed()) {
        ++c_.covered()[happening::commits];
        if (!ledger_.commit(*v, core.era(), tell)) return false;
        if constexpr (has_snapshots) snapshots_.committed(v->number);
        bool const founding = v->kind == entry_kind::configuration && v->written_at == stamp{}; // it needs no vote
        if (!founding && !on_a_quorum(h, i, *v, tell)) return false;
      }
      auto& known = ledger_.at(i);
      bool const same = known.content == v->content && (rewrites || known.written_at == v->written_at);
      if (!truth::one_entry_an_index_is_committed(self(h), log_index{i}, now, known.written_at, same, tell))
        return false;
      known.known_in = (std::min)(known.known_in, core.era());
    }
    s.commit = upto;
    return true;
  }
  bool holds_durably(host const& j, std::uint64_t i, version const& v) const {
    if (j.disk.installs()) return shows(j.disk.durable_log(), i, v); // what comes covers no less
    return (log_index{i} > j.disk.log().last() || j.disk.is_durable(log_index{i})) && shows(j.disk.log(), i, v);
  }
  template <class Log>
  bool shows(Log const& log, std::uint64_t i, version const& v) const {
    if (i <= log.compacted().value) return true;
    if (log_index{i} > log.last()) return false;
    auto const* held = ledger_.find(i, log.stamp_at(log_index{i}));
    return held != nullptr && held->content == v.content && (rewrites || held->written_at == v.written_at);
  }
  // Of a node that has moved on to a later era, or has lost its disk, this can't be told any more.
  bool on_a_quorum(host const& h, std::uint64_t i, version const& v, breach& tell) const {
    auto const era = h.node->core().era();
    node_set<64> holders{};
    for (std::uint32_t n = 0; n < c_.size(); ++n)
      if (c_[n].lost || era_of<core_type>(c_[n].disk.hard()) > era || holds_durably(c_[n], i, v))
        holders.insert(self(c_[n]));
    return truth::what_is_committed_is_on_a_quorum<typename core_type::options::quorum_type>(
        self(h), log_index{i}, holders, {node_set<64>::first(c_.size())}, tell);
  }

  // One leader an era, once; and it has all that was committed before.
  bool leads(host& h, breach& tell) {
    auto const& core = h.node->core();
    ++c_.covered()[happening::leaders];
    if (!Rules::led_once(h.seen.led, core, tell)) return false;
    h.seen.led.add(core.era());
    for (std::uint32_t n = 0; n < c_.size(); ++n)
      if (n != h.place() &&
          !Rules::one_leader(self(h), truth::one_era{core.era()}, self(c_[n]), c_[n].seen.led, tell))
        return false;
    auto i = ledger_.committed();
    while (i > 0 && !(ledger_.at(i).known_in < core.era())) --i;
    auto const& log = h.disk.log();
    if (i <= log.compacted().value) return true;
    auto const* v = log.last().value < i ? nullptr : ledger_.find(i, log.stamp_at(log_index{i}));
    bool const has = v != nullptr && v->content == ledger_.at(i).content;
    return truth::a_leader_has_what_was_committed(self(h), core.era(), log_index{i}, ledger_.at(i).known_in, has,
                                                  tell);
  }

  void note_changes(host& h) { // role and commit, when they change
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

  Cluster& c_;
  ledger ledger_{};
  log_promises<Cluster> promises_{c_, ledger_};
  std::conditional_t<has_snapshots, snapshot_promises<Cluster>, no_snapshot_promises<Cluster>> snapshots_{c_,
                                                                                                          ledger_};
};

} // namespace quorate::sim
