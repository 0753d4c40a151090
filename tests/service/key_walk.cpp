#include "quorate/service/key_walk.hpp"

#include "said.hpp"

#include <doctest/doctest.h>

#include <set>

namespace quorate::service {
namespace {

using code = op_code;

void set(key_value& kv, std::string const& key, std::string const& value = "") {
  written(kv, encoded(code::set, {key, value}));
}

TEST_CASE("KEYS that would answer too much is refused, and SCAN goes on instead") {
  key_value kv;
  set(kv, "aa");
  set(kv, "bb");
  auto const bytes = 2 * (2 + key_walk::framing);
  CHECK(walked(kv, encoded(code::keys, {"*"}), bytes - 1) == "!ERR the answer would be too large: use SCAN");
  CHECK(walked(kv, encoded(code::keys, {"*"}), bytes).starts_with("["));
  CHECK_FALSE(walked(kv, encoded(code::scan, {"*"}, 0, 0, 100), 1).starts_with("[\"0\""));
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
  key_walk walk{encoded(code::scan, {pattern}, 0, cursor, count)};
  for (work_budget slice{300}; !walk.step(kv, slice);) slice.left = 300;
  walk.answer(out);
  return {std::stoull(out.words.at(0)), {out.words.begin() + 1, out.words.end()}};
}

TEST_CASE("SCAN returns, once, every key that is there throughout, whatever comes and goes") {
  key_value kv;
  std::set<std::string> stays;
  for (int i = 0; i < 1000; ++i) {
    set(kv, "stay:" + std::to_string(i));
    stays.insert("stay:" + std::to_string(i));
  }
  std::multiset<std::string> found;
  std::uint64_t cursor = 0;
  int round = 0;
  do {
    auto const p = scan(kv, cursor, 7);
    found.insert(p.keys.begin(), p.keys.end());
    cursor = p.cursor;
    for (int i = 0; i < 5; ++i) set(kv, "come:" + std::to_string(5 * round + i));
    for (int i = 0; i < 5; ++i) written(kv, encoded(code::del, {"come:" + std::to_string(5 * (round / 2) + i)}));
    CHECK(cursor < (std::uint64_t{1} << 53));
    REQUIRE(++round < 1000);
  } while (cursor != 0);
  for (auto const& key : stays) CHECK(found.count(key) == 1);
}

TEST_CASE("SCAN matches a pattern and counts what it looks at") {
  key_value kv;
  for (int i = 0; i < 100; ++i) set(kv, (i % 2 == 0 ? "even:" : "odd:") + std::to_string(i));
  auto const all = scan(kv, 0, 1000, "even:*");
  CHECK(all.cursor == 0);
  CHECK(all.keys.size() == 50);
  CHECK(scan(kv, 0, 10, "nothing").cursor != 0);
  CHECK(scan(kv, 0, 100).cursor == 0);
}

} // namespace
} // namespace quorate::service
