// What can be done to a cluster: the choices of a run. A list of them replays it without any chance.
#pragma once

#include "quorate/core/config.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace quorate::sim {

enum class act : std::uint8_t {
  deliver, // the message from `peer` whose content is `match`; `flag`: a copy of it stays on its way
  turn,    // at the node's own time `match`; `flag`: a turn_steps
  sync,    // the one in flight at place `argument` ends; `flag`: a sync_end
  crash,   // `argument` groups of what no sync covered are kept; `flag`: and a snapshot whose seal is on its way
  restart,
  propose, // the command with number `argument`
  read,
  compact, // up to `argument`, or as far as all can bear; with snapshots: the machine is to be saved
  trouble, // `argument`: a disk_trouble, until the next start
  wipe,    // the node, which is down, gets an empty disk
  damage,  // the record of entry `argument` can't be read any more
  abandon, // it is never to come back
  renew,   // everything begins anew: a decision was made
  seal,    // the snapshot that is being sealed has been; `flag`: a sync_end
  rot,     // the newest snapshot, at byte `argument`, counted round and round
};
inline constexpr act last_enumerator(act) { return act::rot; }

constexpr std::string_view name_of(act a) {
  constexpr std::string_view names[] = {"deliver", "turn",    "sync",    "crash",   "restart",
                                        "propose", "read",    "compact", "trouble", "wipe",
                                        "damage",  "abandon", "renew",   "seal",    "rot"};
  return names[static_cast<std::uint8_t>(a)];
}

enum class sync_end : std::uint8_t {
  well,
  failed,
  untold, // it has succeeded, and nobody was told: the power is about to go
};

enum class turn_steps : std::uint8_t {
  collect = 1,   // the power is about to go
  and_order = 2, // likewise, with a sync in flight
  all = 3,
  no_order = 4, // all but start_sync: enough syncs are in flight
};

struct action {
  act what{};
  std::uint8_t node = 0; // its place: 0, 1 ...
  std::uint8_t peer = 0;
  std::uint8_t flag = 0;
  std::uint32_t argument = 0;
  std::uint64_t time = 0; // true time
  std::uint64_t match = 0;
  friend bool operator==(action const&, action const&) = default;
};
using schedule = std::vector<action>;

} // namespace quorate::sim
