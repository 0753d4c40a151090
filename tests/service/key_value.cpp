#include "quorate/service/key_value.hpp"

#include "said.hpp"

#include <doctest/doctest.h>

#include <set>

namespace quorate::service {
namespace {

using code = op_code;

std::string set(key_value& kv, std::string const& key, std::string const& value, std::uint8_t flags = 0) {
  return written(kv, encoded(code::set, {key, value}, flags));
}
std::string get(key_value const& kv, std::string const& key) {
  return answered(kv, encoded(code::get, {key}));
}
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

TEST_CASE("an answer that is too large is refused, and SCAN goes on instead") {
  key_value kv;
  set(kv, "aa", std::string(100, 'x'));
  set(kv, "bb", std::string(100, 'y'));
  CHECK(
      answered(kv, encoded(code::mget, {"aa", "bb"}), 199).starts_with("!ERR the answer would be too large"));
  CHECK(answered(kv, encoded(code::mget, {"aa", "bb"}), 200).starts_with("["));
  CHECK(answered(kv, encoded(code::keys, {"*"}), 5).starts_with("!ERR the answer would be too large"));
  CHECK(answered(kv, encoded(code::keys, {"*"}), 6).starts_with("["));
  CHECK_FALSE(answered(kv, encoded(code::scan, {"*"}, 0, 0, 100), 1).starts_with("[\"0\""));
}

// What one SCAN said: the next cursor and the keys.
struct page {
  std::uint64_t cursor;
  std::vector<std::string> keys;
};
struct page_sink : no_reply {
  std::vector<std::string> words;
  void bulk(std::string_view s) { words.emplace_back(s); }
};
page scan(key_value const& kv, std::uint64_t cursor, std::uint64_t count, std::string const& pattern = "*") {
  page_sink out;
  kv.read(encoded(code::scan, {pattern}, 0, cursor, count), out);
  return {std::stoull(out.words.at(0)), {out.words.begin() + 1, out.words.end()}};
}

TEST_CASE("SCAN returns, once, every key that is there throughout, whatever comes and goes") {
  key_value kv;
  std::set<std::string> stays;
  for (int i = 0; i < 1000; ++i) {
    set(kv, "stay:" + std::to_string(i), "");
    stays.insert("stay:" + std::to_string(i));
  }
  std::multiset<std::string> found;
  std::uint64_t cursor = 0;
  int round = 0;
  do {
    auto const p = scan(kv, cursor, 7);
    found.insert(p.keys.begin(), p.keys.end());
    cursor = p.cursor;
    for (int i = 0; i < 5; ++i) set(kv, "come:" + std::to_string(5 * round + i), "");
    for (int i = 0; i < 5; ++i)
      written(kv, encoded(code::del, {"come:" + std::to_string(5 * (round / 2) + i)}));
    CHECK(cursor < (std::uint64_t{1} << 53));
    REQUIRE(++round < 1000);
  } while (cursor != 0);
  for (auto const& key : stays) CHECK(found.count(key) == 1);
}

TEST_CASE("SCAN matches a pattern and counts what it looks at") {
  key_value kv;
  for (int i = 0; i < 100; ++i) set(kv, (i % 2 == 0 ? "even:" : "odd:") + std::to_string(i), "");
  auto const all = scan(kv, 0, 1000, "even:*");
  CHECK(all.cursor == 0);
  CHECK(all.keys.size() == 50);
  CHECK(scan(kv, 0, 10, "nothing").cursor != 0);
  CHECK(scan(kv, 0, 100).cursor == 0);
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
  CHECK(a == b);
  set(b, "y", "");
  CHECK_FALSE(a == b);
}

} // namespace
} // namespace quorate::service
