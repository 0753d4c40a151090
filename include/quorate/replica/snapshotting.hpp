// Snapshots of one replica: it saves its machine's state and lets go of the log behind it, fetches a snapshot when
// its core wants one, and sends them to others.
#pragma once

#include "quorate/replica/applying.hpp"
#include "quorate/replica/body.hpp"
#include "quorate/replica/fetching.hpp"
#include "quorate/replica/restoring.hpp"
#include "quorate/replica/serving.hpp"
#include "quorate/replica/without_snapshots.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace quorate {

// One thing at a time is done with the store: a save, a fetch, or the seal that ends either. What is wanted
// meanwhile is wanted again: an offer is repeated, and a save that is due stays due.
template <class Body, snapshot_store Store>
class snapshotting {
  using bytes = std::span<std::byte const>;
  static constexpr std::size_t nodes = Body::core_type::options::limit.nodes;
  static constexpr bool parted = parted_snapshot_store<Store>;
  static constexpr bool drops_in_parts = parted && requires(Store & s, snapshot_id id) { s.prepare_drop(id); };

public:
  using time = typename Body::time;
  using pending_seal = typename pending_seal_of<Store>::type;

  snapshotting(Store& s, Body const& b, replica_config const& c)
      : store_{s}, options_{c.compaction}, fetch_{s, b.incarnation(), c.transfer.patience},
        serve_{s, b.incarnation(), within_frames(c.transfer, b.carried())} {}

  // Before the core is made.
  template <class Machine>
  static complaint start(Body& b, Store& s, Machine& m, log_index& applied) {
    return detail::start_from_snapshot(b, s, m, applied);
  }
  complaint misfit_of_new_log() const {
    auto const s = store_.newest();
    if (!s) return std::nullopt;
    return sentence(
        {"the log is empty, and there is a snapshot at index ", s->mark.at.value,
         ": the log was lost, and with it what this node has promised; bring it back, or give this node "
         "an empty directory and a new id"});
  }
  void begin(Body const& b, log_index applied) {
    applied_ = began_at_ = applied;
    if (auto const s = store_.newest()) newest_ = s->mark.at;
    untidy_ = newest_ != log_index{}; // a crash may have come between a seal and what follows it
    set_triggers(b);
  }

  // --- messages, and what the core reports
  void take(Body&, peer n, snapshot_ask const& m, payloads) {
    asks_[n.place.value] = {n, m};
    moving_ = asked_ = true;
  }
  template <class M> // a head or a piece
  void take(Body& b, peer n, M const& m, payloads p) {
    if (p.count() != 1) return void(++b.counters.dropped_in);
    bool const came = fetch_.under_way();
    fetch_.heard(n, m, p.front(), ask(b));
    if (fetch_.complete())
      has_come();
    else if (came && !fetch_.under_way())
      note_failure(); // an offer that comes begins anew
  }
  void heed(Body& b) {
    auto const at = std::exchange(b.hands.wanted_snapshot, {});
    if (at == log_index{} || stage_ != stage::idle || restoring_) return;
    moving_ = true;
    if (fetch_.want(b.leader(), b.core.era(), at, ask(b))) install(b, b.core.era());
  }

  // --- collect: pieces leave, and time passes
  bool moves() const { return moving_; }
  template <class Send>
  [[gnu::cold, gnu::noinline]] void move(Body& b, Send& send) {
    auto const say = [&](peer to, auto const& m, bytes record) { send(b.id_of(to), m, framed(record)); };
    if (std::exchange(asked_, false))
      for (auto& a : asks_)
        if (auto const [who, what] = std::exchange(a, {}); who != peer{})
          serve_.heard(who, what, b.core.leads() ? b.core.era() : stamp{}, say);
    if (!next_tick_) {
      next_tick_ = b.timer.after(timing::heartbeat, b.now);
    } else if (!(b.now < *next_tick_)) {
      next_tick_ = b.timer.after(timing::heartbeat, b.now);
      if (fetch_.under_way() && fetch_.era() != b.core.era()) fetch_.end();
      fetch_.tick(ask(b));
      serve_.tick(say);
    }
    moving_ = fetch_.under_way() || serve_.busy();
    if (moving_) return;
    next_tick_.reset();
    if (stage_ == stage::idle) tidy(b); // what was being sent may go now
  }

  // --- release: a machine is saved, or restored
  bool restores() const { return restoring_.has_value(); }
  // Has it something to do with the machine?
  bool works(log_index applied, std::uint64_t applied_bytes) const {
    return is_due(applied, applied_bytes) || stage_ == stage::saving || restoring_ || untidy_;
  }
  template <class Applying, class Machine>
  [[gnu::cold, gnu::noinline]] void work(Body& b, Applying& a, Machine& m) {
    applied_ = a.index(), applied_bytes_ = a.bytes();
    if (untidy_ && newest_ <= b.core.commit_index()) untidy_ = false, tidy(b); // it is known only by and by
    if (restoring_)
      restore(b, a, m);
    else if (stage_ == stage::saving)
      save(b, m);
    else if (is_due(applied_, applied_bytes_) && stage_ == stage::idle && !fetch_.under_way() &&
             applied_ > newest_)
      begin_save(b, m);
  }
  void ask_for_save() { next_at_ = {}, again_ = stage_ != stage::idle; }

