// expect: quorate: paxos: ballots_ahead: at most 2^32, because each restart skips as many of 2^56 rounds
#include "quorate/paxos/options.hpp"

#ifdef REJECT
using chosen = quorate::paxos::ballots_ahead<4294967297>;
#else
using chosen = quorate::paxos::ballots_ahead<4294967296>;
#endif
static_assert(chosen::value > 0);
