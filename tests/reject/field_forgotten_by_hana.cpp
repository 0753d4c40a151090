// expect: quorate: this struct has not as many fields (TheStructHas) as its list names (TheListNames)
#include "quorate/message/hana.hpp"

#include <optional>
#include <string>

struct transfer {
  std::string from, to;
  std::optional<int> cents[2];
#ifdef REJECT
  bool urgent;
#else
  static bool urgent;
#endif
};
BOOST_HANA_ADAPT_STRUCT(transfer, from, to, cents);
static_assert(quorate::reflection<transfer>::count == 3);
