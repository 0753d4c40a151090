// What carries a core's effects out, with one promise broken on purpose: storages that lie, an outbox that leaks,
// turns that hurry. As with the rules of a protocol (mutant/without.hpp), a checker or a simulator must see each
// of them fail; until something goes wrong, they work.
#pragma once

#include "quorate/core/enumerators.hpp"
#include "quorate/effect/outbox.hpp"
#include "quorate/explore/era.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/world/host.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace quorate {

enum class duty : std::uint8_t {
  // --- of the storage
  syncs_store_what_they_cover, // else a power cut takes back everything since the storage was opened
  syncs_answer_last,           // else they answer first, and the bytes are stored with the next one
  hard_states_outlive_crashes, // else nothing was ever promised
  votes_outlive_crashes,       // else the term stays, and the vote in it is gone
  hard_states_are_whole,       // else a power cut leaves the new term with the vote of the old one
  tails_outlive_crashes,       // else the last entry is gone
  incarnations_rise,           // else what was meant for the life before is taken for meant for this one
  installs_drop_what_differs,  // else what stands above a mark stays, though the entry there has another stamp
  installs_keep_what_agrees,   // else it goes, though the entry there is the mark's
  installs_are_whole,          // else a power cut leaves the old log's entries behind the new log's mark
  installs_set_configurations, // else the one that was in force before is in force at the mark

  // --- of the outbox
  messages_wait_for_their_writes, // else any sync that ends releases all of them
  undone_writes_are_waited_for,   // else it releases those of an era that the node has left

  // --- of the turn
  turns_sync_before_they_send, // else what waits for the sync leaves, and is applied, before it
  failed_syncs_stop,           // else the sync is tried again until it "succeeds", and the replica goes on
  commands_are_applied_once,   // else each one twice
  outcomes_are_told_once,      // else each one twice
};

inline constexpr std::size_t duties = detail::enumerators<duty>();
constexpr std::string_view name_of(duty d) { return detail::name_among(d); }

namespace detail {
// Is that the duty which is missing? `Missing` is a duty, or points to one that is named when the program runs.
template <auto Missing>
constexpr bool lacks(duty d) {
  if constexpr (std::is_pointer_v<decltype(Missing)>)
    return *Missing == d;
  else
    return Missing == d;
}

// Of Raft's hard state (raft/hard.hpp) the first 8 bytes are the term, and behind them is the vote. Other records
// are torn there as well, whatever they hold.
inline constexpr std::size_t era_bytes = 8;
constexpr hard_state era_of(hard_state h) {
  for (std::size_t i = era_bytes; i < h.bytes.size(); ++i) h.bytes[i] = {};
  return h;
}
// The era of the one, with what is behind it in the other.
constexpr hard_state torn(hard_state era, hard_state const& rest) {
  for (std::size_t i = era_bytes; i < era.size; ++i) era.bytes[i] = rest.bytes[i];
  return era;
}
} // namespace detail

// `memory` without one of its duties; with any other one it is `memory`.
template <auto Missing>
class careless_memory : public memory {
public:
  using memory::memory;

