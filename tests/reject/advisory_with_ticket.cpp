// expect: quorate: an advisory message asserts nothing and waits for no write
#include "toy.hpp"

void answer(toy::sink& out) {
#ifdef REJECT
  out.send(toy::peer, toy::refused{}, out.latest());
#else
  out.send(toy::peer, toy::promised{}, out.latest());
#endif
}
