// The shipped sink: it carries a core's effects out. Writes go to storage at once, while the message or the
// proposal that has their bytes still lives; messages wait, the advisory ones for the next send, the binding ones
// for a sync.
#pragma once

#include "quorate/core/bounded.hpp"
#include "quorate/core/payloads.hpp"
#include "quorate/effect/event.hpp"
#include "quorate/effect/outbox.hpp"
#include "quorate/effect/sink.hpp"
#include "quorate/message/set.hpp"
#include "quorate/policy/storage.hpp"
#include "quorate/policy/timing.hpp"
#include "quorate/replica/hard.hpp"
#include "quorate/replica/message.hpp"
#include "quorate/replica/rewriting.hpp"
#include "quorate/replica/transfer_message.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <variant>

namespace quorate {

// Can the logs of such cores forget? Then their replicas send each other snapshots.
template <class Core>
inline constexpr bool forgets = requires {
  requires Core::options::snapshots;
};
// Everything that one replica of a protocol says on the wire; a message's place here is its type number.
template <class Core>
using wire_messages = joined_messages<typename Core::messages, replica_messages,
                                      std::conditional_t<forgets<Core>, transfer_messages, message_set<>>>;

struct write_counters {
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0; // of payloads
  std::uint64_t hard_states = 0;
  std::uint64_t truncations = 0;
  std::uint64_t installations = 0;
};

template <class Core, storage Storage>
class hands : public sink<hands<Core, Storage>> {
public:
  // Room for what a step may say; while there is less, nothing is received (a network may lose messages as well).
  static constexpr std::size_t capacity = 4 * Core::effects_bound + 512;
  static constexpr std::size_t enough = capacity - Core::effects_bound - 2;
  using message = any_message<wire_messages<Core>>;
  using timer = typename Core::timer;

  explicit hands(Storage& s) : storage_{s} {}

  // The bytes of the entries that the next step may write: from `first` on.
  void offer(log_index first, payloads bytes) {
    offered_first_ = first;
    offered_ = bytes;
  }
  void withdraw() { offered_first_ = log_index{}; } // which no entry has

  // --- effects. After a write that failed nothing is written: the rest of the step would build on it.
  void accept(typename Core::hard_type const& h) {
    ++counters.hard_states;
    if (failed_ || !storage_.put(to_hard_state(h))) fail();
  }
  [[gnu::always_inline]] void accept(entry_run const& run) {
    if constexpr (Core::rewrites)
      if (run.first != storage_.log().last() + 1 || run.kind == entry_kind::no_op) return rewrite(run);
    auto const bytes = run.first == offered_first_ && run.count == offered_.count() ? offered_ : part_for(run);
    counters.entries += run.count;
    counters.bytes += bytes.whole().size();
    if (failed_ || !storage_.put(run, bytes)) fail();
  }
  void accept(truncation const& t) {
    ++counters.truncations;
    if (failed_ || !storage_.truncate(t.from)) fail();
  }
  void accept(installation const& i) requires installing_storage<Storage> {
    constexpr auto above = Core::rewrites ? above_mark::always : above_mark::if_agreeing;
    ++counters.installations;
    if (failed_ || !storage_.install(i.mark, above)) fail();
  }
  template <class M>
  void advise(peer to, M const& m) {
    if (!ready_.push({to, message{m}})) ++dropped_;
    news_ |= messages;
  }
  template <class M>
  void bind(peer to, M const& m, written after) {
    if constexpr (requires(M later) { later.take_in(m); })
      outbox_.hold_merged(to, m, after, ordered_);
    else
      outbox_.hold(to, m, after);
  }
  void arm(timer t) { news_ |= bit_of(t), armed_ |= bit_of(t), later_ &= ~bit_of(t); }
  void disarm(timer t) {
    news_ |= bit_of(t), ended_ |= bit_of(t);
    armed_ &= ~bit_of(t), later_ &= ~bit_of(t);
  }
  void arm_later(timer t, timing how, written after) {
    later_ |= bit_of(t), armed_ &= ~bit_of(t);
    delayed_[static_cast<std::size_t>(t)] = {after.number(), how};
  }
  void report(proposed const& p) { placed = p.run; }
  void report(proposal_refused const& r) {
    placed.count = 0;
    refused_for = r.reason;
  }
  void report(committed const&) {}
  void report(snapshot_wanted const& w) { wanted_snapshot = w.at, news_ |= notice; }
  void report(readable const& r) { read_answer = r, news_ |= notice; }
  void report(reads_refused const&) { reads_lost = true, news_ |= notice; }
  void report(more_due const&) { more_to_send = true; }
  void report(contradiction const& c) { contradicted_at = c.at, news_ |= notice; }

