// A disk that is as slow as a file says. It is loaded before the system's library (LD_PRELOAD): each fdatasync()
// and fsync() first sleeps as many milliseconds as stand in the file that the environment names in SLOW_SYNC. The
// file is read each time, so a disk can become slow while its node runs. Without the file nothing is slow.
#include <dlfcn.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

namespace {

void be_slow() {
  char const* const name = std::getenv("SLOW_SYNC");
  std::FILE* const file = name == nullptr ? nullptr : std::fopen(name, "re");
  if (file == nullptr) return;
  char text[32]{};
  int const time = std::fgets(text, sizeof text, file) == nullptr ? 0 : std::atoi(text);
  std::fclose(file);
  std::this_thread::sleep_for(std::chrono::milliseconds{time});
}

using sync_call = int(int);
sync_call* next_of(char const* name) { return reinterpret_cast<sync_call*>(::dlsym(RTLD_NEXT, name)); }

} // namespace

extern "C" int fdatasync(int fd) {
  static sync_call* const next = next_of("fdatasync");
  be_slow();
  return next(fd);
}
extern "C" int fsync(int fd) {
  static sync_call* const next = next_of("fsync");
  be_slow();
  return next(fd);
}
