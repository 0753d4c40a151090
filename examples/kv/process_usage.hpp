// What the system counts of this process.
#pragma once

#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <string>

namespace kv {

struct process_usage {
  std::uint64_t resident = 0;      // bytes of memory that are in use
  std::uint64_t most_resident = 0; // since the start
  std::uint64_t user_usec = 0;     // CPU time
  std::uint64_t system_usec = 0;
};

// What can't be found out is 0.
inline process_usage usage_of_process() {
  process_usage all{};
  if (std::FILE* const f = std::fopen("/proc/self/statm", "re")) {
    unsigned long long size = 0, resident = 0;
    if (std::fscanf(f, "%llu %llu", &size, &resident) == 2)
      all.resident = resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    std::fclose(f);
  }
  rusage used{};
  if (::getrusage(RUSAGE_SELF, &used) != 0) return all;
  auto const usec = [](timeval const& t) {
    return static_cast<std::uint64_t>(t.tv_sec) * 1'000'000 + static_cast<std::uint64_t>(t.tv_usec);
  };
  all.most_resident = static_cast<std::uint64_t>(used.ru_maxrss) * 1024;
  all.user_usec = usec(used.ru_utime);
  all.system_usec = usec(used.ru_stime);
  return all;
}

} // namespace kv
