// expect: quorate: this struct has not as many fields (TheStructHas) as its list names (TheListNames)
#include "quorate/message/reflect.hpp"

using namespace quorate;
struct account {
  int owner{}, cents{}, cache{};
  using two = field_list<field<"owner", &account::owner>, field<"cents", &account::cents>>;
  using all = field_list<field<"owner", &account::owner>, field<"cents", &account::cents>, left_out<"cache">>;
#ifdef REJECT
  using fields = two;
#else
  using fields = all;
#endif
};
static_assert(reflection<account>::count == 2);
