#include "quorate/service/key_value.hpp"

#include "said.hpp"

#include <doctest/doctest.h>

namespace quorate::service {
namespace {

using code = op_code;

std::string set(key_value& kv, std::string const& key, std::string const& value, std::uint8_t flags = 0) {
  return written(kv, encoded(code::set, {key, value}, flags));
}
std::string get(key_value const& kv, std::string const& key) { return answered(kv, encoded(code::get, {key})); }
std::string add(key_value& kv, std::string const& key, std::int64_t n) {
  return written(kv, encoded(code::increment, {key}, 0, zigzag(n)));
}

TEST_CASE("SET puts, and its conditions hold it back") {
  key_value kv;
  CHECK(set(kv, "a", "1") == "OK");
  CHECK(get(kv, "a") == "\"1\"");
  CHECK(set(kv, "a", "2", set_flag::if_absent) == "nil");
  CHECK(set(kv, "b", "2", set_flag::if_present) == "nil");
  CHECK(get(kv, "a") == "\"1\"");
  CHECK(get(kv, "b") == "nil");
  CHECK(set(kv, "a", "3", set_flag::if_present) == "OK");
  CHECK(set(kv, "b", "4", set_flag::if_absent) == "OK");
  CHECK(get(kv, "a") == "\"3\"");
  CHECK(get(kv, "b") == "\"4\"");
}

TEST_CASE("SET with GET answers with what was there, whether it puts or not") {
  key_value kv;
  CHECK(set(kv, "a", "1", set_flag::return_old) == "nil");
  CHECK(set(kv, "a", "2", set_flag::return_old) == "\"1\"");
  CHECK(set(kv, "a", "3", set_flag::return_old | set_flag::if_absent) == "\"2\"");
  CHECK(set(kv, "b", "3", set_flag::return_old | set_flag::if_present) == "nil");
  CHECK(get(kv, "a") == "\"2\"");
  CHECK(get(kv, "b") == "nil");
}

TEST_CASE("SET that answers a number says whether it has put") {
  key_value kv;
  auto const setnx = std::uint8_t{set_flag::if_absent | set_flag::as_integer};
  CHECK(set(kv, "a", "1", setnx) == ":1");
  CHECK(set(kv, "a", "2", setnx) == ":0");
  CHECK(get(kv, "a") == "\"1\"");
  CHECK(set(kv, "a", "3", setnx | set_flag::return_old) == "!ERR malformed operation");
}

TEST_CASE("TYPE says what is there") {
  key_value kv;
  set(kv, "a", "");
  CHECK(answered(kv, encoded(code::type, {"a"})) == "string");
  CHECK(answered(kv, encoded(code::type, {"b"})) == "none");
}

TEST_CASE("a status that is echoed is one line") {
  key_value kv;
  CHECK(answered(kv, encoded(code::echo, {"PONG"}, echo_flag::as_status)) == "PONG");
  CHECK(answered(kv, encoded(code::echo, {"a\r\nb"}, echo_flag::as_status)) == "!ERR malformed operation");
  CHECK(answered(kv, encoded(code::echo, {"a\r\nb"})) == "\"a\r\nb\"");
}

TEST_CASE("what is flushed is gone at once, and freed bit by bit") {
  key_value kv;
  for (int i = 0; i < 1000; ++i) set(kv, std::to_string(i), "v");
  CHECK(written(kv, encoded(code::flush, {})) == "OK");
  CHECK(kv.size() == 0);
  CHECK(get(kv, "1") == "nil");
  set(kv, "1", "new");
  key_value const copy = kv;
  key_value other;
  set(other, "1", "new");
  CHECK(copy == kv);
  CHECK(kv == other);
  int turns = 0;
  for (work_budget none{0}; !kv.tidy(none);) REQUIRE(++turns <= 1000);
  CHECK(turns == 999);
  work_budget none{0};
  CHECK(key_value{copy}.tidy(none)); // a copy has no garbage
  CHECK(kv == other);
}

TEST_CASE("INCR counts, and refuses what is no integer or would not fit") {
  key_value kv;
  CHECK(add(kv, "n", 1) == ":1");
  CHECK(add(kv, "n", -3) == ":-2");
  CHECK(get(kv, "n") == "\"-2\"");
  for (auto const* bad : {"", " 1", "1 ", "+1", "01", "-0", "1.0", "a", "9223372036854775808", "0x1"}) {
    CAPTURE(bad);
    set(kv, "bad", bad);
    CHECK(add(kv, "bad", 1) == "!ERR value is not an integer or out of range");
    CHECK(get(kv, "bad") == '"' + std::string{bad} + '"');
  }
  set(kv, "top", "9223372036854775807");
  CHECK(add(kv, "top", 1) == "!ERR increment or decrement would overflow");
  CHECK(add(kv, "top", -1) == ":9223372036854775806");
  set(kv, "low", "-9223372036854775808");
  CHECK(add(kv, "low", -1) == "!ERR increment or decrement would overflow");
  CHECK(add(kv, "low", INT64_MAX) == ":-1");
}

TEST_CASE("CAS swaps only what is as expected") {
  key_value kv;
  CHECK(written(kv, encoded(code::cas, {"a", "", "1"})) == ":0");
  CHECK(get(kv, "a") == "nil");
  set(kv, "a", "1");
  CHECK(written(kv, encoded(code::cas, {"a", "2", "3"})) == ":0");
  CHECK(get(kv, "a") == "\"1\"");
  CHECK(written(kv, encoded(code::cas, {"a", "1", "3"})) == ":1");
  CHECK(get(kv, "a") == "\"3\"");
}

TEST_CASE("APPEND grows up to the limit that travels with it") {
  key_value kv;
  CHECK(written(kv, encoded(code::append, {"a", "abc"}, 0, 5)) == ":3");
  CHECK(written(kv, encoded(code::append, {"a", "de"}, 0, 5)) == ":5");
  CHECK(written(kv, encoded(code::append, {"a", "f"}, 0, 5)).starts_with("!ERR string exceeds"));
  CHECK(get(kv, "a") == "\"abcde\"");
  CHECK(answered(kv, encoded(code::strlen, {"a"})) == ":5");
  CHECK(answered(kv, encoded(code::strlen, {"b"})) == ":0");
}

TEST_CASE("several keys at once") {
  key_value kv;
  CHECK(written(kv, encoded(code::mset, {"a", "1", "b", "2", "a", "3"})) == "OK");
  CHECK(answered(kv, encoded(code::mget, {"a", "x", "b"})) == "[\"3\" nil \"2\"]");
  CHECK(answered(kv, encoded(code::exists, {"a", "a", "x"})) == ":2");
  CHECK(answered(kv, encoded(code::dbsize, {})) == ":2");
  CHECK(written(kv, encoded(code::getdel, {"a"})) == "\"3\"");
  CHECK(written(kv, encoded(code::getdel, {"a"})) == "nil");
  CHECK(written(kv, encoded(code::del, {"a", "b", "b"})) == ":1");
  CHECK(kv.size() == 0);
}

TEST_CASE("an answer that is too large is refused") {
  key_value kv;
  set(kv, "aa", std::string(100, 'x'));
  set(kv, "bb", std::string(100, 'y'));
  CHECK(answered(kv, encoded(code::mget, {"aa", "bb"}), 199).starts_with("!ERR the answer would be too large"));
  CHECK(answered(kv, encoded(code::mget, {"aa", "bb"}), 200).starts_with("["));
}

TEST_CASE("the same operations give the same store, and no read or broken write changes it") {
  key_value a;
  key_value b;
  for (auto* kv : {&a, &b}) {
    set(*kv, "x", std::string{"\0\r\n\xff", 4});
    add(*kv, "n", 5);
  }
  CHECK(a == b);
  CHECK(written(a, encoded(code::get, {"x"})) == "!ERR a read is not applied");
  CHECK(written(a, "garbage") == "!ERR malformed operation");
  CHECK(answered(a, encoded(code::del, {"x"})) == "!ERR a write is not read");
  CHECK(answered(a, encoded(code::keys, {"*"})) == "!ERR a walk through the keys is no point read");
  CHECK(a == b);
  set(b, "y", "");
  CHECK_FALSE(a == b);
}

} // namespace
} // namespace quorate::service
