// expect: quorate: Messages: `command` needs a default constructor
#include "quorate/message/hana.hpp"
#include "quorate/message/messages.hpp"
#include "quorate/raft.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"

struct command {
  int a;
#ifdef REJECT
  command() = delete;
#else
  command() = default;
#endif
  command(int x) : a{x} {}
};
BOOST_HANA_ADAPT_STRUCT(command, a);
using namespace quorate;
using node = raft::replica<messages<command>, memory, manual_timer>;
void use(node& n) { (void)n.propose(command{1}); }
