#include "port_server.hpp"

#include <doctest/doctest.h>

#include <asio/read.hpp>

#include <algorithm>
#include <thread>
#include <vector>

namespace kv {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using mood = local_backend::mood;

TEST_CASE("every command answers as Redis does") {
  port_server s;
  auto c = s.connect();
  auto const ask = [&](std::initializer_list<std::string_view> words) { return text(c.call(words)); };
  CHECK(ask({"PING"}) == "PONG");
  CHECK(ask({"ping", "hi"}) == "hi");
  CHECK(ask({"ECHO", "a\0\r\n"s}) == "a\0\r\n"s);
  CHECK(ask({"SET", "a", "1"}) == "OK");
  CHECK(ask({"SET", "a", "2", "nx"}) == "nil");
  CHECK(ask({"SET", "a", "2", "XX", "GET"}) == "1");
  CHECK(ask({"SET", "a", "2", "NX", "XX"}) == "!ERR syntax error");
  CHECK(ask({"SET", "a", "2", "EX", "10"}) == "!ERR syntax error");
  CHECK(ask({"GET", "a"}) == "2");
  CHECK(ask({"INCR", "a"}) == ":3");
  CHECK(ask({"DECR", "a"}) == ":2");
  CHECK(ask({"INCRBY", "a", "-10"}) == ":-8");
  CHECK(ask({"INCRBY", "a", "x"}) == "!ERR value is not an integer or out of range");
  CHECK(ask({"CAS", "a", "-8", "x"}) == ":1");
  CHECK(ask({"CAS", "a", "-8", "y"}) == ":0");
  CHECK(ask({"APPEND", "a", "yz"}) == ":3");
  CHECK(ask({"STRLEN", "a"}) == ":3");
  CHECK(ask({"MSET", "b", "2", "c", "3"}) == "OK");
  CHECK(ask({"MSET", "b", "2", "c"}) == "!ERR wrong number of arguments for 'mset' command");
  CHECK(ask({"MGET", "a", "none", "c"}) == "[xyz nil 3]");
  CHECK(ask({"EXISTS", "a", "b", "none"}) == ":2");
  CHECK(ask({"DBSIZE"}) == ":3");
  CHECK(ask({"KEYS", "[ab"}).size() == 5);
  CHECK(ask({"SCAN", "0", "COUNT", "100", "MATCH", "c"}) == "[0 [c]]");
  CHECK(ask({"SCAN", "x"}) == "!ERR invalid cursor");
  CHECK(ask({"SCAN", "0", "COUNT", "0"}) == "!ERR syntax error");
  CHECK(ask({"GETDEL", "a"}) == "xyz");
  CHECK(ask({"DEL", "a", "b"}) == ":1");
  CHECK(ask({"GET"}) == "!ERR wrong number of arguments for 'get' command");
  CHECK(ask({"HGET", "a", "b"}) == "!ERR unknown command 'HGET', with args beginning with: 'a' 'b' ");
  CHECK(ask({"SELECT", "0"}) == "OK");
  CHECK(ask({"SELECT", "1"}) == "!ERR DB index is out of range");
  CHECK(ask({"HELLO", "3"}) == "!NOPROTO unsupported protocol version");
  CHECK(ask({"HELLO", "2", "SETNAME", "me"}).starts_with("[server redis"));
  CHECK(ask({"CLIENT", "GETNAME"}) == "me");
  CHECK(ask({"CLIENT", "SETINFO", "LIB-NAME", "x"}) == "OK");
  CHECK(ask({"CLIENT", "ID"}).starts_with(":"));
  CHECK(ask({"CONFIG", "GET", "save"}) == "[save ]");
  CHECK(ask({"CONFIG", "GET", "nothing"}) == "[]");
  CHECK(ask({"COMMAND", "DOCS", "get"}) == "[get [summary Returns a key's value group string]]");
  CHECK(ask({"COMMAND", "INFO", "get", "none"}) == "[[get :2 [readonly] :1 :1 :1] nil]");
  CHECK(ask({"INFO", "consensus"}).find("role:leader\r\n") != std::string::npos);
  CHECK(ask({"QUIT"}) == "OK");
  CHECK(ask({"PING"}) == "(nothing)");
}

TEST_CASE("a connection is listed as it is, and closed by another one or by itself") {
  port_server s;
  auto c = s.connect();
  auto other = s.connect();
  CHECK(text(other.call({"CLIENT", "SETNAME", "other"})) == "OK");
  CHECK(text(other.call({"CLIENT", "SETINFO", "LIB-NAME", "none"})) == "OK");
  CHECK(text(other.call({"GET", "a"})) == "nil");
  auto const all = text(c.call({"CLIENT", "LIST"}));
  auto const port = std::to_string(s.number());
  CHECK(std::count(all.begin(), all.end(), '\n') == 2);
  CHECK(all.find(" laddr=127.0.0.1:" + port + " fd=") != all.npos);
  CHECK(all.find(" name=other age=0 idle=0 flags=N ") != all.npos);
  CHECK(all.find(" cmd=get user=default redir=-1 resp=2 lib-name=none lib-ver=\n") != all.npos);
  CHECK(all.find(" cmd=client ") != all.npos);
  CHECK(text(c.call({"CLIENT", "INFO"})).find(" name= ") != std::string::npos);
  CHECK(text(c.call({"CLIENT", "KILL", "ID", text(other.call({"CLIENT", "ID"})).substr(1)})) == ":1");
  CHECK(text(other.call({"PING"})) == "(nothing)");
  CHECK(text(c.call({"CLIENT", "KILL", "TYPE", "normal"})) == ":0");
  auto const clients = text(c.call({"INFO", "clients", "server"}));
  CHECK(clients.find("\nconnected_clients:1\r\nmaxclients:10000\r\n") != clients.npos);
  CHECK(clients.find("\ntcp_port:" + port + "\r\n") != clients.npos);
  CHECK(text(c.call({"CLIENT", "KILL", "SKIPME", "no", "TYPE", "normal"})) == ":1");
  CHECK(text(c.call({"PING"})) == "(nothing)");
  CHECK(s.lets_go());
}

TEST_CASE("what is too long is refused by name, and what is far too long costs the connection") {
  limits l;
  l.max_key = 10;
  l.max_value = 100;
  port_server s{l};
  auto c = s.connect();
  CHECK(text(c.call({"SET", std::string(10, 'k'), std::string(100, 'v')})) == "OK");
  CHECK(text(c.call({"SET", std::string(11, 'k'), "v"})) == "!ERR the key is longer than --max-key allows");
  CHECK(text(c.call({"GET", std::string(11, 'k')})) == "!ERR the key is longer than --max-key allows");
  CHECK(text(c.call({"SET", "k", std::string(101, 'v')})) == "!ERR the value is longer than --max-value allows");
  CHECK(text(c.call({"APPEND", std::string(10, 'k'), "v"})).starts_with("!ERR string exceeds maximum"));
  CHECK(text(c.call({"SET", "k", std::string(100000, 'v')})) == "!ERR Protocol error: invalid bulk length");
  CHECK(text(c.read()) == "(nothing)");
  auto other = s.connect();
  CHECK(text(other.call({"STRLEN", std::string(10, 'k')})) == ":100");
}

TEST_CASE("garbage costs only its connection") {
  port_server s;
  auto good = s.connect();
  for (auto const* garbage : {"*1\r\n$-5\r\n", "*\r\n", "POST / HTTP/1.1\r\nHost: x\r\n\r\n", "*1\r\n+OK\r\n"}) {
    asio::io_context io;
    asio::ip::tcp::socket raw{io};
    raw.connect(s.port.local_endpoint());
    asio::write(raw, asio::buffer(std::string_view{garbage}));
    std::string said;
    asio::error_code error;
    asio::read(raw, asio::dynamic_buffer(said), error);
    CHECK(error == asio::error::eof);
    CHECK(said.starts_with("-ERR Protocol error: "));
    CHECK(text(good.call({"PING"})) == "PONG");
  }
}

TEST_CASE("a long pipeline is answered in order, reads seeing the writes before them") {
  for (bool const at_once : {false, true}) {
    port_server s;
    s.with([&] { s.backend.at_once = at_once; });
    auto c = s.connect();
    constexpr int rounds = 5000; // more than may be outstanding
    std::thread sender{[&] {
      for (int i = 0; i < rounds; ++i) {
        c.put({"INCR", "n"});
        c.put({"GET", "n"});
        c.put({"PING", std::to_string(i)});
      }
      CHECK(c.flush());
    }};
    sender.join();
    for (int i = 1; i <= rounds; ++i) {
      REQUIRE(text(c.read()) == ":" + std::to_string(i));
      REQUIRE(text(c.read()) == std::to_string(i));
      REQUIRE(text(c.read()) == std::to_string(i - 1));
    }
  }
}

TEST_CASE("a client that does not fetch its replies is not read for ever") {
  limits l;
  l.max_buffered = 1 << 20;
  port_server s{l};
  auto c = s.connect(300ms);
  CHECK(text(c.call({"SET", "big", std::string(100000, 'x')})) == "OK");
  std::string const pad(60000, 'k');
  int sent = 0;
  for (; sent < 2000; ++sent) { // 120 MB of requests, 200 MB of replies, if it went on
    c.put({"MGET", "big", pad});
    if (!c.flush()) break;
  }
  CHECK(sent < 2000); // the server stopped reading, so sending timed out
  CHECK(s.lets_go());
  CHECK(text(s.connect().call({"PING"})) == "PONG");
}

TEST_CASE("a large value comes in many pieces, and many clients come at once") {
  port_server s;
  std::vector<std::thread> clients;
  for (int i = 0; i < 20; ++i)
    clients.emplace_back([&, i] {
      auto c = s.connect();
      std::string value(1 << 20, static_cast<char>('a' + i));
      auto const key = std::to_string(i);
      CHECK(text(c.call({"SET", key, value})) == "OK");
      CHECK(text(c.call({"GET", key})) == value);
    });
  for (auto& c : clients) c.join();
  CHECK(s.lets_go());
}

TEST_CASE("without a leader a request waits a while, and goes through when there is one") {
  limits l;
  l.request_timeout = 200ms;
  port_server s{l};
  auto c = s.connect();
  s.with([&] { s.backend.led = false; });
  auto const before = std::chrono::steady_clock::now();
  CHECK(text(c.call({"SET", "a", "1"})) == "!CLUSTERDOWN no leader is known");
  CHECK(std::chrono::steady_clock::now() - before >= 200ms);
  c.put({"SET", "a", "2"});
  c.put({"GET", "a"});
  CHECK(c.flush());
  std::this_thread::sleep_for(50ms);
  s.with([&] {
    s.backend.led = true;
    s.port.wake();
  });
  CHECK(text(c.read()) == "OK");
  CHECK(text(c.read()) == "2");
}

TEST_CASE("a write whose fate cannot be known is answered so, and never twice") {
  limits l;
  l.request_timeout = 100ms;
  port_server s{l};
  auto c = s.connect();
  s.with([&] { s.backend.now = mood::lose; });
  CHECK(text(c.call({"SET", "a", "1"})) == "!UNKNOWN the leader is gone");
  CHECK(text(c.call({"GET", "a"})) == "!CLUSTERDOWN the leader is gone");
  s.with([&] { s.backend.now = mood::refuse; });
  CHECK(text(c.call({"SET", "a", "1"})) == "!CLUSTERDOWN no leader");
  s.with([&] { s.backend.now = mood::swallow; });
  CHECK(text(c.call({"SET", "a", "1"})) == "!UNKNOWN the outcome did not come in time");
  CHECK(text(c.call({"GET", "a"})) == "!CLUSTERDOWN no leader confirmed the read in time");
  s.with([&] { // a late outcome
    s.backend.now = mood::apply;
    s.port.complete(std::uint64_t{1} << 32, "+LATE\r\n");
  });
  CHECK(text(c.call({"GET", "a"})) == "nil");
}

TEST_CASE("stopping answers what is under way and then closes") {
  port_server s;
  auto const number = s.number();
  auto c = s.connect();
  auto idle = s.connect();
  CHECK(text(idle.call({"PING"})) == "PONG");
  s.with([&] { s.backend.led = false; });
  CHECK((c.put({"SET", "a", "1"}), c.flush()));
  while (s.with([&] { return s.port.report().commands_processed; }) < 2) std::this_thread::sleep_for(1ms);
  s.with([&] { s.port.stop(); });
  CHECK(text(idle.read()) == "(nothing)");
  s.with([&] {
    s.backend.led = true;
    s.port.wake();
  });
  CHECK(text(c.read()) == "OK");
  CHECK(text(c.read()) == "(nothing)");
  CHECK(s.lets_go());
  CHECK_FALSE(client{}.connect(number));
}

} // namespace
} // namespace kv
