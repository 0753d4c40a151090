#include "quorate/service/key_walk.hpp"

#include "said.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <initializer_list>
#include <random>
#include <set>
#include <string>
#include <vector>

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
page scan(key_value const& kv, std::uint64_t cursor, std::uint64_t count, std::string const& pattern = "*",
          std::uint64_t budget = 300) {
  page_sink out;
  key_walk walk{encoded(code::scan, {pattern}, 0, cursor, count)};
  for (work_budget slice{budget}; !walk.step(kv, slice);) slice.left = budget;
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

TEST_CASE("what is no walk, and a pattern that is too long, is answered by a sentence") {
  key_value const kv;
  std::string const a(65000, 'a');
  std::string const too_long = "!" + std::string{glob_pattern::too_long};
  CHECK(walked(kv, "garbage") == "!ERR malformed operation");
  CHECK(walked(kv, encoded(code::get, {"a"})) == "!ERR only KEYS and SCAN walk through the keys");
  CHECK(walked(kv, encoded(code::keys, {"*[" + std::string(60000, 'b') + "]"})) == too_long);
  CHECK(walked(kv, encoded(code::scan, {"*" + std::string(32000, 'a') + "c"}, 0, 0, 1000000)) == too_long);
}

TEST_CASE("a walk takes as many steps as its work needs, and no more, whatever the budget") {
  key_value kv;
  for (int i = 0; i < 4; ++i) set(kv, std::string(65000, 'a') + std::to_string(i));
  for (int i = 0; i < 2000; ++i) set(kv, "k" + std::to_string(i));
  auto const bytes = encoded(code::keys, {"*" + std::string(1022, 'a') + "c"});
  work_budget all{~std::uint64_t{0}};
  CHECK(key_walk{bytes}.step(kv, all));
  auto const work = ~all.left;
  CHECK(work > 4 * 65000 * std::uint64_t{270});
  for (auto const budget : std::initializer_list<std::uint64_t>{500'000, 5'000'000, 50'000'000}) {
    std::uint64_t steps = 1;
    key_walk walk{bytes};
    for (work_budget slice{budget}; !walk.step(kv, slice); slice.left = budget) {
      CHECK(slice.left == 0);
      ++steps;
    }
    CAPTURE(steps);
    CHECK(steps <= work / budget + 2 + steps * 70'000 / budget); // 70,000: to find the place again
    CHECK(steps * (budget + key_walk::last_thing + 65001) >= work);
  }
}

TEST_CASE("a walk with no time at all still goes on") {
  key_value kv;
  for (int i = 0; i < 100; ++i) set(kv, "k" + std::to_string(i));
  key_walk walk{encoded(code::keys, {"*"})};
  int steps = 1;
  for (work_budget none{0}; !walk.step(kv, none);) REQUIRE(++steps <= 101); // the pattern, and each key
  CHECK(steps == 101);
}

TEST_CASE("a SCAN ends by itself, with a cursor, whatever COUNT asks for") {
  key_value kv;
  for (int i = 0; i < 6; ++i) set(kv, std::string(65000, 'a') + std::to_string(i));
  std::uint64_t cursor = 0;
  int scans = 0;
  do {
    auto const p = scan(kv, cursor, INT64_MAX, "*" + std::string(1022, 'a') + "c", 5'000'000);
    CHECK(p.keys.empty());
    cursor = p.cursor;
    REQUIRE(++scans < 6);
  } while (cursor != 0);
  CHECK(scans == 2); // a key is 17.9 million units, a scan 64 and a bit
}

TEST_CASE("a COUNT of 0, which no client may ask for, goes on all the same") {
  key_value kv;
  for (int i = 0; i < 3; ++i) set(kv, std::to_string(i));
  int scans = 0;
  std::uint64_t cursor = 0;
  do cursor = scan(kv, cursor, 0).cursor;
  while (++scans < 10 && cursor != 0);
  CHECK(scans == 3);
}

TEST_CASE("an answer may be written in pieces, and is let go of meanwhile") {
  key_value kv;
  for (int i = 0; i < 5000; ++i) set(kv, std::string(60, 'x') + std::to_string(i));
  for (auto const& bytes : {encoded(code::keys, {"*"}), encoded(code::scan, {"*"}, 0, 0, 4000)}) {
    auto const whole = walked(kv, bytes);
    key_walk walk{bytes};
    work_budget all{~std::uint64_t{0}};
    REQUIRE(walk.step(kv, all));
    auto const before = walk.bytes();
    CHECK(before > 4000 * 60);
    CHECK(before < 5000 * 128);
    said out;
    int pieces = 1;
    for (work_budget piece{10000}; !walk.answer(out, piece); piece.left = 10000) ++pieces;
    CHECK(pieces > 40);
    CHECK(out.text == whole);
    CHECK(walk.bytes() < 8000);
  }
}

// Found by trying: both pairs have one hash.
constexpr auto one = "110f4b56ed6e35";
constexpr auto other = "047ed6a19c7b7d";
constexpr auto long_one = "1f794cae117271";
constexpr auto long_other = "1df8236e1585e3";

TEST_CASE("keys of one hash are answered together by SCAN, and a walk may stop between them") {
  key_value kv;
  REQUIRE(key_value::hash_of(one) == key_value::hash_of(other));
  for (auto const* key : {one, other, "a", "b", "c"}) set(kv, key);
  std::multiset<std::string> found;
  std::uint64_t cursor = 0;
  do {
    auto const p = scan(kv, cursor, 1); // in steps of one key
    CHECK(p.keys.size() == (std::ranges::count(p.keys, one) > 0 ? 2 : 1));
    found.insert(p.keys.begin(), p.keys.end());
    cursor = p.cursor;
  } while (cursor != 0);
  CHECK(found == std::multiset<std::string>{one, other, "a", "b", "c"});

  // Wherever the walk stands when one of them goes, the other is answered.
  for (auto const* gone : {one, other})
    for (int steps = 0; steps < 7; ++steps) {
      key_value changed = kv;
      key_walk walk{encoded(code::keys, {"*"})};
      work_budget none{0};
      for (int i = 0; i < steps; ++i) walk.step(changed, none);
      written(changed, encoded(code::del, {gone}));
      while (!walk.step(changed, none)) {}
      page_sink out;
      walk.answer(out);
      CHECK(std::ranges::count(out.words, gone == one ? other : one) == 1);
    }
}

TEST_CASE("were there many bytes of keys of one hash, no node would hold them for an answer") {
  key_value kv;
  std::string const start(600000, 'k');
  REQUIRE(key_value::hash_of(start + long_one) == key_value::hash_of(start + long_other));
  set(kv, start + long_one);
  CHECK(walked(kv, encoded(code::scan, {"*"}, 0, 0, 1), 1).starts_with("[\"0\" [\"kkk"));
  set(kv, start + long_other);
  CHECK(walked(kv, encoded(code::scan, {"*"}, 0, 0, 1), 1).starts_with("!ERR the keys of one hash are too many"));
  CHECK(walked(kv, encoded(code::scan, {"*"}, 0, 0, 1)).starts_with("[\"0\" [\"kkk"));
}

// A store that is changed between the steps of a walk, and which keys were there all the while, and ever.
struct changing_store {
  key_value kv{};
  std::mt19937 random;
  std::set<std::string> now{}, all_the_while{}, ever{};

  explicit changing_store(unsigned seed) : random{seed} {
    for (int i = 0; i < 60; ++i) change(false);
    all_the_while = ever = now;
  }
  // A few long ones too, in the midst of which a step may stop; they come and go more than others.
  std::string key() {
    return random() % 3 == 0 ? std::string(700, 'a') + std::to_string(random() % 10)
                             : "a" + std::to_string(random() % 150);
  }
  void change(bool may_flush) {
    auto const k = key();
    if (may_flush && random() % 200 == 0) {
      written(kv, encoded(code::flush, {}));
      now.clear();
      all_the_while.clear();
    } else if (random() % 5 < 3) {
      set(kv, k);
      now.insert(k);
      ever.insert(k);
    } else {
      written(kv, encoded(code::del, {k}));
      now.erase(k);
      all_the_while.erase(k);
    }
  }
  void change_some() {
    for (auto n = random() % 4; n > 0; --n) change(true);
    work_budget a_little{random() % 1000};
    kv.tidy(a_little);
  }
  std::vector<std::string> walk(std::string const& bytes) {
    key_walk w{bytes};
    work_budget slice{0};
    while (!w.step(kv, slice)) {
      change_some();
      slice.left = random() % 4000;
    }
    change_some();
    page_sink out;
    w.answer(out);
    return out.words;
  }
  void check(std::vector<std::string> found, std::string const& pattern) {
    std::ranges::sort(found);
    CHECK(std::ranges::adjacent_find(found) == found.end());
    for (auto const& k : found) CHECK((ever.contains(k) && glob_match(pattern, k)));
    for (auto const& k : all_the_while)
      if (glob_match(pattern, k)) CHECK(std::ranges::binary_search(found, k));
  }
};

TEST_CASE("a walk among changes answers what is there all the while, once, and nothing that never was") {
  std::size_t checked = 0;
  for (unsigned seed = 0; seed < 300; ++seed) {
    CAPTURE(seed);
    changing_store s{seed};
    std::string const pattern = seed % 3 == 0 ? "*" : seed % 3 == 1 ? "*a[1-5]*" : "a?";
    if (seed % 2 == 0) {
      s.check(s.walk(encoded(code::keys, {pattern})), pattern);
    } else {
      std::vector<std::string> found;
      std::uint64_t cursor = 0;
      do {
        auto const words = s.walk(encoded(code::scan, {pattern}, 0, cursor, 1 + s.random() % 20));
        cursor = std::stoull(words.at(0));
        found.insert(found.end(), words.begin() + 1, words.end());
      } while (cursor != 0);
      s.check(found, pattern);
    }
    checked += s.all_the_while.size();
  }
  CHECK(checked > 1000);
}

} // namespace
} // namespace quorate::service
