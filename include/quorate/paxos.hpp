// Single-decree Paxos (Lamport, "Paxos Made Simple", 2001) and CASPaxos (Rystsov, "CASPaxos: Replicated State
// Machines without logs", 2018): what a user includes.
#pragma once

#include "quorate/paxos/change.hpp"
#include "quorate/paxos/invariant.hpp"
#include "quorate/paxos/node.hpp"
