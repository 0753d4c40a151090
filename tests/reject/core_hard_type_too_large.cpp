// expect: quorate: a core's hard_type takes at most 30 bytes, and always as many
#include "quorate/message/reflect.hpp"
#include "quorate/replica/hard.hpp"

#include <array>

struct mine {
  static constexpr std::uint8_t kind = 't';
#ifdef REJECT
  std::array<std::byte, 31> all{};
#else
  std::array<std::byte, 30> all{};
#endif
  using fields = quorate::field_list<quorate::field<"all", &mine::all>>;
};
auto keep(mine const& m) { return quorate::to_hard_state(m); }
