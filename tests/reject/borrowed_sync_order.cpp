// expect: 'this' argument discards qualifiers | 'this' argument to member function 'succeeded' is an lvalue
// An order is used up by its success.
#include "quorate/effect/ticket.hpp"

quorate::durable end(quorate::sync_order order) {
#ifdef REJECT
  return static_cast<quorate::sync_order&>(order).succeeded();
#else
  return static_cast<quorate::sync_order&&>(order).succeeded();
#endif
}
