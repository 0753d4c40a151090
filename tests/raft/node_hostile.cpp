// One core among six others that say anything at all, in any order: what a step promises whatever it is told.
#include "quorate/core/log_shape.hpp"
#include "quorate/effect/batch.hpp"
#include "quorate/raft/invariant.hpp"
#include "quorate/raft/node.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace quorate {
namespace {

using core = raft::node<limits<limit_values{.window = 3, .append_entries = 3}>>;
using shape = basic_log_shape<std::vector<log_span>, std::vector<config_mark>>;

// A log view that holds its reader to the preconditions of core/log_view.hpp.
class strict_log {
public:
  shape entries{};
  mutable bool misread = false;

  log_index compacted() const { return entries.compacted(); }
  log_index last() const { return entries.last(); }
  stamp stamp_at(log_index i) const {
    return asks(compacted() <= i && i <= last()) ? entries.stamp_at(i) : stamp{};
  }
  entry_run run_at(log_index i, std::uint32_t n) const {
    return asks(compacted() < i && i <= last()) ? entries.run_at(i, n) : entry_run{i, n, {}, {}};
  }
  entry_run fit(log_index i, std::uint32_t n, std::size_t bytes) const {
    return asks(compacted() < i && i <= last()) ? entries.fit(i, n, bytes) : entry_run{i, n, {}, {}};
  }
  log_index last_not_above(log_index i, stamp s) const {
    return asks(compacted() <= i && i <= last()) ? entries.last_not_above(i, s) : compacted();
  }
  configuration config_at(log_index i) const {
    return asks(compacted() <= i && i <= last()) ? entries.config_at(i) : configuration{};
  }
  std::uint64_t room() const { return last().value < 60 ? 100 : 0; }

private:
  bool asks(bool rightly) const {
    misread = misread || !rightly;
    return rightly;
  }
};

constexpr node_index self{3};

class life {
public:
  explicit life(std::uint64_t seed) : random_{seed} {
    (void)log_.entries.put({log_index{1}, 1, stamp{}, entry_kind::configuration}, {node_set<64>::first(7)});
    core_ = core{self, {}, log_};
    step(start{});
  }
  void live(int steps) {
    for (; steps > 0; --steps) any_step();
  }
  std::size_t most_effects = 0, commits = 0, leaderships = 0, truncations = 0;

private:
  std::uint64_t below(std::uint64_t n) { return random_() % n; }
  // Mostly of this term, and about where the log is.
  term_id any_term() {
    auto const now = core_.era().value;
    return term_id{below(60) == 0 ? now + 1 : below(8) == 0 && now > 0 ? now - 1 : now};
  }
  log_index any_index() { return log_index{below(log_.last().value + 3)}; }
  log_index any_commit() { return below(8) == 0 ? any_index() : log_index{}; } // or the log is soon all committed
  std::uint64_t any_round() { return below(core_.state().readers.last_round + 2); }

  void any_step() {
    if (below(60) == 0) win();
    switch (below(20)) {
    case 0: return hear(raft::request_pre_vote{next(any_term()), any_index(), any_term()});
    case 1: return hear(raft::pre_vote_granted{next(any_term())});
    case 2: return hear(raft::pre_vote_refused{any_term()});
    case 3: return hear(raft::request_vote{any_term(), any_index(), any_term()});
    case 4:
    case 5: return hear(raft::vote_granted{any_term()});
    case 6: return hear(raft::vote_refused{any_term()});
    case 7: return any_append();
    case 8: return hear(raft::appended{any_term(), any_index(), static_cast<std::uint8_t>(below(5))});
    case 9: return hear(raft::rejected{any_term(), any_index(), any_index(), any_term()});
    case 10: return hear(raft::heartbeat{any_term(), any_commit(), below(9)});
    case 11:
      return hear(raft::heartbeat_answer{any_term(), below(8) == 0 ? log_index{~std::uint64_t{0}} : any_index(),
                                         any_round(), static_cast<std::uint8_t>(below(4))});
    case 12: return step(static_cast<raft::timer>(below(raft::timers)));
    case 13: return step(propose{static_cast<std::uint32_t>(1 + below(5))});
    case 14: return step(read{1});
    case 15: return log_.entries.compact(log_index{below(core_.commit_index().value + 1)});
    case 16: return hear_itself();
    default: return step(flush{});
    }
  }
  // An election that everybody is for.
  void win() {
    step(raft::timer::contact);
    step(raft::timer::election);
    for (std::uint8_t n = 0; n < 3; ++n) step(from<raft::pre_vote_granted>{node_index{n}, {next(core_.era())}});
    hear_itself();
    for (std::uint8_t n = 0; n < 3; ++n) step(from<raft::vote_granted>{node_index{n}, {core_.era()}});
  }
  void any_append() {
    raft::append_entries m{any_term(), any_index(), any_term(), any_term(), any_commit(), 0, {}};
    m.count = static_cast<std::uint32_t>(below(4));
    if (m.entry_term > m.term) m.entry_term = m.term; // no log has entries of a later term than its owner's
    auto const i = m.prev_log_index;
    if (below(4) != 0 && log_.compacted() <= i && i <= log_.last()) m.prev_log_term = log_.entries.stamp_at(i);
    hear(m);
  }
  template <class M>
  void hear(M const& m) {
    auto const leader = core_.leader();
    auto const other = node_index{static_cast<std::uint8_t>((self.value + 1 + below(6)) % 7)};
    step(from<M>{leader != no_node && leader != self && below(2) == 0 ? leader : other, m});
  }
  // Nobody else can speak for it: what it has said to itself, when its disk was done.
  void hear_itself() {
    auto const told = std::exchange(own_, {});
    for (auto const& own : told)
      std::visit([&](auto const& m) { step(from<std::remove_cvref_t<decltype(m)>>{self, m}); }, own.message);
  }
  template <class Event>
  void step(Event const& e) {
    auto const before = core_;
    auto const log_before = log_.entries;
    core_.step(e, log_, out_);
    REQUIRE(!out_.overflowed());
    REQUIRE(!log_.misread);
    most_effects = std::max(most_effects, out_.effects().size());
    leaderships += core_.leads() && !before.leads() ? 1 : 0;
    commits += core_.commit_index() != before.commit_index() ? 1 : 0;
    for (auto const& effect : out_.effects()) {
      if (auto const* run = std::get_if<entry_run>(&effect)) {
        REQUIRE(run->first == log_.last() + 1);
        REQUIRE(log_.entries.put(*run, log_.config_at(log_.last())));
      } else if (auto const* t = std::get_if<truncation>(&effect)) {
        REQUIRE(t->from > before.commit_index()); // what is committed is never given up, whoever asks for it
        log_.entries.truncate(t->from);
        ++truncations;
      } else if (auto const* m = std::get_if<batch<core>::message>(&effect); m != nullptr && m->to == self) {
        own_.push_back(*m);
      }
    }
    REQUIRE(raft::holds(core_.state(), log_.entries));
    REQUIRE(raft::follows(before.state(), log_before, core_.state(), log_.entries));
    out_.clear();
  }

