// expect: quorate: this type has no wire form
#include "quorate/message/hana.hpp"
#include "quorate/message/messages.hpp"
#include "quorate/raft.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"

#include <set>
#include <vector>

struct command {
#ifdef REJECT
  std::set<int> a;
#else
  std::vector<int> a;
#endif
};
BOOST_HANA_ADAPT_STRUCT(command, a);
using namespace quorate;
using node = raft::replica<messages<command>, memory, manual_timer>;
void use(node& n) { (void)n.propose({}); }
