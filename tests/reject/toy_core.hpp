// The least core, for the pairs about what a replica needs of one.
#pragma once

#include "quorate/core/log_view.hpp"
#include "quorate/message/messages.hpp"
#include "quorate/replica/replica.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"

#include <cstddef>
#include <cstdint>

namespace toy {

struct heard { // what the core hears
  static constexpr quorate::strength says = quorate::strength::binding;
  using fields = quorate::field_list<>;
};
struct unheard : heard {}; // and what it does not
struct kept {              // what the core must not forget
  static constexpr std::uint8_t kind = 't';
  using fields = quorate::field_list<>;
};
struct unkept { // has no kind
  using fields = quorate::field_list<>;
};

struct core {
  enum class timer : std::uint8_t { one };
  struct options {
    static constexpr quorate::limit_values limit{};
    static constexpr bool reads = true;
  };
  using hard_type = kept;
  using messages = quorate::message_set<heard>;
  using outcomes = quorate::outcome_list<quorate::committed>;
  static constexpr std::size_t timers = 1, effects_bound = 1;
  static constexpr bool rewrites = false;
  static constexpr char const* protocol_name = "toy";

  core() = default;
  core(quorate::peer, kept const&, auto const&) {}
  static quorate::timing timing_of(timer) { return quorate::timing::election; }
  quorate::node_index self() const { return {}; }
  quorate::peer me() const { return {}; }
  bool campaigns() const { return false; }
  bool leads() const { return false; }
  quorate::node_index leader() const { return quorate::no_node; }
  quorate::stamp era() const { return {}; }
  quorate::log_index commit_index() const { return {}; }
  void step(quorate::start, quorate::log_view auto const&, auto&) {}
  void step(quorate::from<heard> const&, quorate::log_view auto const&, auto&) {}
  void step(quorate::propose, quorate::log_view auto const&, auto&) {}
  void step(quorate::read, quorate::log_view auto const&, auto&) {}
  void step(quorate::flush, quorate::log_view auto const&, auto&) {}
  void step(timer, quorate::log_view auto const&, auto&) {}
  friend bool operator==(core const&, core const&) = default;
};

template <class Core>
using replica = quorate::replica<Core, quorate::messages<std::uint64_t>, quorate::memory, quorate::manual_timer>;

// All that a turn is made of.
template <class Core>
void take_a_turn(quorate::memory& disk, quorate::manual_timer const& timer) {
  replica<Core> node{{quorate::node_id{1}, {quorate::node_id{1}}}, disk, timer};
  (void)node.propose(1);
  node.turn(
      1U, [](quorate::node_id, auto const&, quorate::payloads) {}, [](auto const&) {});
}

} // namespace toy
