// KEYS and SCAN: a walk through all keys, a slice at a time, so that whoever serves the store serves others too.
#pragma once

#include "quorate/service/glob.hpp"
#include "quorate/service/key_value.hpp"
#include "quorate/service/operation.hpp"
#include "quorate/service/reply_sink.hpp"
#include "quorate/service/work_budget.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace quorate::service {

// Between two steps the store may change in any way. What holds all the same:
//   * A key that fits the pattern and is there all the while is answered. That while is, of KEYS, from the first
//     step to the last; of an iteration by SCAN, from the first step with cursor 0 to the last step of the SCAN
//     that answers cursor 0.
//   * What is answered was there at a moment of that while. A key that came or went meanwhile is answered or not.
//   * No key is answered twice, for the walk goes one way in an order that doesn't change.
//
// Within the walk a place is a hash and a key. A cursor is a hash alone, so a SCAN ends only between two hashes,
// and keys of one hash are answered together, beyond COUNT and `most` if need be. Two such keys are found by
// trying 2^26 of them, eight only by 2^45 (key_value::hash_of); and were there more than `group_slack` bytes of
// them beyond `most`, the answer would be an error. So no client's keys make a node hold more than that.
class key_walk {
public:
  // Units of work after which a SCAN ends by itself, whatever its COUNT: a quarter of a million keys, or fewer.
  // The client goes on with the cursor.
  static constexpr std::uint64_t scan_work = std::uint64_t{64} << 20;
  static constexpr std::size_t group_slack = std::size_t{1} << 20;

  // `operation` encodes a keys or a scan; of other bytes the answer is an error. `most` bounds the answer: its
  // bytes, with `framing` for each key. KEYS refuses to answer with more, SCAN ends with the key that
  // is the first beyond. Costs no more than to copy the operation.
  static constexpr std::size_t framing = 8;
  explicit key_walk(std::string_view operation, std::size_t most = key_value::no_bound)
      : operation_{operation}, most_{most} {}

  // Goes on. True: the answer is known. False: the budget is used up. The last thing costs at most `last_thing`
  // units, and one for each byte of the longest key.
  static constexpr std::uint64_t last_thing = 700'000;
  bool step(key_value const& store, work_budget& budget);

  // Writes the answer, from where the last call stopped. True: it is whole. False: the budget is used up; the last
  // thing is one key. What has been written is let go of. Precondition: step() has said true.
  template <reply_sink Out>
  bool answer(Out& out, work_budget& budget);
  template <reply_sink Out>
  void answer(Out& out) {
    work_budget all{~std::uint64_t{0}};
    answer(out, all);
  }

  // The memory that it holds.
  std::size_t bytes() const {
    return sizeof *this + operation_.capacity() + key_.capacity() + held_ + (pattern_ ? pattern_->bytes() : 0);
  }

private:
  enum class phase : std::uint8_t { unread, walking, walked, answering };

  static constexpr std::size_t chunk = std::size_t{64} << 10;
  // A key is looked at (the next of many is not in the cache), taken, and written; besides its bytes.
  static constexpr std::uint64_t key_cost = 250;
  static constexpr std::size_t least_piece = 256;

  bool is_scan() const { return code_ == op_code::scan; }
  void finish(std::uint64_t cursor) {
    next_ = cursor;
    phase_ = phase::walked;
  }
  bool refuse(std::string_view error) {
    error_ = error;
    found_.clear();
    held_ = 0;
    finish(0);
    return false;
  }
  bool start(work_budget& budget);
  bool walk(key_value const& store, work_budget& budget);
  bool match(std::uint64_t hash, std::string_view key, work_budget& budget);
  bool pass(std::uint64_t hash, std::string_view key, work_budget& budget);
  void take(std::string_view key);
  void stand_at(std::uint64_t hash, std::string_view key) {
    hash_ = hash;
    if (key_ != key) key_ = key;
  }
  bool spend(work_budget& budget, std::uint64_t units) {
    work_ += units;
    return budget.spend(units);
  }
  // Of a SCAN: whether it ends at the next hash. It never ends where it began.
  bool enough() const {
    return is_scan() && seen_ > 0 && (seen_ >= count_ || answer_ > most_ || work_ > scan_work);
  }

  std::string operation_;
  std::size_t most_;
  phase phase_ = phase::unread;
  op_code code_{};
  std::string_view error_{};
  std::optional<glob_pattern> pattern_{};
  std::uint64_t count_ = 0; // of a SCAN: how many keys to look at

  // Where the walk stands: at a key that it has not looked at, or of which it has read the first `read_` bytes.
  std::uint64_t hash_ = 0;
  std::string key_{};
  std::size_t read_ = 0;
  glob_pattern::progress progress_{};

