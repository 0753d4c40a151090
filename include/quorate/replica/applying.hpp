// What is committed, given to the state machine in the order of the log.
#pragma once

#include "quorate/core/payloads.hpp"
#include "quorate/replica/body.hpp"
#include "quorate/replica/outcome.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace quorate {

template <class Messages, class Body>
class applying {
public:
  void begin(Body const& b) { index_ = b.log().compacted(); }

  log_index index() const { return index_; } // of the last entry applied
  stamp era() const { return era_; }         // of that entry; nothing before the first
  bool behind(Body const& b) const { return index_ < b.core.commit_index(); }

  // The next run, as much of it as one turn should take. Precondition: behind(). May stop the replica.
  template <class Machine>
  void advance(Body& b, Machine&& machine) {
    auto const left = b.core.commit_index() - index_;
    auto const run =
        b.log().fit(index_ + 1, left < entries ? static_cast<std::uint32_t>(left) : entries, bytes_at_once);
    if (run.kind == entry_kind::command && !apply(b, run, machine)) return b.stop();
    index_ = run.last();
    era_ = run.written_at;
  }

private:
  static constexpr std::uint32_t entries = 4096; // a turn
  static constexpr std::size_t bytes_at_once = std::size_t{1} << 20;

  template <class Machine>
  bool apply(Body& b, entry_run const& run, Machine&& machine) {
    auto const bytes = b.storage.read(run.first, run.count);
    if (!bytes) return false;
    auto index = run.first;
    bool sound = true;
    bytes->for_each([&](payloads::bytes record) {
      typename Messages::command c{};
      typename Messages::entry_extra extra{};
      if (Messages::decode_entry(record, c, extra)) machine(applied<Messages>{index, run.written_at, c, extra});
      else sound = false;
      index = index + 1;
    });
    return sound || is_no_command(b, run);
  }
  [[gnu::cold]] static bool is_no_command(Body& b, entry_run const& run) {
    b.failure = "a committed entry between " + std::to_string(run.first.value) + " and " +
                std::to_string(run.last().value) +
                " is no command of this Messages policy: was it written by another?";
    return false;
  }

  log_index index_{};
  stamp era_{};
};

} // namespace quorate
