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
  // The replies that may leave, up to `most` bytes, and those that a write waits for.
  std::string replies(std::size_t most = 1 << 20) {
    std::string out;
    slice_budget budget{{~std::uint64_t{0}}};
    CHECK(queue.advance(store, out, most, budget));
    return out;
  }
  void apply(std::string const& op) {
    quorate::service::no_reply nobody;
    store.apply(op, nobody);
  }
  static std::string encoded(quorate::service::op_code code, std::initializer_list<std::string_view> words) {
    std::string op;
    quorate::service::op_writer w{op, code, words.size()};
    for (auto const word : words) w.string(word);
    return op;
  }
  void get(std::string_view key) { queue.push(kind::read, encoded(quorate::service::op_code::get, {key}), now); }
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

TEST_CASE_FIXTURE(fixture, "a read is asked for together with the writes before it, and is read after them") {
  get("a");
  writes(1);
  reads(1);
  writes(2);
  get("a");
  CHECK(pump() == numbers{0}); // a write waits for the reads before it
  queue.readable(0);
  CHECK(replies() == "$-1\r\n");
  CHECK(pump() == numbers{1, 2});
  queue.readable(2); // its index is known, but the write before it is not applied here
  CHECK(replies().empty());
  apply(encoded(quorate::service::op_code::set, {"b", "1"})); // it is: the read must count it
  queue.complete(1, ":1\r\n");
  CHECK(replies() == ":1\r\n:1\r\n");
  CHECK(pump() == numbers{3, 4, 5});
  apply(encoded(quorate::service::op_code::set, {"a", "1"}));
  queue.readable(5);
  queue.complete(4, ":4\r\n");
  CHECK(replies().empty());
  queue.complete(3, ":3\r\n");
  CHECK(replies() == ":3\r\n:4\r\n$1\r\n1\r\n");
  CHECK(queue.bytes() == 0);
}

TEST_CASE_FIXTURE(fixture,
                  "a write waits until the reads before it have their values, not until these are fetched") {
  get("a");
  get("a");
  writes(1);
  CHECK(pump() == numbers{0, 1});
  queue.readable(0);
  queue.readable(1);
  CHECK(replies(0).empty()); // the client fetches nothing
  CHECK(pump() == numbers{2});
  apply(encoded(quorate::service::op_code::set, {"a", "new"}));
  queue.complete(2, "+OK\r\n");
  CHECK(replies() == "$-1\r\n$-1\r\n+OK\r\n"); // as they were before the write
}

TEST_CASE_FIXTURE(fixture, "what is kept for a client that fetches nothing is bounded") {
  l.max_buffered = 100'000;
  apply(encoded(quorate::service::op_code::set, {"big", std::string(60'000, 'x')}));
  for (int i = 0; i < 10; ++i) get("big");
  writes(1);
  pump();
  for (std::uint32_t i = 0; i < 10; ++i) queue.readable(i);
  CHECK(replies(0).empty());
  CHECK(queue.bytes() < 200'000);
  CHECK(pump().empty());
  CHECK(replies().size() > 600'000);
  CHECK(pump() == numbers{10});
}

TEST_CASE_FIXTURE(fixture, "a walk over many keys takes many slices, and what stands behind it waits") {
  for (int i = 0; i < 3000; ++i) apply(encoded(quorate::service::op_code::set, {"key " + std::to_string(i), "1"}));
  queue.push(kind::read, encoded(quorate::service::op_code::keys, {"*"}), now);
  writes(1);
  pump();
  queue.readable(0);
  std::string out;
  int slices = 0;
  for (bool done = false; !done; ++slices) {
    CHECK(pump().empty());
    slice_budget budget{{10'000}};
    done = queue.advance(store, out, 1 << 20, budget);
    CHECK(out.empty() == !done);
  }
  CHECK(slices > 10);
  CHECK(out.starts_with("*3000\r\n"));
  CHECK(pump() == numbers{1});
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

TEST_CASE_FIXTURE(fixture, "a request's time begins when all before it have been answered") {
  l.request_timeout = 100ms;
  writes(1);
  reads(1);
  writes(1);
  CHECK(pump() == numbers{0, 1});
  queue.expire(now + 99ms);
  CHECK(replies().empty());
  queue.expire(now + 100ms);
  CHECK(replies() == "-UNKNOWN the outcome did not come in time\r\n");
  queue.expire(now + 199ms);
  CHECK(replies().empty());
  queue.expire(now + 200ms);
  CHECK(replies() == "-CLUSTERDOWN no leader confirmed the read in time\r\n");
  queue.expire(now + 299ms); // the last one has never been sent
  CHECK(replies().empty());
  queue.expire(now + 300ms);
  CHECK(replies() == "-CLUSTERDOWN no leader is known\r\n");
  queue.complete(0, ":1\r\n"); // what comes later is ignored
  queue.readable(1);
  CHECK(queue.empty());
  writes(1);
  CHECK(pump() == numbers{3});
  queue.complete(0, ":9\r\n");
  queue.refused(3, "why");
  queue.expire(now + 99ms);
  CHECK(replies().empty());
  queue.expire(now + 100ms);
  CHECK(replies() == "-CLUSTERDOWN why\r\n");
  CHECK(queue.empty());
}

TEST_CASE_FIXTURE(fixture, "while those before it are answered, a request waits as long as it takes") {
  l.request_timeout = 100ms;
  for (int i = 0; i < 50; ++i) {
    writes(1);
    get("a");
  }
  for (std::uint32_t i = 0; i < 100; i += 2) {
    CHECK(pump() == numbers{i, i + 1});
    now += 50ms; // for each pair: 25 times the time of one request in all
    queue.expire(now);
    queue.readable(i + 1);
    queue.complete(i, "+OK\r\n");
    CHECK(replies() == "+OK\r\n$-1\r\n");
    queue.expire(now);
  }
}

TEST_CASE_FIXTURE(fixture, "a read that waits to be fetched is not out of time") {
  l.request_timeout = 100ms;
  reads(1);
  pump();
  queue.readable(0);
  queue.expire(now + 1000ms);
  CHECK(replies() == ":0\r\n");
}

TEST_CASE_FIXTURE(fixture, "reads are answered no sooner than their replies find room") {
  reads(3);
  pump();
  for (std::uint32_t i = 0; i < 3; ++i) queue.readable(i);
  CHECK(replies(1) == ":0\r\n");
  CHECK(queue.size() == 2);
}

} // namespace
} // namespace kv