  // --- what the replica makes of them
  // What has come out since it was last seen to: timers, one bit each; a notice, which is anything below or a
  // failure; and messages to send. One word, so that a turn in which nothing of that kind happened asks once.
  bool any_news() const { return news_ != 0; }
  bool noticed() const { return (news_ & notice) != 0; }
  void heeded() { news_ &= ~notice; }
  bool failed() const { return failed_; }
  bool crowded() const { return ready_.size() > enough || outbox_.size() > enough || much_unordered(); }
  // Calls deliver(to, message) for each advisory message, oldest first.
  template <class Deliver>
  void send_ready(Deliver&& deliver) {
    if ((news_ & messages) != 0) send_ready_now(deliver);
  }
  template <class Deliver>
  [[gnu::cold]] void send_ready_now(Deliver&& deliver) {
    news_ &= ~messages;
    for (; !ready_.empty(); ready_.pop())
      std::visit([&](auto const& m) { deliver(ready_.front().to, m); }, ready_.front().what);
  }
  auto& waiting() { return outbox_; }
  auto const& waiting() const { return outbox_; }
  sync_order order() {
    ordered_bytes_ = counters.bytes;
    ordered_ = this->latest().number();
    return ticket_source::order();
  }

  template <class Timer, class Time>
  void set_timers(Timer& t, Time now) {
    if ((news_ & timers) == 0) return;
    [&]<std::size_t... I>(std::index_sequence<I...>) { (set_timer<I>(t, now), ...); }
    (std::make_index_sequence<Core::timers>{});
    news_ &= ~timers;
    ended_ = 0;
  }
  // Timers that wait for a write which is durable now are due to be set.
  void begin_timers(durable upto) {
    if ((later_ & ~armed_) != 0) [[unlikely]]
      begin_timers_now(upto);
  }
  // Does that timer wait for a write? Then what the Timer tells of it is of an earlier time.
  bool waits_to_run(std::size_t t) const { return ((later_ & ~armed_) >> t & 1U) != 0; }
  entry_run placed{};          // by the last propose; empty if it was refused
  refusal refused_for{};       // why
  readable read_answer{};      // the last one reported, until taken
  bool reads_lost = false;     // until taken
  bool more_to_send = false;   // until taken
  log_index contradicted_at{}; // 0: none
  log_index wanted_snapshot{}; // one at or above this, until taken; 0: none
  write_counters counters{};
  std::uint64_t dropped() const { return dropped_ + outbox_.dropped(); }

private:
  // Has more been written since the last sync order than half of what the storage may write in one go? The other
  // half is for one more write (fitting.hpp).
  bool much_unordered() const {
    if constexpr (requires { storage_.turn_bytes(); })
      return counters.bytes - ordered_bytes_ > storage_.turn_bytes() / 2;
    else
      return false;
  }
  struct advice {
    peer to{};
    message what{};
  };
  // Every write that this takes has its own number; that of the last is given by who called write().
  [[gnu::cold]] void rewrite(entry_run const& run) {
    if (failed_) return;
    bool const offered = offered_first_ != log_index{} && run.first >= offered_first_ &&
                         run.last() < offered_first_ + offered_.count();
    bool first = true;
    auto const write = [&](auto const& w, auto const&... bytes) {
      if (!std::exchange(first, false)) (void)this->next();
      if constexpr (sizeof...(bytes) > 0)
        return counters.entries += w.count, storage_.put(w, bytes...);
      else
        return ++counters.truncations, storage_.truncate(w.from);
    };
    if (!rewriting_.put(storage_, run, offered ? part_for(run) : payloads{}, write)) fail();
  }
  // What of the bytes offered is the run's, if it is not all of them.
  [[gnu::cold]] payloads part_for(entry_run const& run) const {
    // A no-op, for which none are offered, is one empty record.
    static constexpr std::byte no_bytes[payloads::prefix]{};
    if (offered_first_ == log_index{}) return payloads::trusted(no_bytes, 1);
    return offered_.drop(static_cast<std::uint32_t>(run.first - offered_first_)).take(run.count);
  }
  [[gnu::cold]] void fail() {
    failed_ = true;
    news_ |= notice;
  }
  template <std::size_t I, class Timer, class Time>
  void set_timer(Timer& t, Time now) {
    constexpr auto bit = 1U << I;
    if ((news_ & bit) == 0) return;
    if (((ended_ | later_) & bit) != 0) [[unlikely]]
      return set_seldom(t, I, now);
    if ((armed_ & bit) != 0) t.arm(I, Core::timing_of(static_cast<timer>(I)), now); // which the compiler knows
  }
  template <class Timer, class Time>
  [[gnu::cold, gnu::noinline]] void set_seldom(Timer& t, std::size_t i, Time now) {
    if ((ended_ >> i & 1U) != 0) t.disarm(i);
    if ((armed_ >> i & 1U) == 0) return;
    t.arm(i, (later_ >> i & 1U) != 0 ? delayed_[i].how : Core::timing_of(static_cast<timer>(i)), now);
  }
  [[gnu::cold]] void begin_timers_now(durable upto) {
    for (std::size_t t = 0; t < Core::timers; ++t)
      if (waits_to_run(t) && delayed_[t].after <= upto.number()) news_ |= 1U << t, armed_ |= 1U << t;
  }
  static std::uint32_t bit_of(timer t) { return 1U << static_cast<unsigned>(t); }

