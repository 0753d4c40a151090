// The version of the headers: macros for the preprocessor, and a string. The three numbers are its one source:
// Meson, CMake and pkg-config read them here.
#pragma once

#include "quorate/core/config.hpp"

#include <string_view>

#define QUORATE_VERSION_MAJOR 0
#define QUORATE_VERSION_MINOR 1
#define QUORATE_VERSION_PATCH 0

// One number to compare: `#if QUORATE_VERSION >= 102` is 0.1.2 or later. Minor and patch are below 100.
#define QUORATE_VERSION (QUORATE_VERSION_MAJOR * 10000 + QUORATE_VERSION_MINOR * 100 + QUORATE_VERSION_PATCH)

#define QUORATE_DETAIL_DOTTED(a, b, c) #a "." #b "." #c
#define QUORATE_DETAIL_TEXT(a, b, c) QUORATE_DETAIL_DOTTED(a, b, c)
#define QUORATE_VERSION_STRING                                                                                    \
  QUORATE_DETAIL_TEXT(QUORATE_VERSION_MAJOR, QUORATE_VERSION_MINOR, QUORATE_VERSION_PATCH)

namespace quorate {

inline constexpr std::string_view version = QUORATE_VERSION_STRING; // "0.1.0", of the headers compiled with

} // namespace quorate
