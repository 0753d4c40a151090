// expect: BOOST_HANA_ADAPT_STRUCT_must_be_called_in_the | must_be_called_in_the_global_namespace
#include "quorate/message/hana.hpp"
#include "quorate/message/messages.hpp"
#include "quorate/raft.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"

struct command {
  int a;
};
#define inside namespace app
#define outside extern "C++"
#ifdef REJECT
inside {
#else
outside {
#endif
  BOOST_HANA_ADAPT_STRUCT(command, a);
}
using namespace quorate;
using node = raft::replica<messages<command>, memory, manual_timer>;
void use(node& n) { (void)n.propose({}); }
