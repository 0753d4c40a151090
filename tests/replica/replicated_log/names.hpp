// What the files of the suite call the parts of their combination.
#pragma once

#include "quorate/replica/replicated_log.hpp"

namespace quorate {
namespace {

using namespace test;
using protocol = combination::protocol;
using cluster = combination::cluster<>;
static_assert(replicated_log<cluster::replica>);

// Another leader's entry has taken the place of the proposal.
template <class Cluster>
void check_superseded(Cluster& c, std::uint32_t id, std::uint64_t token) {
  CHECK(c.fate_of(id, token) == protocol::of_superseded);
  if (protocol::of_superseded == fate::refused) CHECK(c.reason_of(id, token) == refusal::superseded);
}

} // namespace
} // namespace quorate