  // --- the seal
  std::optional<pending_seal> start_seal(Body& b) {
    if (b.stopped || is_out_) return std::nullopt;
    std::optional<pending_seal> p;
    if (stage_ == stage::to_seal) {
      stage_ = stage::sealing;
      if constexpr (parted) p = store_.prepare_seal();
      if (!p) end_seal(b, !parted && store_.seal());
    } else if (drop_due_) {
      p = next_drop();
      drop_due_ = p.has_value(); // there may be more
    }
    is_out_ = p.has_value();
    return p;
  }
  void sealed(Body& b, pending_seal p) {
    is_out_ = false;
    bool done = false;
    if constexpr (parted) done = store_.finish_seal(std::move(p));
    if (stage_ == stage::sealing) return end_seal(b, done);
    if (!done) note_failure();
  }

  // --- what is known
  // Why entries up to there are to stay, or nullptr.
  char const* keeps(log_index upto, bool) const {
    return upto <= newest_ ? nullptr : "no whole snapshot reaches so far: save() makes one";
  }
  bool pending(time const&) const {
    bool const to_start = !is_out_ && (stage_ == stage::to_seal || drop_due_);
    return asked_ || restoring_ || stage_ == stage::saving || to_start;
  }
  template <class F>
  void deadlines(F&& f) const {
    if (next_tick_) f(*next_tick_);
  }
  snapshot_status status() const {
    auto s = told_;
    s.newest = newest_;
    s.saving = stage_ != stage::idle && !fetched_in_;
    s.fetching = fetch_.under_way() || fetched_in_ || restoring_;
    s.sending = serve_.busy();
    return s;
  }
  std::string_view failure() const { return failure_; }

private:
  enum class stage : std::uint8_t { idle, saving, to_seal, sealing };
  static constexpr log_index never_at{~std::uint64_t{0}};

  static transfer_limits within_frames(transfer_limits l, std::size_t carried) {
    l.piece = (std::max)(std::size_t{1}, (std::min)(l.piece, carried - payloads::prefix));
    return l;
  }
  bool is_due(log_index applied, std::uint64_t applied_bytes) const {
    return applied >= next_at_ || applied_bytes >= next_bytes_;
  }
  static auto ask(Body& b) {
    return [&b](peer to, snapshot_ask const& m) { b.hands.send(to, m); };
  }
  payloads framed(bytes record) {
    frame_.resize(payloads::prefix + record.size());
    payloads::put_length(frame_.data(), static_cast<std::uint32_t>(record.size()));
    std::copy(record.begin(), record.end(), frame_.begin() + payloads::prefix);
    return payloads::trusted(frame_, 1);
  }

  void has_come() {
    auto const era = fetch_.era();
    if (!fetch_.checked()) return; // an offer that comes begins anew
    fetched_in_ = era, stage_ = stage::to_seal;
  }
  void end_seal(Body& b, bool done) {
    auto const era = std::exchange(fetched_in_, std::nullopt);
    stage_ = stage::idle;
    if (!done) return failed(b);
    newest_ = store_.newest()->mark.at;
    ++(era ? told_.fetched : told_.saved);
    set_triggers(b);
    if (era) install(b, *era);
    tidy(b);
  }
  // The core decides whether the newest one is still wanted in that era.
  void install(Body& b, stamp era) {
    auto const s = store_.newest();
    auto const before = b.log().compacted();
    b.step(installable{era, s->mark});
    if (b.log().compacted() != before) restoring_.emplace(*s);
  }

