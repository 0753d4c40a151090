// The least core of a replicated log: its first member leads for ever, and what that disk holds is committed.
// `Lacks` takes one member away (0: none), to show that the concept asks for it.
#pragma once

#include "quorate/log/core.hpp"
#include "quorate/message/fields.hpp"

#include <cstddef>
#include <cstdint>

namespace quorate::test {

struct least_stored { // "up to here it is on my disk": to itself
  static constexpr quorate::strength says = quorate::strength::binding;
  log_index upto{};
};
struct least_hard { // it writes none
  static constexpr std::uint8_t kind = 'l';
  using fields = field_list<>;
};
enum class least_core_timer : std::uint8_t { never };
struct least_core_options {
  static constexpr limit_values limit{};
  static constexpr bool reads = true;
};

template <int Lacks = 0>
class least_core {
public:
  using options = least_core_options;
  using timer = least_core_timer;
  using messages = message_set<least_stored>;
  using hard_type = least_hard;
  using outcomes = outcome_list<proposed, proposal_refused, committed, readable, reads_refused>;
  static constexpr std::size_t timers = 1, effects_bound = 2;
  static constexpr bool rewrites = false;
  static constexpr char const* protocol_name = "least";

  least_core() = default;
  template <log_view Log>
  least_core(peer self, least_hard const&, Log const& log) : self_{self}, commit_{log.compacted()} {}

  static timing timing_of(timer) requires(Lacks != 1) { return timing::election; }
  node_index self() const requires(Lacks != 2) { return self_.place; }
  peer me() const requires(Lacks != 3) { return self_; }
  bool campaigns() const requires(Lacks != 4) { return is_first(); }
  bool leads() const requires(Lacks != 5) { return is_first(); }
  node_index leader() const requires(Lacks != 6) { return node_index{0}; }
  stamp era() const requires(Lacks != 7) { return stamp{1}; }
  log_index commit_index() const requires(Lacks != 8) { return commit_; }

  template <log_view Log, class Out>
  void step(start, Log const&, Out&) requires(Lacks != 9) {}
  template <log_view Log, class Out>
  void step(from<least_stored> const& e, Log const&, Out& out) requires(Lacks != 10) {
    commit_ = e.message.upto;
    out.report(committed{commit_});
  }
  template <log_view Log, class Out>
  void step(propose e, Log const& log, Out& out) requires(Lacks != 11) {
    if (!is_first()) return out.report(proposal_refused{refusal::not_leader});
    if (log.room() < e.count) return out.report(proposal_refused{refusal::no_room});
    entry_run const run{log.last() + 1, e.count, stamp{1}, entry_kind::command};
    out.write(run);
    out.report(proposed{run});
  }
  template <log_view Log, class Out>
  void step(flush, Log const& log, Out& out) requires(Lacks != 12) {
    if (is_first() && told_ < log.last()) out.send(self_, least_stored{told_ = log.last()}, out.latest());
  }
  template <log_view Log, class Out>
  void step(timer, Log const&, Out&) requires(Lacks != 13) {}
  template <log_view Log, class Out>
  void step(read e, Log const&, Out& out) requires(Lacks != 14) {
    if (!is_first()) return out.report(reads_refused{});
    out.report(readable{asked_ += e.count, commit_});
  }

  friend bool operator==(least_core const&, least_core const&) = default;

private:
  bool is_first() const { return self_.place == node_index{0}; }

  peer self_{};
  log_index commit_{};
  log_index told_{};
  std::uint64_t asked_ = 0;
};

} // namespace quorate::test
