// expect: is protected | is a protected member
// Only a sink's owner orders a sync: a storage can't order one for itself that covers more than it was asked for.
#include "quorate/effect/ticket.hpp"

struct owner : quorate::ticket_source {
  std::uint64_t upto() { return order().upto(); }
};

auto sync(owner& source) {
#ifdef REJECT
  return source.order();
#else
  return source.upto();
#endif
}
