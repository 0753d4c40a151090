#include "port_server.hpp"

#include <doctest/doctest.h>

#include <asio/read.hpp>
#include <asio/write.hpp>

#include <string>

namespace kv {
namespace {

struct fixture {
  port_server s{};
  client c = s.connect();
  std::string ask(std::initializer_list<std::string_view> words) { return text(c.call(words)); }
};

TEST_CASE_FIXTURE(fixture, "a transaction is one entry, and its reads are answered as of that entry") {
  CHECK(ask({"SET", "n", "1"}) == "OK");
  CHECK(ask({"MULTI"}) == "OK");
  for (auto const& words : {std::initializer_list<std::string_view>{"INCR", "n"},
                            {"GET", "n"},
                            {"SET", "m", "x"},
                            {"INCR", "m"},
                            {"MGET", "m", "n", "none"},
                            {"TYPE", "m"},
                            {"PING"},
                            {"ECHO", "hi"},
                            {"DBSIZE"}})
    CHECK(ask(words) == "QUEUED");
  CHECK(s.with([&] { return *s.backend.data.find("n"); }) == "1"); // nothing has happened yet
  CHECK(ask({"EXEC"}) == "[:2 2 OK !ERR value is not an integer or out of range [x 2 nil] string PONG hi :2]");
  CHECK(ask({"GET", "m"}) == "x");
  CHECK(ask({"MULTI"}) == "OK");
  CHECK(ask({"EXEC"}) == "[]");
}

TEST_CASE_FIXTURE(fixture, "what is refused on the way spoils all of it") {
  CHECK(ask({"EXEC"}) == "!ERR EXEC without MULTI");
  CHECK(ask({"DISCARD"}) == "!ERR DISCARD without MULTI");
  for (auto const& wrong : {std::initializer_list<std::string_view>{"HSET", "h", "f", "v"},
                            {"GET"},
                            {"KEYS", "*"},
                            {"SCAN", "0"},
                            {"INFO"},
                            {"CLIENT", "ID"},
                            {"WATCH", "a"},
                            {"UNWATCH"},
                            {"INCRBY", "n", "x"}}) {
    CHECK(ask({"MULTI"}) == "OK");
    CHECK(ask({"SET", "a", "1"}) == "QUEUED");
    CHECK(ask(wrong).starts_with("!ERR "));
    CHECK(ask({"EXEC"}).starts_with("!EXECABORT Transaction discarded because of "));
    CHECK(ask({"GET", "a"}) == "nil");
  }
  CHECK(ask({"MULTI"}) == "OK");
  CHECK(ask({"MULTI"}) == "!ERR MULTI calls can not be nested");
  CHECK(ask({"SET", "a", "1"}) == "QUEUED");
  CHECK(ask({"DISCARD"}) == "OK");
  CHECK(ask({"GET", "a"}) == "nil");
}

TEST_CASE_FIXTURE(fixture, "WATCH is refused by name, and spoils the transaction that follows") {
  CHECK(ask({"WATCH", "a"}).starts_with("!ERR WATCH is not supported"));
  CHECK(ask({"SET", "b", "1"}) == "OK");
  CHECK(ask({"MULTI"}) == "OK");
  CHECK(ask({"SET", "a", "1"}) == "QUEUED");
  CHECK(ask({"EXEC"}) ==
        "!EXECABORT Transaction discarded because of the WATCH before it, which is not supported");
  CHECK(ask({"MULTI"}) == "OK");
  CHECK(ask({"SET", "a", "2"}) == "QUEUED");
  CHECK(ask({"EXEC"}) == "[OK]");
  CHECK(ask({"WATCH", "a"}).starts_with("!ERR WATCH is not supported"));
  CHECK(ask({"UNWATCH"}) == "OK");
  CHECK(ask({"MULTI"}) == "OK");
  CHECK(ask({"SET", "a", "3"}) == "QUEUED");
  CHECK(ask({"EXEC"}) == "[OK]");
}

TEST_CASE_FIXTURE(fixture, "a WATCH of too many keys spoils it just the same") {
  std::string watch = "*2050\r\n$5\r\nWATCH\r\n";
  for (int i = 0; i < 2049; ++i) watch += "$1\r\nk\r\n";
  asio::io_context io;
  asio::ip::tcp::socket raw{io};
  raw.connect(s.port.local_endpoint());
  asio::write(raw, asio::buffer(watch + "MULTI\r\nSET a 1\r\nEXEC\r\nQUIT\r\n"));
  std::string said;
  asio::error_code error;
  asio::read(raw, asio::dynamic_buffer(said), error);
  CHECK(said.starts_with("-ERR 'watch' takes at most 2048 keys"));
  CHECK(said.find("+OK\r\n+QUEUED\r\n-EXECABORT ") != said.npos);
  CHECK(ask({"GET", "a"}) == "nil");
}

TEST_CASE_FIXTURE(fixture, "a transaction is bounded in keys and bytes") {
  SUBCASE("keys") {
    c.put({"MULTI"});
    for (int i = 0; i < 2049; ++i) c.put({"GET", "a"});
    c.put({"EXEC"});
    REQUIRE(c.flush());
    CHECK(text(c.read()) == "OK");
    for (int i = 0; i < 2048; ++i) REQUIRE(text(c.read()) == "QUEUED");
    CHECK(text(c.read()) == "!ERR the transaction would be of more than 2048 keys and commands");
  }
  SUBCASE("bytes") {
    std::string const value(1 << 20, 'x');
    CHECK(ask({"MULTI"}) == "OK");
    CHECK(ask({"SET", "a", value}) == "QUEUED");
    CHECK(ask({"SET", "b", value}).starts_with("!ERR the transaction would be too large"));
    c.put({"EXEC"});
    REQUIRE(c.flush());
  }
  CHECK(text(c.read()) == "!EXECABORT Transaction discarded because of previous errors.");
  CHECK(ask({"DBSIZE"}) == ":0");
}

TEST_CASE_FIXTURE(fixture, "an answer that would be too large is an error in its place, and the rest is done") {
  CHECK(ask({"SET", "k", std::string(1 << 20, 'x')}) == "OK");
  c.put({"MULTI"});
  for (int i = 0; i < 9; ++i) c.put({"GET", "k"});
  c.put({"SET", "after", "1"});
  c.put({"EXEC"});
  REQUIRE(c.flush());
  for (int i = 0; i < 11; ++i) (void)c.read();
  auto const r = c.read();
  REQUIRE(r);
  REQUIRE(r->elements.size() == 10);
  CHECK(r->elements[0].text.size() == 1 << 20);
  CHECK(r->elements[8].is_error("ERR the answer"));
  CHECK(r->elements[9].is_ok());
}

} // namespace
} // namespace kv
