// What all concerns of a replica share: the core with its log and its hands, the clock, and whether it lives.
#pragma once

#include "quorate/policy/storage.hpp"
#include "quorate/policy/timing.hpp"
#include "quorate/replica/hands.hpp"
#include "quorate/replica/membership.hpp"
#include "quorate/replica/staging.hpp"
#include "quorate/replica/status.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace quorate {

template <class Core, storage Storage, timer_policy Timer>
struct replica_body {
  using time = typename Timer::time;
  using core_type = Core;
  static constexpr std::size_t batches = 1024; // of proposals, and of reads, that wait for their outcome

  replica_body(Storage& s, Timer const& t, std::size_t staged_bytes)
      : storage{s}, timer{t}, hands{s}, staged{staged_bytes} {}

  node_index self() const { return core.self(); }
  decltype(auto) log() const { return std::as_const(storage).log(); } // a view may be a value
  incarnation_id incarnation() const { return storage.identity().incarnation; }
  node_id id_of(node_index n) const { return n.value < ids.size() ? ids[n] : node_id{}; }

  template <class Event>
  [[gnu::always_inline]] void step(Event const& e) {
    core.step(e, storage.log(), hands);
  }
  // A step that may write entries; their bytes are `bytes`, from `first` on.
  template <class Event>
  [[gnu::always_inline]] void step(Event const& e, log_index first, payloads bytes) {
    hands.offer(first, bytes);
    step(e);
    hands.withdraw();
  }

  // For good.
  void stop() {
    stopped = attention = true;
    staged.close();
  }
  void stop(std::string why) {
    failure = std::move(why);
    stop();
  }
  // Has a step shown that this node can't go on?
  [[gnu::cold]] void heed_failure() {
    if (hands.failed()) return stop();
    if (hands.contradiction_ == log_index{}) return;
    stop("the leader's log contradicts what is committed here at index " +
         std::to_string(hands.contradiction_.value) +
         ": some node's disk has lost what it had acknowledged; find which before starting this one again");
  }
  // Why there is no progress; empty if nothing is in the way.
  std::string_view trouble() const {
    if (stopped) return "stopped";
    if (core.leader() == no_node) return "no leader is known";
    if (core.leads() && log().room() <= Core::options::limit.reserve) return "the storage is full"; // for commands
    return {};
  }
  void note_changes() {
    if (core.era() == seen_era && core.leader() == seen_leader) return;
    if (core.era() != seen_era && core.campaigns()) ++counters.elections;
    if (core.leader() != no_node && (core.leader() != seen_leader || core.era() != seen_era))
      ++counters.leader_changes;
    seen_era = core.era();
    seen_leader = core.leader();
  }

  Storage& storage;
  Timer timer;
  membership<Core::options::limit.nodes> ids{};
  Core core{};
  quorate::hands<Core, Storage> hands;
  time now{}; // of the last turn
  bool stopped = false;
  bool attention = false; // it has stopped, or there are refusals to tell
  std::string failure{};  // why it has stopped, unless the storage knows better
  staging<time> staged;
  stamp seen_era{};
  node_index seen_leader = no_node;
  replica_counters counters{};
};

} // namespace quorate
