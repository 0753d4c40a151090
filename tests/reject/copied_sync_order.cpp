// expect: use of deleted function | call to deleted constructor
// One order, at most one token.
#include "quorate/effect/ticket.hpp"

quorate::sync_order keep(quorate::sync_order order) {
#ifdef REJECT
  return static_cast<quorate::sync_order&>(order);
#else
  return static_cast<quorate::sync_order&&>(order);
#endif
}
