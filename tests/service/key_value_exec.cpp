#include "quorate/service/key_value.hpp"

#include "said.hpp"

#include <doctest/doctest.h>

namespace quorate::service {
namespace {

using code = op_code;

std::string get(key_value const& kv, std::string const& key) { return answered(kv, encoded(code::get, {key})); }

TEST_CASE("EXEC answers each element as of its place, and all of it is there at once") {
  key_value kv;
  auto const all = encoded(
      code::exec,
      {encoded(code::get, {"n"}), encoded(code::set, {"n", "5"}), encoded(code::increment, {"n"}, 0, zigzag(2)),
       encoded(code::get, {"n"}), encoded(code::mget, {"n", "x"}), encoded(code::exists, {"n", "n", "x"}),
       encoded(code::strlen, {"n"}), encoded(code::dbsize, {}), encoded(code::type, {"n"}),
       encoded(code::append, {"n", "0"}, 0, 100), encoded(code::mset, {"a", "1", "b", "2"}),
       encoded(code::cas, {"a", "1", "3"}), encoded(code::del, {"b"}), encoded(code::getdel, {"a"}),
       encoded(code::echo, {"PONG"}, echo_flag::as_status), encoded(code::echo, {"x\r\ny"})});
  CHECK(written(kv, all) == "[nil OK :7 \"7\" [\"7\" nil] :2 :1 :1 string :2 OK :1 :1 \"3\" PONG \"x\r\ny\"]");
  CHECK(get(kv, "n") == "\"70\"");
  CHECK(kv.size() == 1);
  CHECK(written(kv, encoded(code::exec, {})) == "[]");
}

TEST_CASE("an element that fails is answered by its error, and the others are done") {
  key_value kv;
  CHECK(written(kv, encoded(code::exec, {encoded(code::set, {"t", "text"}), encoded(code::increment, {"t"}, 0, 2),
                                         encoded(code::set, {"u", "1"})})) ==
        "[OK !ERR value is not an integer or out of range OK]");
  CHECK(get(kv, "t") == "\"text\"");
  CHECK(get(kv, "u") == "\"1\"");
}

TEST_CASE("what an EXEC does is the same whatever of its answers fits") {
  auto const value = std::string(100, 'x');
  auto const all = encoded(code::exec, {encoded(code::get, {"a"}), encoded(code::getdel, {"a"}),
                                        encoded(code::set, {"b", "new"}, set_flag::return_old),
                                        encoded(code::mget, {"c", "c"}), encoded(code::increment, {"n"}, 0, 2)});
  key_value full;
  std::string const too_large = "!ERR the answer would be too large";
  for (std::size_t most = 0; most <= 500; ++most) {
    key_value kv;
    written(kv, encoded(code::mset, {"a", value, "b", value, "c", value}));
    said out;
    kv.apply(all, out, most);
    if (most == 0) full = kv;
    CHECK(kv == full);
    CHECK(kv.find("a") == nullptr);
    CHECK((out.text.find(too_large) == out.text.npos) == (most == 500));
    CHECK(out.text.ends_with(" :1]"));
    CHECK(out.open.empty());
    // Values of 100 bytes, and the overhead of five answers.
    CHECK(out.text.size() <= most + 5 * 100);
  }
}

TEST_CASE("an exec that is broken anywhere changes nothing") {
  key_value kv;
  auto const good = encoded(code::set, {"a", "1"});
  for (auto const& bad :
       {std::string{}, std::string{"x"}, good.substr(0, good.size() - 1), good + "x", encoded(code::exec, {}),
        encoded(code::exec, {good}), encoded(code::keys, {"*"}), encoded(code::scan, {"*"}, 0, 0, 10)}) {
    CAPTURE(bad);
    CHECK(written(kv, encoded(code::exec, {good, bad})) == "!ERR malformed operation");
    CHECK(written(kv, encoded(code::exec, {bad, good})) == "!ERR malformed operation");
  }
  CHECK(kv.size() == 0);
  CHECK(answered(kv, encoded(code::exec, {encoded(code::get, {"a"})})) == "!ERR a write is not read");
}

TEST_CASE("two keys that one MSET or EXEC writes are never seen half") {
  key_value kv;
  for (int i = 0; i < 100; ++i) {
    auto const n = std::to_string(i);
    i % 2 == 0 ? written(kv, encoded(code::mset, {"a", n, "b", n}))
               : written(kv, encoded(code::exec, {encoded(code::set, {"a", n}), encoded(code::set, {"b", n})}));
    CHECK(answered(kv, encoded(code::mget, {"a", "b"})) == "[\"" + n + "\" \"" + n + "\"]");
  }
}

TEST_CASE("keys are counted as an operation names them") {
  auto const count = [](std::string const& bytes) { return key_count(bytes); };
  CHECK(count(encoded(code::set, {"a", "1"})) == 1);
  CHECK(count(encoded(code::cas, {"a", "1", "2"})) == 1);
  CHECK(count(encoded(code::mset, {"a", "1", "b", "2"})) == 2);
  CHECK(count(encoded(code::mget, {"a", "b", "a"})) == 3);
  CHECK(count(encoded(code::del, {"a", "b", "a"})) == 3);
  CHECK(count(encoded(code::flush, {})) == 0);
  CHECK(count(encoded(code::keys, {"*"})) == 0);
  CHECK(count("garbage") == 0);
  CHECK(count(encoded(code::exec, {encoded(code::mget, {"a", "b"}), encoded(code::echo, {"x"}),
                                   encoded(code::get, {"a"}), encoded(code::flush, {})})) == 5);
}

} // namespace
} // namespace quorate::service
