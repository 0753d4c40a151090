// expect: quorate: raft: not one of its keywords
#include "quorate/raft/options.hpp"

using quorate::raft::pre_vote;
template <bool>
struct magic {
  using axis = struct magic_axis;
};
#ifdef REJECT
using chosen = quorate::raft::options<magic<quorate::off>>;
#else
using chosen = quorate::raft::options<pre_vote<quorate::off>>;
#endif
static_assert(chosen::reads);
