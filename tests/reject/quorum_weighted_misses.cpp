// expect: quorate::quorums_miss_each_other<quorate::members<0>, quorate::members<1, 2, 3>
#include "quorate/policy/quorum_systems.hpp"

#ifdef REJECT
quorate::weighted<quorate::weights<3, 1, 1, 1>, 3> chosen;
#else
quorate::weighted<quorate::weights<3, 1, 1, 1>, 4> chosen;
#endif
