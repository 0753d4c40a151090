// What is committed, given to the state machine in the order of the log.
#pragma once

#include "quorate/core/payloads.hpp"
#include "quorate/replica/body.hpp"
#include "quorate/replica/outcome.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace quorate {

// `Counts`: the bytes that are applied, for whoever saves the machine after so many.
template <class Messages, class Body, bool Counts>
class applying {
public:
  void begin(log_index applied) { index_ = applied; }

  log_index index() const { return index_; } // of the last entry applied
  stamp era() const { return era_; }         // of that entry; nothing before the first
  bool behind(Body const& b) const { return index_ < b.core.commit_index(); }

  std::uint64_t bytes() const { return applied_bytes_; } // of entries applied, since the start; 0 if not counted
  // The machine was restored from a snapshot.
  void jump(snapshot_mark const& to) { index_ = to.at, era_ = to.written_at; }

  // The next run, as much of it as one turn should take. Precondition: behind(). May stop the replica.
  template <class Machine>
  void advance(Body& b, Machine&& machine) {
    QUORATE_ASSERT(behind(b), "nothing is to be applied: all up to ", index_, " is");
    auto const left = b.core.commit_index() - index_;
    auto const run =
        b.log().fit(index_ + 1, left < entries ? static_cast<std::uint32_t>(left) : entries, bytes_at_once);
    auto const taken = run.kind == entry_kind::command ? apply(b, run, machine) : run.count;
    if (taken == 0) return b.stop();
    index_ = index_ + taken;
    era_ = run.written_at;
  }

private:
  static constexpr std::uint32_t entries = 4096; // a turn
  static constexpr std::size_t bytes_at_once = std::size_t{1} << 20;

  // How many were applied: all, or as many as the machine would take. 0: that can't be done.
  template <class Machine>
  std::uint32_t apply(Body& b, entry_run const& run, Machine&& machine) {
    auto const bytes = b.storage.read(run.first, run.count);
    if (!bytes) return 0;
    if constexpr (Counts) applied_bytes_ += bytes->whole().size();
    std::uint32_t taken = 0;
    bool sound = true;
    bool sated = false;
    bytes->for_each([&](payloads::bytes record) {
      if constexpr (requires { machine.sated(); })
        if (sated) return;
      typename Messages::command c{};
      typename Messages::entry_extra extra{};
      if (Messages::decode_entry(record, c, extra))
        machine(applied<Messages>{run.first + taken, run.written_at, c, extra});
      else
        sound = false;
      ++taken;
      if constexpr (requires { machine.sated(); }) sated = machine.sated();
    });
    return sound ? taken : is_no_command(b, run);
  }
  [[gnu::cold]] static std::uint32_t is_no_command(Body& b, entry_run const& run) {
    b.failure = "a committed entry between " + std::to_string(run.first.value) + " and " +
                std::to_string(run.last().value) +
                " is no command of this Messages policy: was it written by another?";
    return 0;
  }

  log_index index_{};
  stamp era_{};
  std::uint64_t applied_bytes_ = 0;
};

} // namespace quorate
