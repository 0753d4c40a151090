// A disk as a value, for hosts (host.hpp): the shape of a log and the hard state.
//
// A disk has
//   write               a variant of what a core writes
//   carry_out(write)    for each of these; false if the disk can't
//   log, hard           if the core is one of a log; else what the core is started from is the disk itself
//   found(config)       of a log: lays that configuration down as its first entry
//   places_move         of a log: a constant, true if members have other places than founders have; may be left
//                       out
//   payload             what travels beside a message; payload_of(message) says it
//   offer(payload)      what comes with the next step's event; at_hand() is that
//   box<Room, M...>     in the place of the shipped outbox; may be left out
#pragma once

#include "quorate/core/log_shape.hpp"
#include "quorate/raft/hard.hpp"

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

// `Hard`: what the core keeps beside the log, C::hard_type. `Configs`: how many entries may be configurations.
template <std::size_t Runs, class Hard = raft::term_and_vote, std::size_t Configs = 1>
struct shape_disk : without_payload {
  using log_type = log_shape<Runs, Configs>;
  using write = std::variant<Hard, entry_run, truncation, installation>;
  log_type log{};
  Hard hard{};
  constexpr void found(configuration const& config) {
    (void)log.put({log_index{1}, 1, stamp{}, entry_kind::configuration}, config);
  }
  constexpr bool carry_out(Hard const& w) { return hard = w, true; }
  constexpr bool carry_out(truncation const& w) { return log.truncate(w.from), true; }
  constexpr bool carry_out(installation const& w) { return log.install(w.mark, above_mark::if_agreeing), true; }
  // A configuration entry is one of those that were there from the start.
  constexpr bool carry_out(entry_run const& w) { return log.put(w, log.config_at(log.last())); }
  friend constexpr bool operator==(shape_disk const&, shape_disk const&) = default;
};

// Hosts are members: host h is the one of number h + 1. So where all are founders, a host's number is its place.
constexpr member_id member_of(node_index host) { return founder_at(host); }
constexpr node_index host_of(peer p) { return founded_place(p.member); }

template <class Disk>
inline constexpr bool places_move = false;
template <class Disk>
requires requires { requires Disk::places_move; }
inline constexpr bool places_move<Disk> = true;

// As whom a host is known where that configuration is in force.
constexpr peer peer_in(configuration const& config, node_index host) {
  auto const who = member_of(host);
  return {config.place_of(who), who};
}

// As whom a host's core starts from that disk.
template <class Disk>
constexpr peer peer_on([[maybe_unused]] Disk const& disk, node_index host) {
  if constexpr (!places_move<Disk>) {
    return host;
  } else if constexpr (requires { disk.hard.chosen; }) {
    auto const& log = disk.log;
    return peer_in(log.config_at(disk.hard.chosen > log.compacted() ? disk.hard.chosen : log.compacted()), host);
  } else {
    return peer_in(disk.log.config_at(disk.log.last()), host);
  }
}

} // namespace quorate::world
