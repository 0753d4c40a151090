// expect: quorate: this quorum system decides nothing, even if all nodes agree
#include "quorate/policy/quorum_systems.hpp"

#ifdef REJECT
quorate::flexible<3, 4, 2> chosen;
#else
quorate::flexible<3, 3, 2> chosen;
#endif
