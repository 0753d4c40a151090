// expect: quorate: a binding message needs the ticket of the write that it asserts
#include "toy.hpp"

void answer(toy::sink& out) {
#ifdef REJECT
  out.send(toy::peer, toy::promised{});
#else
  out.send(toy::peer, toy::refused{});
#endif
}
