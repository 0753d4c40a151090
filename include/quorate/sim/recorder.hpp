// The state machine of a simulated node, if the user gives no other: a record of what was applied, from which the
// state of one index can be told from that of any other. And how the simulator gets hold of a user's machine.
#pragma once

#include "quorate/core/little_endian.hpp"
#include "quorate/message/hash.hpp"
#include "quorate/policy/machine.hpp"
#include "quorate/sim/fitting.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace quorate::sim {

// A count, a digest of all that was applied, in its order, and a table of numbers of which each command changes
// one. So a piece of one state and a piece of another make none.
template <class Messages>
class recorder {
public:
  using command = typename Messages::command;
  static constexpr std::size_t rows = 120;

  // Its result is the digest with it.
  std::uint64_t apply(log_index i, command const& c) {
    auto const number = command_fitting<Messages>::number(c);
    ++now_[0];
    hasher h;
    h.number(now_[1]), h.number(i.value), h.number(number);
    now_[1] = h.value();
    now_[2 + static_cast<std::size_t>(now_[1] % (rows - 2))] += now_[1] ^ number;
    at_ = i;
    return now_[1];
  }
  log_index applied() const { return at_; }

  void begin_save() { saved_ = now_, put_ = 0; }
  // A few rows a step.
  template <class Put>
  save_step save(Put& put) {
    std::array<std::byte, 8 * a_step> piece{};
    auto const n = (std::min)(a_step, rows - put_);
    for (std::size_t i = 0; i < n; ++i) write(&piece[8 * i], saved_[put_ + i]);
    if (!put(std::span<std::byte const>{piece}.first(8 * n))) return save_step::failed;
    put_ += n;
    return put_ == rows ? save_step::done : save_step::more;
  }
  void end_save() { put_ = 0; }

  void begin_restore(log_index i) { comes_.clear(), comes_at_ = i; }
  bool restore(std::span<std::byte const> piece) {
    if (piece.size() > 8 * rows - comes_.size()) return comes_.clear(), false;
    comes_.insert(comes_.end(), piece.begin(), piece.end());
    return true;
  }
  bool end_restore() {
    if (comes_.size() != 8 * rows) return false;
    for (std::size_t i = 0; i < rows; ++i) now_[i] = little_endian::get(comes_, 8 * i, 8);
    at_ = comes_at_;
    return true;
  }

  // Of all of it.
  std::uint64_t digest() const {
    hasher h;
    for (auto const n : now_) h.number(n);
    return h.value();
  }

private:
  static constexpr std::size_t a_step = 9;
  static void write(std::byte* to, std::uint64_t n) {
    for (unsigned i = 0; i < 8; ++i) to[i] = static_cast<std::byte>(n >> 8 * i);
  }

  std::array<std::uint64_t, rows> now_{}, saved_{};
  std::size_t put_ = 0;
  log_index at_{};
  std::vector<std::byte> comes_{};
  log_index comes_at_{};
};

// A machine as it is new, and a digest of its state, the same for equal states. Without a digest() of its own that
// is one of what it saves. May be specialised for a machine that needs it.
template <class Machine>
struct machine_fitting {
  static Machine make() { return Machine{}; }
  static std::uint64_t digest(Machine& m) {
    if constexpr (requires { m.digest(); }) {
      return m.digest();
    } else {
      hasher h;
      auto put = [&](std::span<std::byte const> piece) {
        for (auto const b : piece) h.number(static_cast<std::uint8_t>(b)); // wherever it is cut
        return true;
      };
      m.begin_save();
      while (m.save(put) == save_step::more) {}
      m.end_save();
      return h.value();
    }
  }
};

} // namespace quorate::sim
