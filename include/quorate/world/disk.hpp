// A disk as a value, for hosts (host.hpp): the shape of a log and the hard state.
//
// A disk has
//   write               a variant of what a core writes
//   carry_out(write)    for each of these; false if the disk can't
//   log, hard           if the core is one of a log; else what the core is started from is the disk itself
//   found(voters)       of a log: lays the founding configuration down
//   payload             what travels beside a message; payload_of(message) says it
//   offer(payload)      what comes with the next step's event; at_hand() is that
//   box<Room, M...>     in the place of the shipped outbox; may be left out
#pragma once

#include "quorate/core/log_shape.hpp"

#include <cstddef>
#include <variant>

namespace quorate::world {

// What travels beside a message that brings no values.
struct no_payload {
  friend constexpr bool operator==(no_payload, no_payload) = default;
};
struct without_payload {
  using payload = no_payload;
  template <class M>
  static constexpr payload payload_of(M const&) {
    return {};
  }
  static constexpr void offer(payload) {}
  static constexpr payload at_hand() { return {}; }
  friend constexpr bool operator==(without_payload const&, without_payload const&) = default;
};

template <std::size_t Runs>
struct shape_disk : without_payload {
  using log_type = log_shape<Runs>;
  using write = std::variant<hard_state, entry_run, truncation>;
  log_type log{};
  hard_state hard{};
  constexpr void found(configuration const& voters) {
    (void)log.put({log_index{1}, 1, stamp{}, entry_kind::configuration}, voters);
  }
  constexpr bool carry_out(hard_state const& w) { return hard = w, true; }
  constexpr bool carry_out(truncation const& w) { return log.truncate(w.from), true; }
  // A configuration entry is one of those that were there from the start.
  constexpr bool carry_out(entry_run const& w) { return log.put(w, log.config_at(log.last())); }
  friend constexpr bool operator==(shape_disk const&, shape_disk const&) = default;
};

} // namespace quorate::world