  template <class Machine>
  void begin_save(Body& b, Machine& m) {
    auto const at = applied_;
    keep_ = entries_in(options_.keep_bytes);
    auto const entry = b.ids.record();
    if (!store_.begin({at, b.log().stamp_at(at), b.ids.config()}, bytes{entry}.subspan(payloads::prefix)))
      return failed(b);
    m.begin_save();
    stage_ = stage::saving, began_at_ = at, began_bytes_ = applied_bytes_;
    save(b, m);
  }
  template <class Machine>
  void save(Body const& b, Machine& m) {
    std::size_t written = 0;
    auto put = [&](bytes piece) { return written += piece.size(), store_.write(piece); };
    auto came = save_step::more;
    for (int i = 0; i < steps_a_turn && came == save_step::more && written < options_.step; ++i)
      came = m.save(put);
    if (came == save_step::more) return;
    m.end_save();
    if (came == save_step::failed) return failed(b);
    stage_ = stage::to_seal;
  }
  template <class Applying, class Machine>
  void restore(Body& b, Applying& a, Machine& m) {
    auto const& mark = restoring_->mark();
    auto const came = a.index() < mark.at ? restoring_->step(store_, m, options_.step) : save_step::done;
    if (came == save_step::more) return;
    if (came == save_step::failed) return b.stop(restoring_->why(store_));
    if (a.index() < mark.at) a.jump(mark);
    applied_ = a.index(), began_at_ = applied_, began_bytes_ = applied_bytes_;
    restoring_.reset();
    set_triggers(b);
  }
  // The next one comes after as much again.
  [[gnu::cold]] void failed(Body const& b) {
    stage_ = stage::idle;
    note_failure();
    began_at_ = applied_, began_bytes_ = applied_bytes_;
    set_triggers(b);
  }
  [[gnu::cold]] void note_failure() {
    ++told_.failed;
    failure_ = std::string{store_.failure()};
  }
  void set_triggers(Body const& b) {
    next_at_ = options_.entries == 0 ? never_at : began_at_ + options_.entries;
    // When half of the room is used that the log has left: in a full log nothing is proposed, nor applied.
    auto const room = b.log().room() / 2;
    if (room < never_at - began_at_) next_at_ = (std::min)(next_at_, began_at_ + (room > 0 ? room : 1));
    if (std::exchange(again_, false)) next_at_ = {};
    auto const newest = store_.newest();
    auto const size = (std::max)(options_.bytes, newest ? newest->size : 0);
    next_bytes_ = options_.bytes == 0 ? ~std::uint64_t{0} : began_bytes_ + size;
  }
  // As large as they were since the last save.
  std::uint64_t entries_in(std::uint64_t size) const {
    auto const entries = applied_ > began_at_ ? applied_ - began_at_ : 1;
    return size / ((std::max<std::uint64_t>)(1, (applied_bytes_ - began_bytes_) / entries));
  }

  std::optional<pending_seal> next_drop() {
    if constexpr (drops_in_parts)
      if (auto const newest = store_.newest())
        for (auto s = store_.before(newest->id); s; s = store_.before(s->id))
          if (!serve_.in_use(s->id)) return store_.prepare_drop(s->id);
    return std::nullopt;
  }
  // Older snapshots go, and the log behind the newest one but for a tail. What is being sent stays, and so does
  // what its receiver needs next.
  void tidy(Body& b) {
    auto const newest = store_.newest();
    if (!newest || b.stopped) return;
    // None stay where room is short: in a full log nothing is proposed, so there would be no next save.
    auto const keep = b.log().room() > Body::core_type::options::limit.reserve + keep_ ? keep_ : 0;
    auto upto = newest->mark.at.value > keep ? log_index{newest->mark.at.value - keep} : log_index{};
    for (auto s = store_.before(newest->id); s;) {
      auto const next = store_.before(s->id);
      if (serve_.in_use(s->id))
        upto = (std::min)(upto, s->mark.at);
      else if (drops_in_parts)
        drop_due_ = true;
      else if (!store_.drop(s->id))
        note_failure();
      s = next;
    }
    upto = (std::min)({upto, b.core.commit_index(), applied_});
    if (upto > b.log().compacted() && !b.storage.compact(upto)) b.stop();
  }

  static constexpr int steps_a_turn = 64;

  Store& store_;
  compaction_options options_;
  snapshot_fetch<Store> fetch_;
  snapshot_serve<Store, nodes> serve_;
  struct asked_by {
    peer who{};
    snapshot_ask what{};
  };
  std::array<asked_by, nodes> asks_{}; // the last one of each peer: it acknowledges what those before it did
  bool asked_ = false;                 // there are some
  bool moving_ = false;                // something is on its way, here or there
  std::optional<time> next_tick_{};
  std::vector<std::byte> frame_{};

  stage stage_ = stage::idle;
  bool is_out_ = false;               // a seal or a drop is waited for
  bool drop_due_ = false;             // there is something to drop, in parts
  std::optional<stamp> fetched_in_{}; // what is to be sealed was fetched, in that era
  std::optional<detail::restoring> restoring_{};
  log_index newest_{}; // of the newest whole snapshot
  log_index applied_{};
  std::uint64_t applied_bytes_ = 0;
  log_index began_at_{}; // the last save, or what took its place
  std::uint64_t began_bytes_ = 0;
  log_index next_at_ = never_at; // when the next one is due
  std::uint64_t next_bytes_ = ~std::uint64_t{0};
  bool again_ = false;     // the host has asked for a save during another one
  std::uint64_t keep_ = 0; // entries behind the newest snapshot that stay
  bool untidy_ = false;    // what the newest one covers may still be there
  snapshot_status told_{};
  std::string failure_{};
};

namespace detail {
template <class Body, class Store>
requires(snapshot_store<Store>) struct snapshotting_of<Body, Store> {
  using type = snapshotting<Body, Store>;
};
} // namespace detail

} // namespace quorate
