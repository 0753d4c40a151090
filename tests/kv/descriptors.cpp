#include "kv/descriptors.hpp"

#include <doctest/doctest.h>

namespace kv {
namespace {

TEST_CASE("the log, the peers and the operator keep their share of few descriptors") {
  for (std::size_t limit = 0; limit < 3000; ++limit) {
    auto const s = share_descriptors(limit, 1000, 4, 2);
    if (!s.wrong.empty()) {
      CHECK(limit < 64);
      continue;
    }
    CHECK(s.clients > 0);
    CHECK(s.clients <= 1000);
    CHECK(s.guests >= 4);
    CHECK(s.guests <= 64);
    CHECK(s.clients + 4 + 2 * s.guests + 3 * 2 + 25 <= limit); // 25: its own
    CHECK(s.note.empty() == (s.clients == 1000));
  }
}

TEST_CASE("what is missing is told with both numbers, and what to do") {
  auto const none = share_descriptors(20, 10000, 4, 6);
  CHECK(none.wrong.find("gives this process 20 file descriptors") != std::string::npos);
  CHECK(none.wrong.find("ulimit -n") != std::string::npos);
  auto const some = share_descriptors(1024, 10000, 4, 2);
  CHECK(some.note.find("at most 861 clients, and not 10000") != std::string::npos);
  CHECK(some.note.find("--max-clients") != std::string::npos);
}

TEST_CASE("the limit is raised as far as allowed") {
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  auto low = before;
  low.rlim_cur = before.rlim_max < 256 ? before.rlim_max : 256;
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &low) == 0);
  auto const raised = raised_descriptor_limit();
  rlimit after{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &after) == 0);
  CHECK(raised == after.rlim_cur);
  CHECK(after.rlim_cur == (before.rlim_max < (1 << 20) ? before.rlim_max : (1 << 20)));
  (void)::setrlimit(RLIMIT_NOFILE, &before);
}

} // namespace
} // namespace kv
