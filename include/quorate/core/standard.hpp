// What every header needs of the compiler, said first: without it the errors would be of anything else.
#pragma once

#if __cplusplus < 202002L
#error "quorate needs C++20: -std=c++20; in CMake link quorate::quorate, in Meson default_options: 'cpp_std=c++20'"
#endif
