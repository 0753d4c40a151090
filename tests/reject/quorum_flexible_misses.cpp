// expect: quorate::quorums_miss_each_other<quorate::members<0, 1>, quorate::members<2, 3>
#include "quorate/policy/quorum_systems.hpp"

#ifdef REJECT
quorate::flexible<4, 2, 2> chosen;
#else
quorate::flexible<4, 2, 3> chosen;
#endif
