// The least state machine: the members that the concept documents and no other, neither copied nor moved. `Lacks`
// takes one member away (0: none), to show that the concept asks for it.
#pragma once

#include "quorate/policy/machine.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace quorate::test {

// The sum of the first bytes of its commands.
template <int Lacks = 0>
class least_machine {
public:
  least_machine() = default;
  least_machine(least_machine const&) = delete;
  least_machine& operator=(least_machine const&) = delete;
  void operator&() const = delete;

  void apply(log_index i, std::span<std::byte const> command) requires(Lacks != 1) {
    if (!command.empty()) sum_ = static_cast<std::uint8_t>(sum_ + std::to_integer<unsigned>(command.front()));
    applied_ = i;
  }
  log_index applied() const requires(Lacks != 2) { return applied_; }
  void begin_save() requires(Lacks != 3) { saved_ = static_cast<std::byte>(sum_); }
  template <class Put>
  save_step save(Put& put) requires(Lacks != 4) {
    return put(std::span<std::byte const>{std::addressof(saved_), 1}) ? save_step::done : save_step::failed;
  }
  void end_save() requires(Lacks != 5) {}
  void begin_restore(log_index at) requires(Lacks != 6) { at_ = at, found_ = 0; }
  bool restore(std::span<std::byte const> piece) requires(Lacks != 7) {
    if (!piece.empty()) restored_ = piece.front();
    found_ += piece.size();
    return found_ <= 1;
  }
  bool end_restore() requires(Lacks != 8) {
    if (found_ != 1) return false;
    sum_ = std::to_integer<std::uint8_t>(restored_), applied_ = at_;
    return true;
  }

private:
  std::uint8_t sum_ = 0;
  log_index applied_{}, at_{};
  std::byte saved_{}, restored_{};
  std::size_t found_ = 0;
};

} // namespace quorate::test
