// What one client takes, and what is left for the others.
#include "port_server.hpp"

#include <doctest/doctest.h>

#include <asio/read.hpp>
#include <asio/write.hpp>

#include <deque>
#include <string>
#include <vector>

namespace kv {
namespace {

using quorate::service::max_keys;

bool soon(port_server& s, bool (*holds)(info const&)) {
  for (int i = 0; i < 500; ++i, std::this_thread::sleep_for(10ms))
    if (s.with([&] { return holds(s.port.report()); })) return true;
  return false;
}

TEST_CASE("memory of all clients together is bounded, and who has most unread is closed first") {
  limits l;
  l.client_memory = 16 << 20;
  port_server s{l};
  auto good = s.connect();
  CHECK(text(good.call({"SET", "k", std::string(1 << 20, 'x')})) == "OK");
  std::deque<client> greedy;
  for (int i = 0; i < 10; ++i) { // 10 x 10 x 7 MB
    auto& g = greedy.emplace_back(s.connect(300ms));
    for (int n = 0; n < 10; ++n) g.put({"MGET", "k", "k", "k", "k", "k", "k", "k"});
    g.flush();
  }
  CHECK(soon(s, [](info const& i) { return i.closed_for_memory >= 5; }));
  for (int i = 0; i < 20; ++i) CHECK(text(good.call({"GET", "k"})).size() == 1 << 20);
  s.with([&] {
    auto const i = s.port.report();
    CHECK(i.client_memory.total() <= l.client_memory);
    CHECK(i.client_memory.highest <
          l.client_memory + (20 << 20)); // by one answer at most, and what a string grows by
    REQUIRE(!s.backend.warnings.empty());
    CHECK(s.backend.warnings[0].find("--client-memory allows 16777216") != std::string::npos);
    CHECK(s.backend.warnings[0].find("bytes of answers, or of half a request) first") != std::string::npos);
  });
}

TEST_CASE("what was counted for a client is given back when it has gone") {
  limits l;
  port_server s{l};
  std::string const half = "*2\r\n$3\r\nGET\r\n$60000\r\n" + std::string(50000, 'k');
  {
    std::vector<client> some;
    for (int i = 0; i < 5; ++i) some.push_back(s.connect());
    for (auto& c : some) CHECK(text(c.call({"SET", "a", std::string(100000, 'x')})) == "OK");
    for (auto& c : some) CHECK(text(c.call({"GET", "a"})).size() == 100000);
    asio::io_context io;
    asio::ip::tcp::socket raw{io};
    raw.connect(s.port.local_endpoint());
    asio::write(raw, asio::buffer(half));
    CHECK(soon(s, [](info const& i) { return i.client_memory.half_requests >= 50000; }));
    CHECK(s.with([&] { return s.port.report().client_memory.connections; }) ==
          6 * client_port<local_backend>::client::own_bytes);
  }
  CHECK(s.lets_go());
  CHECK(s.with([&] { return s.port.report().client_memory.total(); }) == 0);
}

TEST_CASE("who has fetched everything holds no buffer, and pays for nobody") {
  port_server s;
  std::vector<client> some;
  for (int i = 0; i < 5; ++i) some.push_back(s.connect());
  for (auto& c : some)
    for (auto const size : {30000, 50000}) {
      CHECK(text(c.call({"SET", "a", std::string(static_cast<std::size_t>(size), 'x')})) == "OK");
      CHECK(text(c.call({"GET", "a"})).size() == static_cast<std::size_t>(size));
    }
  CHECK(soon(
      s, [](info const& i) { return i.client_memory.unread_answers + i.client_memory.half_requests < 50000; }));
}

TEST_CASE("a request that came while the port was busy elsewhere is told in time that there is no leader") {
  limits l;
  l.request_timeout = 200ms;
  port_server s{l};
  auto c = s.connect();
  s.with([&] { s.backend.led = false; });
  for (int i = 0; i < 3; ++i) {
    CHECK(text(c.call({"PING"})) == "PONG"); // the ticker runs
    asio::post(s.io, [] { std::this_thread::sleep_for(40ms); });
    std::this_thread::sleep_for(5ms);
    c.put({"GET", "a"}); // comes together with the tick
    REQUIRE(c.flush());
    CHECK(text(c.read()) == "!CLUSTERDOWN no leader is known");
  }
}

TEST_CASE("an answer to a write counts as well: a transaction of many large reads") {
  limits l;
  l.client_memory = 32 << 20;
  port_server s{l};
  auto c = s.connect(2000ms);
  CHECK(text(c.call({"SET", "k", std::string(1 << 20, 'x')})) == "OK");
  for (int n = 0; n < 50; ++n) { // 50 x 7 MB, in one batch
    c.put({"MULTI"});
    for (int i = 0; i < 7; ++i) c.put({"GET", "k"});
    c.put({"EXEC"});
  }
  c.flush();
  CHECK(soon(s, [](info const& i) { return i.closed_for_memory == 1; }));
  CHECK(s.with([&] { return s.port.report().client_memory.highest; }) < l.client_memory + (20 << 20));
}

TEST_CASE("a pattern over many long keys keeps nobody waiting") {
  port_server s;
  s.with([&] {
    quorate::service::no_reply nobody;
    for (int i = 0; i < 300; ++i) {
      std::string op;
      quorate::service::op_writer{op, quorate::service::op_code::set, 2}
          .string(std::string(60000, 'a') + std::to_string(i))
          .string("v");
      s.backend.data.apply(op, nobody);
    }
  });
  std::vector<client> heavy;
  for (int i = 0; i < 4; ++i) {
    auto& h = heavy.emplace_back(s.connect(60000ms));
    h.put({"KEYS", "*" + std::string(1000, 'a') + "c"});
    REQUIRE(h.flush());
  }
  auto good = s.connect();
  CHECK(text(good.call({"SET", "a", "1"})) == "OK");
  auto const late = s.with([&] { return s.port.pending(); });
  CHECK(late); // they are still at it
  for (auto& h : heavy) CHECK(text(h.read()) == "[]");
}

TEST_CASE("a command of too many keys is refused with their number") {
  port_server s;
  auto c = s.connect();
  auto const many = [&](std::string_view name, std::size_t words) {
    std::string request = "*" + std::to_string(words + 1) + "\r\n$" + std::to_string(name.size()) + "\r\n";
    request.append(name).append("\r\n");
    for (std::size_t i = 0; i < words; ++i) request.append("$1\r\nk\r\n");
    asio::io_context io;
    asio::ip::tcp::socket raw{io};
    raw.connect(s.port.local_endpoint());
    asio::write(raw, asio::buffer(request));
    raw.shutdown(asio::ip::tcp::socket::shutdown_send);
    std::string said;
    asio::error_code error;
    asio::read(raw, asio::dynamic_buffer(said), error);
    return said.substr(0, said.find('\r'));
  };
  CHECK(many("MSET", 2 * max_keys) == "+OK");
  CHECK(many("DEL", max_keys) == ":1");
  CHECK(many("MGET", max_keys) == "*2048");
  for (auto const* name : {"DEL", "UNLINK", "EXISTS", "TOUCH", "MGET"})
    CHECK(many(name, max_keys + 1) ==
          "-ERR '" + small_letters(name) +
              "' takes at most 2048 keys at a time, for all of them are of one moment; "
              "send fewer");
  CHECK(many("MSET", 2 * max_keys + 2).starts_with("-ERR 'mset' takes at most 2048 keys"));
  for (auto const* name : {"COMMAND", "INFO", "CONFIG", "CLIENT"})
    CHECK(many(name, 200000) == "-ERR '" + small_letters(name) + "' takes at most 256 words");
  CHECK(many("MSET", 200000).starts_with("-ERR 'mset' takes at most 2048 keys"));
}

TEST_CASE("what a command would look at is bounded, whatever its words are") {
  port_server s;
  auto c = s.connect();
  CHECK(text(c.call({"CONFIG", "GET", std::string(65, '*')})) ==
        "!ERR no parameter's name is longer than 64 bytes");
  CHECK(text(c.call({"CONFIG", "GET", "maxmem*", "SAVE"})) == "[maxmemory 0 maxmemory-policy noeviction save ]");
  std::string const long_number(1 << 20, '1');
  CHECK(text(c.call({"SET", "n", long_number})) == "OK");
  CHECK(text(c.call({"INCR", "n"})) == "!ERR value is not an integer or out of range");
  CHECK(text(c.call({"FLUSHALL", "no", "such", "option"})) == "!ERR syntax error");
  CHECK(text(c.call({"FLUSHALL", "never"})) == "!ERR syntax error");
  CHECK(text(c.call({"DBSIZE"})) == ":1");
  CHECK(text(c.call({"FLUSHALL", "ASYNC"})) == "OK");
  CHECK(text(c.call({"DBSIZE"})) == ":0");
}

TEST_CASE("beyond the clients a few may look, and nobody else is let in") {
  limits l;
  l.max_clients = 2;
  l.operators = 1;
  port_server s{l};
  auto a = s.connect();
  auto b = s.connect();
  CHECK(text(a.call({"PING"})) == "PONG");
  CHECK(text(b.call({"PING"})) == "PONG");
  auto look = s.connect();
  CHECK(text(look.call({"INFO", "clients"})).find("connected_clients:3") != std::string::npos);
  CHECK(text(look.call({"GET", "a"})).starts_with("!ERR max number of clients reached"));
  CHECK(text(look.call({"MULTI"})).starts_with("!ERR max number of clients reached"));
  auto fourth = s.connect();
  CHECK(text(fourth.read()) == "!ERR max number of clients reached");
  a.close();
  CHECK(soon(s, [](info const& i) { return i.connected_clients == 2; }));
  CHECK(text(look.call({"SET", "a", "1"})) == "OK"); // there is room: it is a client like others
  look.close();
  CHECK(soon(s, [](info const& i) { return i.connected_clients == 1; }));
  auto again = s.connect();
  CHECK(text(again.call({"SET", "a", "1"})) == "OK");
}

TEST_CASE("who is idle for too long is closed, but not who waits for an outcome") {
  limits l;
  l.idle_timeout = 1s;
  l.request_timeout = 4000ms;
  port_server s{l};
  auto idle = s.connect();
  auto half = s.connect();
  auto waiting = s.connect();
  CHECK(text(idle.call({"PING"})) == "PONG");
  s.with([&] { s.backend.led = false; });
  waiting.put({"SET", "a", "1"});
  CHECK(waiting.flush());
  CHECK(text(idle.read()) == "(nothing)");
  CHECK(text(half.read()) == "(nothing)");
  CHECK(text(waiting.read()) == "!CLUSTERDOWN no leader is known");
  CHECK(s.with([&] { return s.port.report().closed_idle; }) == 2);
}

} // namespace
} // namespace kv
