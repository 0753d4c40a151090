// Transaction commit and two-phase commit as Gray and Lamport specify them ("Consensus on Transaction Commit"):
// models whose counts others have published, to try the explorer on.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace quorate::check {

// Resource managers in one word: four bits each, of which the low two say how far it is.
class managers {
public:
  enum stage : std::uint32_t { working, prepared, committed, aborted };

  constexpr explicit managers(std::uint32_t word) : word_{word} {}
  constexpr std::uint32_t word() const { return word_; }
  constexpr std::uint32_t operator[](std::size_t rm) const { return word_ >> (4 * rm) & 15; }
  constexpr stage at(std::size_t rm) const { return static_cast<stage>((*this)[rm] & 3); }
  constexpr managers with(std::size_t rm, std::uint32_t bits) const {
    return managers{(word_ & ~(15U << (4 * rm))) | bits << (4 * rm)};
  }
  constexpr managers moved(std::size_t rm, stage s) const { return with(rm, ((*this)[rm] & ~3U) | s); }
  constexpr bool any(std::size_t count, stage s) const {
    for (std::size_t rm = 0; rm < count; ++rm)
      if (at(rm) == s) return true;
    return false;
  }

private:
  std::uint32_t word_;
};

// What every commit protocol must look like from outside: a manager commits only when all are prepared or have
// committed, and aborts only while none has committed.
struct transaction_commit {
  std::size_t count;

  static constexpr std::uint32_t first() { return 0; }
  static constexpr std::uint32_t alike(std::uint32_t s) { return s; }
  constexpr bool may(managers m, std::size_t rm, managers::stage to) const {
    auto const from = m.at(rm);
    if (to == managers::prepared) return from == managers::working;
    if (from != managers::prepared && (from != managers::working || to != managers::aborted)) return false;
    if (to == managers::aborted) return !m.any(count, managers::committed);
    return !m.any(count, managers::working) && !m.any(count, managers::aborted);
  }
  template <class Take>
  constexpr void each_step(std::uint32_t s, Take&& take) const {
    for (std::size_t rm = 0; rm < count; ++rm)
      for (auto const to : {managers::prepared, managers::committed, managers::aborted})
        if (may(managers{s}, rm, to))
          take(static_cast<std::uint32_t>(rm) << 2 | to, managers{s}.moved(rm, to).word(), nullptr);
  }
};

// Which managers' names are left out of account when states are counted. `by_stage` sorts the managers by stage
// alone and leaves those of one stage in the order of their names: still exact, but states that differ in those
// names only are counted apart.
enum class symmetry { none, by_stage, full };

// Two-phase commit. Beside its stage, a manager's bits say whether its "prepared" was sent (never lost, never
// used up) and whether the transaction manager has received it; the eighth four bits are the transaction
// manager's, whose decision is the message that it sends.
struct two_phase {
  std::size_t count; // at most 7
  symmetry names = symmetry::none;
  bool hasty = false; // commits without having heard of all: to show that this is noticed

  static constexpr std::uint32_t sent = 4, heard = 8;
  static constexpr std::size_t tm = 7;
  enum action : std::uint32_t { commit, abort, hear, prepare, give_up, obey };
  static constexpr std::uint32_t action_of(std::size_t rm, action a) {
    return static_cast<std::uint32_t>(rm) << 3 | a;
  }

  static constexpr std::uint32_t first() { return 0; }

  template <class Take>
  constexpr void each_step(std::uint32_t s, Take&& take) const {
    managers const m{s};
    auto const step = [&](std::size_t rm, action a, managers to) {
      take(action_of(rm, a), to.word(), wrong(m, to));
    };
    auto const decided = m.at(tm);
    if (decided == managers::working) {
      bool all = true;
      for (std::size_t rm = 0; rm < count; ++rm) all = all && (m[rm] & heard) != 0;
      if (all || hasty) step(tm, commit, m.moved(tm, managers::committed));
      step(tm, abort, m.moved(tm, managers::aborted));
    }
    for (std::size_t rm = 0; rm < count; ++rm) {
      if (decided == managers::working && (m[rm] & sent) != 0) step(rm, hear, m.with(rm, m[rm] | heard));
      if (m.at(rm) == managers::working) {
        step(rm, prepare, m.moved(rm, managers::prepared).with(rm, managers::prepared | sent));
        step(rm, give_up, m.moved(rm, managers::aborted));
      }
      if (decided != managers::working) step(rm, obey, m.moved(rm, decided));
    }
  }

  // Two-phase commit is a transaction commit: what a step does to the managers' stages, if anything, is a step
  // of that.
  constexpr char const* wrong(managers before, managers after) const {
    for (std::size_t rm = 0; rm < count; ++rm)
      if (before.at(rm) != after.at(rm) && !transaction_commit{count}.may(before, rm, after.at(rm)))
        return "a step that no transaction commit takes";
    return nullptr;
  }

  constexpr std::uint32_t alike(std::uint32_t s) const {
    if (names == symmetry::none) return s;
    std::array<std::uint32_t, tm> each{};
    for (std::size_t rm = 0; rm < count; ++rm) each[rm] = managers{s}[rm];
    auto const bits = names == symmetry::full ? 15U : 3U;
    for (std::size_t i = 1; i < count; ++i) // stable, and short enough
      for (auto j = i; j > 0 && (each[j] & bits) < (each[j - 1] & bits); --j) std::swap(each[j], each[j - 1]);
    managers m{s};
    for (std::size_t rm = 0; rm < count; ++rm) m = m.with(rm, each[rm]);
    return m.word();
  }
  // Whether everybody has done what was decided.
  constexpr bool goal(std::uint32_t s) const {
    managers const m{s};
    return !m.any(count, managers::working) && !m.any(count, managers::prepared);
  }
};

} // namespace quorate::check
