// expect: quorate: this type has no wire form
#include "quorate/message/hana.hpp"
#include "quorate/message/messages.hpp"
#include "quorate/raft.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"

struct command {
  int a;
};
struct twin {
  int a;
};
#ifdef REJECT
BOOST_HANA_ADAPT_STRUCT(twin, a);
#else
BOOST_HANA_ADAPT_STRUCT(command, a);
#endif
using namespace quorate;
using node = raft::replica<messages<command>, memory, manual_timer>;
void use(node& n) { (void)n.propose({}); }
