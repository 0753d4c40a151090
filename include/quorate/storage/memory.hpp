// A log in memory, with a durable mark: for tests, simulators and measurements, and for nodes whose machine is their
// disk. A crash (crash()) takes back what was not synced.
#pragma once

#include "quorate/core/log_shape.hpp"
#include "quorate/policy/storage.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace quorate {

struct memory_options {
  store_identity identity{};    // its incarnation is raised by reopen() and crash()
  std::size_t entries = 1U << 16; // it never holds more; room() says how many still fit
  std::size_t bytes = 1U << 20; // to begin with; more payload than that makes it grow
};

class memory {
public:
  explicit memory(memory_options const& o = {})
      : identity_{o.identity}, capacity_{o.entries}, begins_(std::bit_ceil(o.entries)), arena_(std::bit_ceil(o.bytes)),
        log_{*this} {
    measure();
    undo_.reserve(64);
  }
  // A log whose entries up to `compacted` are gone; only for one that is still empty.
  void start_at(log_index compacted, stamp stamp_there, configuration in_force) {
    shape_ = shape{compacted, stamp_there, in_force};
  }
  memory(memory const& other) : memory{memory_options{}} { *this = other; }
  memory& operator=(memory const& other) {
    identity_ = other.identity_, capacity_ = other.capacity_, begins_ = other.begins_, arena_ = other.arena_;
    shape_ = other.shape_, head_ = other.head_, tail_ = other.tail_, hard_ = other.hard_;
    undo_ = other.undo_, hards_ = other.hards_, removed_ = other.removed_, durable_ = other.durable_;
    measure();
    return *this; // log_ keeps looking at this object
  }

  // The log_view: the shape, and what fits is limited by the bytes that lie together.
  class view {
  public:
    log_index compacted() const { return m_.shape_.compacted(); }
    log_index last() const { return m_.shape_.last(); }
    stamp stamp_at(log_index i) const { return m_.shape_.stamp_at(i); }
    entry_run run_at(log_index i, std::uint32_t max) const { return m_.shape_.run_at(i, max); }
    entry_run fit(log_index i, std::uint32_t max, std::size_t bytes) const { return m_.fit(i, max, bytes); }
    log_index last_not_above(log_index i, stamp s) const { return m_.shape_.last_not_above(i, s); }
    configuration config_at(log_index i) const { return m_.shape_.config_at(i); }
    std::uint64_t room() const { return m_.capacity_ - (last() - compacted()); }

  private:
    friend class memory;
    explicit view(memory const& m) : m_{m} {}
    memory const& m_;
  };

  view const& log() const { return log_; }
  hard_state hard() const { return hard_; }
  store_identity identity() const { return identity_; }

  std::optional<payloads> read(log_index first, std::uint32_t count) {
    auto const from = begin_of(first);
    return payloads::trusted({arena_.data() + physical(from), end_of(first + count - 1) - from}, count);
  }

  bool put(entry_run const& run, payloads const& bytes) {
    configuration config{};
    if (run.kind == entry_kind::configuration && !decode(bytes.front(), config)) return false;
    undo_.push_back({.before = shape_.last(), .tail = tail_});
    lay(run, bytes.whole(), config);
    return true;
  }
  bool truncate(log_index from) {
    undo_.push_back({.before = shape_.last(), .tail = tail_, .removed = true});
    removed_.push_back(copy_from(from));
    if (from <= shape_.last()) tail_ = begin_of(from);
    shape_.truncate(from);
    return true;
  }
  bool put(hard_state const& h) {
    undo_.push_back({.before = shape_.last(), .tail = tail_, .hard = true});
    hards_.push_back(hard_);
    hard_ = h;
    return true;
  }
  bool compact(log_index upto) {
    shape_.compact(upto);
    head_ = upto == shape_.last() ? tail_ : begin_of(upto + 1);
    return true;
  }

  std::optional<durable> sync(sync_order order) {
    auto const now = static_cast<std::size_t>(order.upto() - durable_);
    if (now == undo_.size() && hards_.empty() && removed_.empty()) undo_.clear(); // as almost always
    else forget(now);
    durable_ = order.upto();
    return std::move(order).succeeded();
  }
  std::string failure() const { return {}; }

  // A restart without a loss: the next incarnation.
  void reopen() {
    identity_.incarnation = incarnation_id{identity_.incarnation.value + 1};
    forget(undo_.size());
    durable_ = 0;
  }
  // A power cut: what no sync covered is gone, the newest first.
  void crash() {
    for (; !undo_.empty(); undo_.pop_back()) take_back(undo_.back());
    reopen();
  }

private:
  using shape = basic_log_shape<std::vector<log_span>, std::vector<config_mark>>;
  using offset = std::uint64_t; // into the endless tape of which the arena holds the last piece

  struct removed_run {
    entry_run run{};
    configuration config{};
    offset at{};
    std::vector<std::byte> bytes{};
  };
  struct undo { // how to take one write back
    log_index before{};
    offset tail{};
    bool hard = false;    // the last of hards_ is what it replaced
    bool removed = false; // the last of removed_ is what it truncated
  };

