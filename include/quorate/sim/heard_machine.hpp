// A state machine whose watcher hears what is done with it.
#pragma once

#include "quorate/policy/machine.hpp"
#include "quorate/replica/outcome.hpp"
#include "quorate/sim/recorder.hpp"

#include <cstdint>
#include <span>

namespace quorate::sim {

// The machine was brought there by a snapshot.
struct machine_restored {
  log_index at{};
  std::uint64_t digest{};
};

// `host` is called with applied<Messages> before each command, and with machine_restored.
template <class Messages, class Machine, class Host>
struct heard_machine {
  Machine& own;
  Host& host;

  decltype(auto) apply(log_index i, typename Messages::command const& c) {
    typename Messages::entry_extra const none{};
    host(quorate::applied<Messages>{i, stamp{}, c, none});
    return own.apply(i, c);
  }
  log_index applied() const { return own.applied(); }
  void begin_save() { own.begin_save(); }
  template <class Put>
  save_step save(Put& put) {
    return own.save(put);
  }
  void end_save() { own.end_save(); }
  void begin_restore(log_index i) { own.begin_restore(i); }
  bool restore(std::span<std::byte const> piece) { return own.restore(piece); }
  bool end_restore() {
    bool const taken = own.end_restore();
    if (taken) host(machine_restored{own.applied(), machine_fitting<Machine>::digest(own)});
    return taken;
  }
};

} // namespace quorate::sim
