// expect: quorate: raft: the same keyword is given twice; keep one of them
#include "quorate/raft/options.hpp"

using namespace quorate::raft;
#ifdef REJECT
using chosen = options<pre_vote<quorate::off>, pre_vote<quorate::off>>;
#else
using chosen = options<pre_vote<quorate::off>, check_quorum<quorate::off>>;
#endif
static_assert(!chosen::pre_votes);
