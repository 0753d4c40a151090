// What becomes of memory that was freed.
#pragma once

#include <malloc.h>

namespace kv {

// Large buffers (answers, mostly) go back to the system when they are freed. glibc learns from their sizes to keep
// such memory instead, and a burst of answers would stay with the process in pieces: four times of what was ever
// held.
inline void give_freed_memory_back() {
#ifdef M_MMAP_THRESHOLD
  ::mallopt(M_MMAP_THRESHOLD, 256 * 1024);
  ::mallopt(M_TRIM_THRESHOLD, 1024 * 1024);
#endif
}

} // namespace kv
