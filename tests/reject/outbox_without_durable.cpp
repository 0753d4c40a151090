// expect: quorate: the outbox releases only against a `durable` token
// Not even the ticket of the write itself will do: it says that the write was handed over, no more.
#include "quorate/effect/outbox.hpp"
#include "toy.hpp"

void release(quorate::outbox<4, toy::promised>& held, [[maybe_unused]] quorate::written handed_over,
             [[maybe_unused]] quorate::durable synced) {
  auto const deliver = [](auto, auto const&) {};
#ifdef REJECT
  held.release(handed_over, deliver);
#else
  held.release(synced, deliver);
#endif
}