  std::mt19937_64 random_;
  strict_log log_{};
  core core_{};
  batch<core> out_{};
  std::vector<batch<core>::message> own_{};
};

TEST_CASE("whatever anybody says, in any order: every invariant holds, no step has more effects than the bound, "
          "asks of the log what it can't answer, or gives up what is committed") {
  std::size_t most = 0, commits = 0, leaderships = 0, truncations = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    CAPTURE(seed);
    life l{seed};
    l.live(1000);
    most = std::max(most, l.most_effects);
    commits += l.commits, leaderships += l.leaderships, truncations += l.truncations;
  }
  // And it was not all refused.
  CHECK(most >= 12);
  CHECK(commits > 200);
  CHECK(leaderships > 200);
  CHECK(truncations > 200);
}

TEST_CASE("a leader that takes back, in its own term, what it has said of its log is contradicted, not followed") {
  shape log;
  REQUIRE(log.put({log_index{1}, 1, stamp{}, entry_kind::configuration}, {node_set<64>::first(7)}));
  REQUIRE(log.put({log_index{2}, 3, stamp{1}, entry_kind::command}));
  core c{self, {stamp{2}, no_member}, log};
  batch<core> out;
  auto const append = [&](std::uint64_t entry_term) {
    out.clear();
    raft::append_entries const m{stamp{2}, log_index{1},       stamp{}, stamp{entry_term}, log_index{},
                                 3,        entry_kind::command};
    c.step(from<raft::append_entries>{node_index{0}, m}, log, out);
  };
  append(1); // which are those that it has
  CHECK(c.state().verified == log_index{4});
  append(2);
  REQUIRE(out.effects().size() > 0);
  CHECK(out.effects()[out.effects().size() - 1] == batch<core>::effect{contradiction{log_index{2}}});
  for (auto const& effect : out.effects()) CHECK(!std::holds_alternative<truncation>(effect));
  CHECK(c.state().verified == log_index{4});
}

TEST_CASE("a leader's fullest flush: an append, a heartbeat and more due for each peer, and a word to itself") {
  shape log;
  REQUIRE(log.put({log_index{1}, 1, stamp{}, entry_kind::configuration}, {node_set<64>::first(7)}));
  core c{self, {}, log};
  batch<core> out;
  auto const step = [&](auto const& e) {
    out.clear();
    c.step(e, log, out);
    for (auto const& effect : out.effects())
      if (auto const* run = std::get_if<entry_run>(&effect)) REQUIRE(log.put(*run));
  };
  step(raft::timer::election);
  for (std::uint8_t n = 0; n < 3; ++n) step(from<raft::pre_vote_granted>{node_index{n}, {stamp{1}}});
  for (std::uint8_t n = 0; n < 4; ++n) step(from<raft::vote_granted>{node_index{n}, {stamp{1}}});
  REQUIRE(c.leads());
  step(flush{});
  for (std::uint8_t n = 0; n < 7; ++n) step(from<raft::appended>{node_index{n}, {stamp{1}, log.last(), 1}});
  step(propose{10});
  step(read{1});
  step(raft::timer::heartbeat);
  step(flush{});
  CHECK(out.effects().size() == 3 * 6 + 1);
  CHECK(core::effects_bound >= 3 * 6 + 1);
  CHECK(!out.overflowed());
}

} // namespace
} // namespace quorate
