// The conformance suites, all six: the laws of a Storage, a Timer, a Messages policy, a quorum system, a state
// machine and a snapshot store of one's own, to be run from any test framework.
//
//   auto const result = quorate::check::check_storage([] { return my_place{}; });
//   if (!result) report(result.text());
#pragma once

#include "quorate/conform/machine.hpp"
#include "quorate/conform/messages.hpp"
#include "quorate/conform/quorum.hpp"
#include "quorate/conform/snapshot_store.hpp"
#include "quorate/conform/storage.hpp"
#include "quorate/conform/timer.hpp"
