// expect: is private | calling a private constructor
// Nobody but a sync that has succeeded makes the token that releases messages.
#include "quorate/effect/ticket.hpp"

quorate::durable pass(quorate::sync_order&& order) {
  [[maybe_unused]] auto const number = order.upto();
  [[maybe_unused]] auto const honest = static_cast<quorate::sync_order&&>(order).succeeded();
#ifdef REJECT
  return quorate::durable{number};
#else
  return quorate::durable{honest};
#endif
}
