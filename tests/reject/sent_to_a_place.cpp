// expect: no matching function for call to 'toy::sink::send( | no matching member function for call to 'send'
// What waits must not reach who has that place later.
#include "toy.hpp"

void say(toy::sink& out, [[maybe_unused]] quorate::peer who, [[maybe_unused]] quorate::node_index place) {
#ifdef REJECT
  out.send(place, toy::refused{});
#else
  out.send(who, toy::refused{});
#endif
}
