// expect: quorate: Core: the type `hard_type` is missing, or has not the constant `kind`, std::uint8_t
#include "toy_core.hpp"

struct mine : toy::core {
  using toy::core::core;
#ifdef REJECT
  using hard_type = toy::unkept;
#else
  using hard_type = toy::kept;
#endif
};
void use(quorate::memory& disk, quorate::manual_timer const& timer) { toy::take_a_turn<mine>(disk, timer); }