  store_identity identity() const {
    auto i = memory::identity();
    if (detail::lacks<Missing>(duty::incarnations_rise)) i.incarnation = incarnation_id{1};
    return i;
  }
  std::optional<durable> sync(sync_order order) {
    if (detail::lacks<Missing>(duty::syncs_store_what_they_cover)) return std::move(order).succeeded();
    if (!detail::lacks<Missing>(duty::syncs_answer_last)) return memory::sync(std::move(order));
    (void)memory::sync(world::numbers::order_upto(answered_));
    answered_ = order.upto();
    return std::move(order).succeeded();
  }
  bool install(snapshot_mark m, above_mark above) {
    bool const stays = keeps_above(log(), m, above);
    if (detail::lacks<Missing>(duty::installs_drop_what_differs)) above = above_mark::always;
    if (detail::lacks<Missing>(duty::installs_set_configurations)) m.config = log().config_at(log().last());
    installed_ = m;
    if (!stays || !detail::lacks<Missing>(duty::installs_keep_what_agrees)) return memory::install(m, above);
    auto other = m;
    other.written_at = stamp{log().stamp_at(m.at).value + 1};
    memory::install(other, above_mark::if_agreeing);
    start_at(m.at, m.written_at, m.config); // it is empty now
    return true;
  }
  void reopen() {
    memory::reopen();
    answered_ = 0, installed_ = {};
  }
  void crash() {
    auto const written = hard();
    memory::crash();
    auto const kept = hard();
    if (detail::lacks<Missing>(duty::hard_states_outlive_crashes)) memory::put(hard_state{});
    if (detail::lacks<Missing>(duty::votes_outlive_crashes)) memory::put(detail::torn(kept, hard_state{}));
    if (detail::lacks<Missing>(duty::hard_states_are_whole) && detail::era_of(written) != detail::era_of(kept))
      memory::put(detail::torn(written, kept));
    if (detail::lacks<Missing>(duty::tails_outlive_crashes) && log().last() > log().compacted() &&
        log().last() > log_index{1})
      memory::truncate(log().last()); // but never the founding configuration
    if (detail::lacks<Missing>(duty::installs_are_whole) && log().compacted() < installed_.at)
      memory::install(installed_, above_mark::always);
    reopen(); // what it is left with stays
  }

private:
  std::uint64_t answered_ = 0;
  snapshot_mark installed_{}; // the last one since the store was opened
};

// An outbox that minds no tickets, once it may release anything.
template <std::size_t Capacity, class... Messages>
class leaking_outbox : public outbox<Capacity, Messages...> {
public:
  template <class M>
  constexpr void hold(peer to, M const& m, written after) {
    if (last_ < after.number()) last_ = after.number();
    outbox<Capacity, Messages...>::hold(to, m, after);
  }
  template <class Deliver>
  constexpr void release(durable, Deliver&& deliver) {
    outbox<Capacity, Messages...>::release(world::numbers::order_upto(last_).succeeded(), deliver);
  }

private:
  std::uint64_t last_ = 0;
};

// An outbox that does not wait, once it may release anything, for what the next term or ballot has undone.
template <std::size_t Capacity, class... Messages>
class hurrying_outbox : public outbox<Capacity, Messages...> {
public:
  template <class M>
  constexpr void hold(peer to, M const& m, written after) {
    if (auto const era = check::era_of(m); era_ < era) era_ = era, undone_ = last_;
    if (last_ < after.number()) last_ = after.number();
    outbox<Capacity, Messages...>::hold(to, m, after);
  }
  template <class Deliver>
  constexpr void release(durable upto, Deliver&& deliver) {
    auto const most = upto.number() < undone_ ? undone_ : upto.number();
    outbox<Capacity, Messages...>::release(world::numbers::order_upto(most).succeeded(), deliver);
  }

private:
  stamp era_{};
  std::uint64_t last_ = 0;   // the write of what was held last
  std::uint64_t undone_ = 0; // and of what was held last before that era
};

// replica.turn(now, send, machine) without one of its duties; with any other one it is that turn. `disk` is the
// replica's own storage.
template <auto Missing, class Replica, class Storage, class Time, class Send, class Machine>
auto careless_turn(Replica& replica, Storage& disk, Time now, Send&& send, Machine&& machine) {
  auto const repeating = [&](auto const& event) {
    machine(event);
    bool const command = requires { event.command; };
    if (detail::lacks<Missing>(command ? duty::commands_are_applied_once : duty::outcomes_are_told_once))
      machine(event);
  };
  if (detail::lacks<Missing>(duty::turns_sync_before_they_send) ||
      detail::lacks<Missing>(duty::failed_syncs_stop)) {
    replica.collect(now, send);
    if (auto order = replica.start_sync()) {
      auto const upto = order->upto();
      auto const sync = [&] { return disk.sync(world::numbers::order_upto(upto)); };
      bool const waits = detail::lacks<Missing>(duty::failed_syncs_stop);
      for (int tries = 0; waits && !sync() && tries < 1000;) ++tries;
      replica.synced(std::move(*order).succeeded());
      replica.release(send, repeating);
      if (!waits) (void)sync();
    }
  }
  return replica.turn(now, send, repeating); // which has nothing to sync, if that was done
}

} // namespace quorate
