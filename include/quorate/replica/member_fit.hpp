// What is said of one member that does not fit (policy/fitting.hpp): three sentences, and the first line of what a
// compiler says. The text of a static_assert is a literal, which nothing but a macro can make of parts.
#pragma once

#include "quorate/policy/fitting.hpp"

// Where `f` is the fault, and `m` the enumeration of members. `call` and `signature` are as the user writes them.
#define QUORATE_SAY_OF(whose, member, call, signature)                                                            \
  static_assert(f != fault{m::member, verdict::missing},                                                          \
                "quorate: " whose ": `" signature "` is missing, or can't be called so");                         \
  static_assert(f != fault{m::member, verdict::not_const},                                                        \
                "quorate: " whose ": " call " is there but not const: it must be `" signature "`");               \
  static_assert(f != fault{m::member, verdict::other_type},                                                       \
                "quorate: " whose ": " call " is there but gives another type: it must be `" signature "`")
