// expect: quorate: a node_set holds between 1 and 64 nodes
#include "quorate/core/node_set.hpp"

#ifdef REJECT
using set = quorate::node_set<65>;
#else
using set = quorate::node_set<64>;
#endif
static_assert(set{}.empty());
