#include "kv/request_queue.hpp"

#include <doctest/doctest.h>

#include <vector>

namespace kv {
namespace {

using namespace std::chrono_literals;
using kind = request_queue::kind;
using numbers = std::vector<std::uint32_t>;

struct fixture {
  limits l{};
  request_queue queue{l};
  quorate::service::key_value store{};
  request_queue::clock::time_point now{};

  void writes(int n) {
    for (; n > 0; --n) queue.push(kind::write, "a write", now);
  }
  void reads(int n) {
    for (; n > 0; --n) {
      std::string op;
      quorate::service::op_writer{op, quorate::service::op_code::dbsize, 0};
      queue.push(kind::read, op, now);
    }
  }
  numbers pump() {
    numbers given;
    queue.pump([&](std::uint32_t n, kind, std::string_view) { given.push_back(n); });
    return given;
  }
  std::string replies() {
    std::string out;
    queue.drain(store, out, 1 << 20);
    return out;
  }
};

TEST_CASE_FIXTURE(fixture, "replies leave in the order of the requests, whatever order the outcomes have") {
  writes(2);
  queue.push_reply("+PONG\r\n");
  CHECK(pump() == numbers{0, 1});
  queue.complete(1, ":2\r\n");
  CHECK(replies().empty());
  queue.complete(0, ":1\r\n");
  CHECK(replies() == ":1\r\n:2\r\n+PONG\r\n");
  CHECK(queue.empty());
  CHECK(queue.bytes() == 0);
}

TEST_CASE_FIXTURE(fixture, "a read waits for the writes before it, and a write for the reads") {
  writes(2);
  reads(2);
  writes(1);
  CHECK(pump() == numbers{0, 1});
  queue.complete(0, ":1\r\n");
  CHECK(pump().empty());
  queue.complete(1, ":2\r\n");
  CHECK(pump() == numbers{2, 3});
  queue.readable(3);
  queue.readable(2);
  CHECK(pump().empty()); // readable is not yet read
  CHECK(replies() == ":1\r\n:2\r\n:0\r\n:0\r\n");
  CHECK(pump() == numbers{4});
}

TEST_CASE_FIXTURE(fixture, "a refused write is tried again if that keeps the order") {
  writes(3);
  pump();
  queue.complete(0, ":1\r\n");
  queue.refused(1, "why");
  queue.retry_held();
  CHECK(pump().empty()); // the third may yet be carried out
  queue.refused(2, "why");
  writes(1);
  CHECK(pump().empty());
  queue.retry_held();
  CHECK(pump() == numbers{1, 2, 3});
}

TEST_CASE_FIXTURE(fixture, "a refused write is not tried again after a later one may have been carried out") {
  writes(2);
  pump();
  SUBCASE("refused first") {
    queue.refused(0, "why");
    queue.unknown(1, "lost");
  }
  SUBCASE("refused last") {
    queue.unknown(1, "lost");
    queue.refused(0, "why");
  }
  CHECK(replies() == "-CLUSTERDOWN why\r\n-UNKNOWN lost\r\n");
}

TEST_CASE_FIXTURE(fixture, "a read is tried again whether refused or lost") {
  reads(2);
  pump();
  queue.unknown(0, "lost");
  queue.readable(1);
  CHECK(replies().empty());
  queue.retry_held();
  CHECK(pump() == numbers{0});
  queue.readable(0);
  CHECK(replies() == ":0\r\n:0\r\n");
}

TEST_CASE_FIXTURE(fixture, "whoever waits too long is told so, and what comes later is ignored") {
  l.request_timeout = 100ms;
  writes(1);
  pump();
  reads(1);
  queue.expire(now + 99ms);
  CHECK(replies().empty());
  queue.expire(now + 100ms); // the read never left
  CHECK(replies().empty());
  queue.expire(now + 200ms);
  CHECK(replies() == "-UNKNOWN the outcome did not come in time\r\n-CLUSTERDOWN no leader is known\r\n");
  queue.complete(0, ":1\r\n");
  writes(1);
  CHECK(pump() == numbers{2});
  queue.complete(0, ":9\r\n");
  CHECK(replies().empty());
  queue.refused(2, "why");
  queue.expire(now + 200ms);
  CHECK(replies() == "-CLUSTERDOWN why\r\n");
  CHECK(queue.empty());
}

TEST_CASE_FIXTURE(fixture, "reads are answered no sooner than their replies find room") {
  reads(3);
  pump();
  for (std::uint32_t i = 0; i < 3; ++i) queue.readable(i);
  std::string out;
  queue.drain(store, out, 1);
  CHECK(out == ":0\r\n");
  CHECK(queue.size() == 2);
}

} // namespace
} // namespace kv
