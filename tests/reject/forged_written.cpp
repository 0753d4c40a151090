// expect: is private | calling a private constructor
// Nobody but a sink makes the ticket of a write.
#include "quorate/effect/ticket.hpp"

quorate::written pass(quorate::ticket_source const& source) {
  [[maybe_unused]] auto const honest = source.latest();
  [[maybe_unused]] auto const number = honest.number();
#ifdef REJECT
  return quorate::written{number};
#else
  return quorate::written{honest};
#endif
}
