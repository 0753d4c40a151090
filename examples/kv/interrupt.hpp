// Ctrl-C and SIGTERM for a program that has something to clean up: they raise a flag, and who waits looks at it.
#pragma once

#include <csignal>

namespace kv {

inline volatile std::sig_atomic_t interrupt_flag = 0;
inline bool interrupted() { return interrupt_flag != 0; }

inline void watch_for_interrupts() {
  struct sigaction action {};
  action.sa_handler = [](int) { interrupt_flag = 1; };
  for (int const number : {SIGINT, SIGTERM, SIGHUP}) ::sigaction(number, &action, nullptr);
}

} // namespace kv
