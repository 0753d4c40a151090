// expect: quorate: raft: not one of its keywords
#include "quorate/raft/options.hpp"

using quorate::majority;
using by_majority = quorate::quorum<majority>;
#ifdef REJECT
using chosen = quorate::raft::options<majority>;
#else
using chosen = quorate::raft::options<by_majority>;
#endif
static_assert(chosen::reads);