  std::uint64_t previous_ = 0; // the hash of the last key that was looked at; no key has 0
  std::uint64_t seen_ = 0;
  std::uint64_t work_ = 0;
  std::size_t answer_ = 0; // bytes, with the framing
  std::uint64_t next_ = 0; // the cursor to answer

  // Each key behind its length. In chunks: to grow one string would move all of it at times.
  std::deque<std::string> found_{};
  std::size_t found_keys_ = 0;
  std::size_t held_ = 0;    // bytes of found_
  std::size_t written_ = 0; // of found_.front()
};

inline bool key_walk::step(key_value const& store, work_budget& budget) {
  if (phase_ == phase::unread && !start(budget)) return phase_ == phase::walked;
  return phase_ != phase::walking || walk(store, budget);
}

// Whether there is something to walk for, and time.
inline bool key_walk::start(work_budget& budget) {
  auto const bytes = std::exchange(operation_, {});
  auto op = decode_operation(bytes);
  if (!op) return refuse("ERR malformed operation");
  if (!is_walk(op->code)) return refuse("ERR only KEYS and SCAN walk through the keys");
  auto const pattern = op->arguments.next();
  pattern_ = glob_pattern::compile(pattern);
  if (!pattern_) return refuse(glob_pattern::too_long);
  code_ = op->code;
  hash_ = op->numbers[0];
  count_ = op->numbers[1];
  phase_ = phase::walking;
  return spend(budget, glob_pattern::compile_cost(pattern.size()));
}

inline bool key_walk::walk(key_value const& store, work_budget& budget) {
  spend(budget, 2000 + key_.size()); // to find the place again
  bool time = true;                  // for one key at least
  bool stopped = false;
  store.visit_from(hash_, key_, [&](std::uint64_t hash, std::string_view key) {
    if (read_ == 0 && enough() && hash != previous_) return finish(hash), false;
    if (time && match(hash, key, budget)) {
      time = pass(hash, key, budget);
      return phase_ == phase::walking;
    }
    stand_at(hash, key);
    stopped = true;
    return false;
  });
  if (!stopped && phase_ == phase::walking) finish(0);
  return phase_ == phase::walked;
}

// Whether it is known if the key fits; else the budget is used up in its midst.
inline bool key_walk::match(std::uint64_t hash, std::string_view key, work_budget& budget) {
  if (read_ == 0 || hash != hash_ || key != key_) {
    progress_ = pattern_->begin();
    read_ = 0;
  }
  auto const room = (std::max<std::uint64_t>)(least_piece, budget.left / pattern_->step_cost());
  auto const piece = key.substr(read_, static_cast<std::size_t>((std::min<std::uint64_t>)(room, key.size())));
  auto const read = pattern_->read(progress_, piece);
  spend(budget, read * pattern_->step_cost());
  read_ += read;
  if (progress_.decided() || read_ == key.size()) return true;
  budget.left = 0;
  return false;
}

// Behind a key. Whether there is time for the next.
inline bool key_walk::pass(std::uint64_t hash, std::string_view key, work_budget& budget) {
  bool const group = hash == previous_;
  read_ = 0;
  previous_ = hash;
  ++seen_;
  if (!progress_.matches()) return spend(budget, key_cost);
  take(key);
  if (answer_ > most_ && !is_scan()) return refuse("ERR the answer would be too large: use SCAN");
  if (group && answer_ > most_ && answer_ - most_ > group_slack)
    return refuse("ERR the keys of one hash are too many for one answer: use a narrower pattern");
  return spend(budget, 2 * key_cost + key.size() / 4);
}

inline void key_walk::take(std::string_view key) {
  answer_ += key.size() + framing;
  ++found_keys_;
  bool const fresh = found_.empty() || found_.back().size() + key.size() > chunk;
  if (fresh) found_.emplace_back();
  auto& last = found_.back();
  auto const before = fresh ? 0 : last.capacity();
  op_detail::put_varint(last, key.size());
  last.append(key);
  held_ += last.capacity() - before;
}

template <reply_sink Out>
bool key_walk::answer(Out& out, work_budget& budget) {
  QUORATE_ASSERT(phase_ != phase::unread && phase_ != phase::walking, "key_walk: the answer is not known yet");
  if (phase_ == phase::walked) {
    phase_ = phase::answering;
    if (!error_.empty()) return out.error(error_), true;
    if (is_scan()) {
      out.array(2);
      out.bulk(std::to_string(next_));
    }
    out.array(found_keys_);
  }
  while (!found_.empty()) {
    auto rest = std::string_view{found_.front()}.substr(written_);
    auto const key = *op_detail::take_string(rest);
    out.bulk(key);
    auto const units = key_cost + key.size() / 4;
    written_ = found_.front().size() - rest.size();
    if (rest.empty()) {
      held_ -= found_.front().capacity();
      found_.pop_front();
      written_ = 0;
    }
    if (!budget.spend(units)) break;
  }
  return found_.empty();
}

} // namespace quorate::service
