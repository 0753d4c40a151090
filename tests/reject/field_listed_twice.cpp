// expect: quorate: a list of fields names the same member twice
#include "quorate/message/reflect.hpp"

using namespace quorate;
struct account {
  int owner{}, cents{};
#ifdef REJECT
  using fields = field_list<field<"owner", &account::owner>, field<"cents", &account::owner>>;
#else
  using fields = field_list<field<"owner", &account::owner>, field<"cents", &account::cents>>;
#endif
};
static_assert(reflection<account>::count == 2);