  Storage& storage_;
  struct nothing {};
  [[no_unique_address]] std::conditional_t<Core::rewrites, rewriting, nothing> rewriting_{};
  log_index offered_first_{};
  payloads offered_{};
  bool failed_ = false;
  static constexpr std::uint32_t timers = (1U << Core::timers) - 1;
  static_assert(Core::timers <= 8);
  static constexpr std::uint32_t notice = 1U << 8;
  static constexpr std::uint32_t messages = 1U << 9;
  std::uint32_t news_ = 0;
  std::uint32_t armed_ = 0; // timers whose last word was to arm, and that need not wait (any more)
  std::uint32_t ended_ = 0; // timers that were disarmed since they were set last
  std::uint32_t later_ = 0; // timers whose last word was to arm when a write is durable
  struct delayed {
    std::uint64_t after = 0; // the number of that write
    timing how{};
  };
  delayed delayed_[Core::timers]{};
  std::uint64_t dropped_ = 0;
  std::uint64_t ordered_bytes_ = 0; // counters.bytes at the last sync order
  std::uint64_t ordered_ = 0;       // the last write that it covers
  bounded_queue<advice, capacity> ready_{};
  box_for<outbox, capacity, typename Core::messages> outbox_{};
};

// The same hands, for the flush. After the flush nothing comes between a message and its leaving. So a message
// that may leave at once goes straight to deliver(to, message), and is never stored.
template <class Hands, class Deliver>
class sending_hands {
public:
  sending_hands(Hands& h, Deliver const& deliver) : hands_{h}, deliver_{deliver} {}
  written latest() const { return hands_.latest(); }
  template <class Write>
  written write(Write const& w) {
    return hands_.write(w);
  }
  template <std::same_as<peer> To, advisory_message M>
  void send(To to, M const& m) {
    deliver_(to, m);
  }
  template <std::same_as<peer> To, binding_message M>
  void send(To to, M const& m, written after) {
    hands_.send(to, m, after);
  }
  void arm(typename Hands::timer t) { hands_.arm(t); }
  void disarm(typename Hands::timer t) { hands_.disarm(t); }
  void arm_after(typename Hands::timer t, timing how, written after) { hands_.arm_after(t, how, after); }
  template <class Outcome>
  void report(Outcome const& o) {
    hands_.report(o);
  }

private:
  Hands& hands_;
  Deliver const& deliver_;
};

} // namespace quorate
