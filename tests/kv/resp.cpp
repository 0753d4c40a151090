#include "kv/resp.hpp"
#include "kv/resp_reply.hpp"

#include <doctest/doctest.h>

#include <random>

namespace kv {
namespace {

using namespace std::string_literals;
using words = std::vector<std::string>;

// What a parser makes of `stream` when it comes in pieces of `step` bytes: the requests, then the error if any.
struct outcome {
  std::vector<words> requests;
  std::string error;
  friend bool operator==(outcome const&, outcome const&) = default;
};
outcome feed(std::string const& stream, std::size_t step, limits const& l = {}) {
  outcome o;
  request_parser parser{l};
  std::string kept;
  for (std::size_t at = 0; at < stream.size(); at += step) {
    kept += stream.substr(at, step);
    for (;;) {
      auto const exact = std::vector<char>(kept.begin(), kept.end()); // a sanitizer sees one byte too many
      auto const p = parser.parse({exact.data(), exact.size()});
      if (p == parsing::failed) return o.error = parser.error(), o;
      if (p == parsing::incomplete) break;
      o.requests.emplace_back(parser.args().begin(), parser.args().end());
      kept.erase(0, parser.consumed());
      if (kept.empty()) break;
    }
  }
  return o;
}
std::string error_of(std::string const& stream, limits const& l = {}) {
  return feed(stream, stream.size(), l).error;
}

TEST_CASE("requests are the same in whatever pieces they come") {
  auto const stream = "*3\r\n$3\r\nSET\r\n$4\r\na\r\nb\r\n$0\r\n\r\n"
                      "*1\r\n$4\r\nPING\r\n"
                      "*0\r\n*-1\r\n"
                      "\r\n"
                      "  get  a \r\n"
                      "set \"a b\\x00\\n\" 'it\\'s'\n"s;
  std::vector<words> const expected = {{"SET", "a\r\nb", ""},      {"PING"}, {}, {}, {}, {"get", "a"},
                                       {"set", "a b\0\n"s, "it's"}};
  for (std::size_t step = 1; step <= stream.size(); ++step) {
    CAPTURE(step);
    auto const o = feed(stream, step);
    CHECK(o.requests == expected);
    CHECK(o.error.empty());
  }
}

TEST_CASE("what breaks the protocol is named") {
  CHECK(error_of("*x\r\n") == "ERR Protocol error: invalid multibulk length");
  CHECK(error_of("*99999999999999999999\r\n") == "ERR Protocol error: invalid multibulk length");
  CHECK(error_of("*1000000000\r\n") == "ERR Protocol error: invalid multibulk length");
  CHECK(error_of("*1\r\n:1\r\n") == "ERR Protocol error: expected '$', got ':'");
  CHECK(error_of("*1\r\n$-1\r\n") == "ERR Protocol error: invalid bulk length");
  CHECK(error_of("*1\r\n$4294967296\r\n") == "ERR Protocol error: invalid bulk length");
  CHECK(error_of("*1\r\n$3\r\nabcdef") == "ERR Protocol error: expected CRLF after a bulk string");
  CHECK(error_of("*1\r\n$" + std::string(40, '1')) == "ERR Protocol error: too big bulk length string");
  CHECK(error_of("*" + std::string(40, '1')) == "ERR Protocol error: too big multibulk length string");
  CHECK(error_of(std::string(70000, 'x')) == "ERR Protocol error: too big inline request");
  CHECK(error_of("set \"a\n") == "ERR Protocol error: unbalanced quotes in request");
  CHECK(error_of("set \"a\"b\n") == "ERR Protocol error: unbalanced quotes in request");
  CHECK(error_of("POST / HTTP/1.1\r\n") == "ERR Protocol error: this is not a web server");
}

TEST_CASE("a request is bounded as a whole, too") {
  limits l;
  l.max_key = l.max_value = 1000;
  std::string stream = "*500\r\n";
  for (int i = 0; i < 500; ++i) stream += "$1000\r\n" + std::string(1000, 'x') + "\r\n";
  CHECK(error_of(stream, l) == "ERR Protocol error: too big request");
}

TEST_CASE("garbage never reads outside and never passes for long") {
  std::mt19937 random{11};
  auto const good = "*2\r\n$3\r\nGET\r\n$3\r\nabc\r\n*1\r\n$4\r\nPING\r\n"s;
  for (int i = 0; i < 5000; ++i) {
    auto bytes = good;
    for (auto flips = random() % 4 + 1; flips > 0; --flips)
      bytes[random() % bytes.size()] = static_cast<char>(random());
    CHECK(feed(bytes, 1) == feed(bytes, bytes.size()));
  }
}

TEST_CASE("replies are written as the protocol has them, and an error stays on its line") {
  std::string out;
  resp_writer w{out};
  w.status("OK");
  w.error("ERR a\r\nb");
  w.integer(-5);
  w.bulk("a\r\n"s);
  w.nil();
  w.array(0);
  CHECK(out == "+OK\r\n-ERR a  b\r\n:-5\r\n$3\r\na\r\n\r\n$-1\r\n*0\r\n");
}

TEST_CASE("a client reads the replies back, in whatever pieces they come") {
  std::string out;
  resp_writer w{out};
  w.array(5);
  w.status("OK");
  w.error("ERR no");
  w.integer(7);
  w.bulk("\0\r\n"s);
  w.array(1);
  w.nil();
  reply r;
  std::size_t used = 0;
  for (std::size_t n = 0; n < out.size(); ++n)
    CHECK(parse_reply(out.substr(0, n), r, used) == reply_state::incomplete);
  REQUIRE(parse_reply(out + "+next", r, used) == reply_state::complete);
  CHECK(used == out.size());
  REQUIRE(r.elements.size() == 5);
  CHECK(r.elements[0].is_ok());
  CHECK(r.elements[1].is_error("ERR"));
  CHECK(r.elements[2].integer == 7);
  CHECK(r.elements[3].text == "\0\r\n"s);
  CHECK(r.elements[4].elements.at(0).kind == reply::type::nil);
  for (auto const* bad : {"\r\n", "?\r\n", ":x\r\n", "$-2\r\n", "$1\r\nabc\r\n", "*1\r\nx\r\n"})
    CHECK(parse_reply(bad, r, used) == reply_state::malformed);
}

} // namespace
} // namespace kv
