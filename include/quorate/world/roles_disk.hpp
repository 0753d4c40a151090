// What the roles of a single-decree node have on disk (disk.hpp): the last write of each kind, and no log.
#pragma once

#include "quorate/paxos/node.hpp"
#include "quorate/world/disk.hpp"

#include <variant>

namespace quorate::world {

template <class Value>
struct roles_disk : paxos::recovered<Value>, without_payload {
  using write = std::variant<paxos::acceptor_record<Value>, paxos::ballot_floor>;
  constexpr roles_disk() = default;
  constexpr roles_disk(paxos::acceptor_record<Value> const& a, paxos::ballot_floor p)
      : paxos::recovered<Value>{a, p} {}
  constexpr bool carry_out(paxos::acceptor_record<Value> const& w) { return this->acceptor = w, true; }
  constexpr bool carry_out(paxos::ballot_floor const& w) { return this->proposer = w, true; }
  friend constexpr bool operator==(roles_disk const&, roles_disk const&) = default;
};

} // namespace quorate::world
