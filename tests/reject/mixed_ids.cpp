// expect: no match for 'operator==' | invalid operands to binary expression
// Numbers of two kinds do not compare.
#include "quorate/core/id.hpp"

bool same(quorate::node_id node, [[maybe_unused]] quorate::node_index index) {
#ifdef REJECT
  return node == index;
#else
  return node == node;
#endif
}