  static bool decode(payloads::bytes in, configuration& out) {
    if (in.size() < configuration::encoded_size) return false;
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < 8; ++i) bits |= std::to_integer<std::uint64_t>(in[i]) << (8 * i);
    out.voters.bits = bits;
    return true;
  }

  void measure() {
    slot_mask_ = begins_.size() - 1;
    byte_mask_ = arena_.size() - 1;
  }
  std::size_t physical(offset o) const { return static_cast<std::size_t>(o & byte_mask_); }
  // Records of one lap lie together: no record straddles the arena's end.
  bool same_lap(offset a, offset b) const { return (a ^ b) <= byte_mask_; }
  offset& begin_of(log_index i) { return begins_.data()[i.value & slot_mask_]; }
  offset begin_of(log_index i) const { return begins_.data()[i.value & slot_mask_]; }
  offset end_of(log_index i) const {
    auto const b = begin_of(i);
    return b + payloads::prefix + payloads::length_at(arena_.data() + physical(b));
  }

  entry_run fit(log_index first, std::uint32_t max, std::size_t bytes) const {
    auto const run = shape_.run_at(first, max);
    auto const from = begin_of(first);
    // The end of the log is what is read almost always, and is seldom cut.
    if (tail_ - from <= bytes && same_lap(from, tail_ - 1)) return run;
    return cut(run, bytes);
  }
  [[gnu::noinline]] entry_run cut(entry_run run, std::size_t bytes) const {
    auto const from = begin_of(run.first);
    auto const fits = [&](std::uint32_t n) {
      auto const last = run.first + n - 1;
      return same_lap(begin_of(last), from) && end_of(last) - from <= bytes;
    };
    if (fits(run.count)) return run;
    std::uint32_t low = 1; // the first is always in it
    while (run.count - low > 1) {
      auto const middle = low + (run.count - low) / 2;
      (fits(middle) ? low : run.count) = middle;
    }
    run.count = low;
    return run;
  }

  void lay(entry_run const& run, payloads::bytes bytes, configuration const& config) {
    make_place(bytes.size());
    auto at = physical(tail_);
    auto const lap = tail_ - at;
    auto* const arena = arena_.data();
    std::memcpy(arena + at, bytes.data(), bytes.size());
    auto* const begins = begins_.data();
    auto const mask = slot_mask_;
    for (auto i = run.first.value, end = i + run.count; i != end; ++i) {
      begins[i & mask] = lap + at;
      at += payloads::prefix + payloads::length_at(arena + at);
    }
    tail_ = lap + at;
    (void)shape_.put(run, config);
  }
  // Makes tail_ a place where `size` bytes lie together.
  void make_place(std::size_t size) {
    auto const end = tail_ + size - 1;
    if (!same_lap(tail_, end) || end - head_ > byte_mask_) make_place_elsewhere(size);
  }
  [[gnu::noinline]] void make_place_elsewhere(std::size_t size) {
    auto const left = byte_mask_ + 1 - physical(tail_);
    auto const start = size <= left ? tail_ : tail_ + left;
    if (start + size - head_ <= byte_mask_ + 1) tail_ = start;
    else grow(size);
  }
  void grow(std::size_t size) {
    std::vector<std::byte> larger(std::bit_ceil(2 * arena_.size() + size));
    offset at = 0;
    for (auto i = shape_.compacted() + 1; i <= shape_.last(); i = i + 1) {
      auto const n = static_cast<std::size_t>(end_of(i) - begin_of(i));
      std::memcpy(&larger[static_cast<std::size_t>(at)], &arena_[physical(begin_of(i))], n);
      begin_of(i) = at;
      at += n;
    }
    arena_.swap(larger);
    measure();
    head_ = 0;
    tail_ = at;
    for (auto& u : undo_) u.tail = tail_; // places on the old tape mean nothing any more
    for (auto& runs : removed_)
      for (auto& r : runs) r.at = tail_;
  }

  void take_back(undo const& u) {
    if (u.hard) {
      hard_ = hards_.back();
      hards_.pop_back();
    }
    auto const keep = u.before < shape_.compacted() ? shape_.compacted() : u.before;
    if (shape_.last() > keep) shape_.truncate(keep + 1);
    tail_ = u.tail;
    if (shape_.last() == shape_.compacted()) head_ = tail_; // what was compacted may lie behind it
    if (!u.removed) return;
    auto const runs = std::move(removed_.back());
    removed_.pop_back();
    if (!runs.empty()) tail_ = runs.front().at;
    for (auto const& r : runs) lay(r.run, r.bytes, r.config);
  }
  // The oldest n writes can't be taken back any more.
  void forget(std::size_t n) {
    auto const drop = [](auto& v, std::size_t k) { v.erase(v.begin(), v.begin() + static_cast<std::ptrdiff_t>(k)); };
    std::size_t hards = 0, removed = 0;
    for (std::size_t i = 0; i < n; ++i) hards += undo_[i].hard ? 1 : 0, removed += undo_[i].removed ? 1 : 0;
    drop(hards_, hards);
    drop(removed_, removed);
    drop(undo_, n);
  }

  std::vector<removed_run> copy_from(log_index from) {
    std::vector<removed_run> out;
    for (auto i = from; i <= shape_.last();) {
      auto const run = fit(i, ~std::uint32_t{0}, ~std::size_t{0});
      auto const bytes = read(run.first, run.count)->whole();
      out.push_back({run, shape_.config_at(run.first), begin_of(run.first), {bytes.begin(), bytes.end()}});
      i = run.last() + 1;
    }
    return out;
  }

  store_identity identity_{};
  std::size_t capacity_;
  std::vector<offset> begins_; // of entry i's record, at i modulo the size
  std::vector<std::byte> arena_;
  shape shape_{};
  offset head_ = 0; // the first byte still needed
  offset tail_ = 0;
  hard_state hard_{};
  std::vector<undo> undo_; // what no sync has covered, oldest first: one for each write
  std::vector<hard_state> hards_;
  std::vector<std::vector<removed_run>> removed_;
  std::uint64_t durable_ = 0; // writes that a sync has covered
  std::size_t slot_mask_ = 0;
  std::size_t byte_mask_ = 0;
  view log_;
};

static_assert(storage<memory>);

} // namespace quorate
