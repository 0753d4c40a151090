// What all concerns of a replica share: the core with its log and its hands, the clock, and whether it lives.
#pragma once

#include "quorate/policy/storage.hpp"
#include "quorate/policy/timing.hpp"
#include "quorate/replica/fitting.hpp"
#include "quorate/replica/hands.hpp"
#include "quorate/replica/membership.hpp"
#include "quorate/replica/sentence.hpp"
#include "quorate/replica/staging.hpp"
#include "quorate/replica/status.hpp"
#include "quorate/replica/watching.hpp"

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

  using storage_in_use = detail::storage_in_use<Storage>;
  using hands_in_use = quorate::hands<Core, std::remove_reference_t<storage_in_use>>;

  replica_body(replica_config const& c, Storage& s, Timer const& t)
      : storage{s}, timer{t}, hands{storage}, staged{c.staged_bytes}, max_command_bytes{c.max_command_bytes},
        max_frame_bytes{largest_frame(c, Core::options::limit.append_bytes)} {}

  peer self() const { return core.me(); }
  decltype(auto) log() const { return std::as_const(storage).log(); } // a view may be a value
  incarnation_id incarnation() const { return storage.identity().incarnation; }
  peer leader() const { return ids.config().at(core.leader()); } // peer{}: none is known
  node_id id_of(peer p) const { return p.place.value < ids.size() ? ids[p] : node_id{}; }

  template <class Event>
  [[gnu::always_inline]] void step(Event const& e) {
    step_into(e, hands);
  }
  template <class Event, class Out>
  [[gnu::always_inline]] void step_into(Event const& e, Out& out) {
    if constexpr (is_watched<Storage>)
      detail::watch(core, storage, hands, [&] { core.step(e, log(), out); });
    else
      core.step(e, storage.log(), out);
  }
  // A step that may write entries; their bytes are `bytes`, from `first` on.
  template <class Event>
  [[gnu::always_inline]] void step(Event const& e, log_index first, payloads bytes) {
    hands.offer(first, bytes);
    step(e);
    hands.withdraw();
  }

  // Is that run in the log, as it is named?
  bool stands(entry_run const& run) const {
    auto const& in = log();
    return run.count == 0 || (run.first > in.compacted() && run.last() <= in.last() &&
                              in.fit(run.first, run.count, ~std::size_t{0}) == run);
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
    if (hands.contradicted_at == log_index{}) return;
    stop("the leader's log contradicts what is committed here at index " +
         std::to_string(hands.contradicted_at.value) +
         ": some node's disk has lost what it had acknowledged; find which before starting this one again");
  }
  // Why there is no progress; empty if nothing is in the way.
  std::string_view trouble() const {
    if (stopped) return "stopped";
    if (!oversized.empty()) return oversized; // for want of it a candidate of Multi-Paxos may never lead
    if (core.leader() == no_node) return "no leader is known";
    if (log().room() <= (core.leads() ? Core::options::limit.reserve : 0)) return log_is_full;
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

  // How many bytes of entries a frame carries.
  std::size_t carried() const { return max_frame_bytes - frame_overhead; }
  // A message with these entries was not sent.
  [[gnu::cold]] void note_unsent(entry_run const& run, std::size_t bytes) {
    if (bytes <= carried() || !oversized.empty()) return;
    oversized =
        sentence({"entry ", run.first.value, " takes ", bytes, " bytes, and was not sent: max_frame_bytes is ",
                  max_frame_bytes, "; start this node and its transport with larger frames"});
  }
  static constexpr std::string_view log_is_full = "the log is full: compact() it, or give it more room";

  storage_in_use storage;
  detail::timer_in_use<Core, Storage, Timer> timer;
  membership<Core::options::limit.nodes> ids{};
  Core core{};
  hands_in_use hands;
  time now{}; // of the last turn
  bool stopped = false;
  bool attention = false; // it has stopped, or there are refusals to tell
  std::string failure{};  // why it has stopped, unless the storage knows better
  staging<time> staged;
  std::size_t max_command_bytes;
  bool may_forget = false; // without a snapshot: what is compacted is never to be applied again
  std::size_t max_frame_bytes;
  std::string oversized{}; // the first entry that did not leave because frames are too small; empty: none
  stamp first_era{};       // in which it was started
  std::uint64_t leaps = 0; // messages that were doubted for the leap of their term or round
  stamp seen_era{};
  node_index seen_leader = no_node;
  replica_counters counters{};
};

} // namespace quorate
