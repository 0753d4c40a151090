// CPU time of this thread, which waits for nothing: what a slice of work really took.
#pragma once

#include <algorithm>
#include <cstdint>
#include <ctime>

namespace kv {

inline std::uint64_t thread_cpu_microseconds() {
  timespec t{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<std::uint64_t>(t.tv_sec) * 1'000'000 + static_cast<std::uint64_t>(t.tv_nsec) / 1000;
}

// Keeps the longest of all pieces of work that were timed.
class longest_slice {
public:
  template <class Work>
  decltype(auto) time(Work&& work) {
    struct ends {
      longest_slice& self;
      std::uint64_t began;
      ~ends() { self.longest_ = std::max(self.longest_, thread_cpu_microseconds() - began); }
    } const on_return{*this, thread_cpu_microseconds()};
    return work();
  }
  std::uint64_t microseconds() const { return longest_; }

private:
  std::uint64_t longest_ = 0;
};

} // namespace kv
