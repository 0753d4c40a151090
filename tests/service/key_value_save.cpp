// The store is saved in steps while it is written to, and restored.
#include "quorate/conform/machine.hpp"
#include "quorate/service/key_value_machine.hpp"

#include "said.hpp"
#include "support/breaks_just.hpp"
#include "support/dice.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quorate::service {
namespace {

using code = op_code;
constexpr std::uint64_t any_size = std::uint64_t{1} << 32;

std::string set(std::string const& key, std::string const& value) { return encoded(code::set, {key, value}); }
std::string append(std::string const& key, std::string const& tail) {
  return encoded(code::append, {key, tail}, 0, any_size);
}

// What a number stands for: an operation of any kind, on few keys. Values have up to `longest` bytes.
struct any_operation {
  std::size_t longest = 40;

  std::string operator()(std::uint64_t n) const {
    test::dice d{n};
    if (d(40) == 0) return encoded(code::flush, {});
    if (d(12) > 0) return one(d);
    std::vector<std::string> elements(1 + d(4));
    for (auto& e : elements) e = one(d);
    return encoded(code::exec, elements);
  }
  std::string one(test::dice& d) const {
    auto const key = [&d] {
      auto const n = d(12);
      return n == 0 ? std::string{} : std::string(n == 1 ? 100 : 1, static_cast<char>('a' + n));
    };
    auto const value = [&] {
      auto const size = d(3) == 0 ? d(longest) : d(10);
      return d(6) == 0 ? std::to_string(d(1000)) : std::string(size, static_cast<char>('A' + d(26)));
    };
    switch (d(10)) {
    case 0: return encoded(code::getdel, {key()});
    case 1: return encoded(code::del, {key(), key(), key()});
    case 2: return encoded(code::increment, {key()}, 0, zigzag(static_cast<std::int64_t>(d(100)) - 50));
    case 3:
    case 4:
    case 5: return append(key(), value());
    case 6: return encoded(code::mset, {key(), value(), key(), value(), key(), value()});
    case 7: return encoded(code::cas, {key(), std::to_string(d(3)), value()});
    default: return encoded(code::set, {key(), value()}, static_cast<std::uint8_t>(d(8)));
    }
  }
};

// Says what it answers, so that the results of two machines can be compared.
struct answering_machine : key_value_machine {
  using key_value_machine::key_value_machine;
  std::string apply(log_index i, std::string const& operation) {
    said out;
    key_value_machine::apply(i, operation, out);
    return out.text;
  }
};

// A machine with what tests do to it.
struct machine : key_value_machine {
  using key_value_machine::key_value_machine;

  void write(std::string const& operation) { apply(applied() + 1, operation); }
  // One step's bytes are added to `saved`.
  save_step step(std::string& saved) {
    return save([&saved](std::span<std::byte const> piece) {
      saved.append(reinterpret_cast<char const*>(piece.data()), piece.size());
      return true;
    });
  }
  template <class Between>
  std::string saved(Between&& between) {
    std::string bytes;
    begin_save();
    while (step(bytes) == save_step::more) between(bytes.size());
    end_save();
    return bytes;
  }
  std::string saved() {
    return saved([](std::size_t) {});
  }
  // In pieces of that size.
  bool restored(std::string_view bytes, std::size_t size = std::string_view::npos) {
    begin_restore(applied() + 1);
    for (bool more = true; more && !bytes.empty(); bytes.remove_prefix((std::min)(size, bytes.size())))
      more = restore(std::as_bytes(std::span{bytes.substr(0, size)}));
    return end_restore();
  }
};

std::string hex(std::string_view bytes) {
  std::string out;
  for (char const c : bytes)
    for (auto const half : {static_cast<unsigned char>(c) >> 4, c & 15}) out += "0123456789abcdef"[half];
  return out;
}
std::string text(growing_string const& s) {
  return s.with([](std::string_view bytes) { return std::string{bytes}; });
}

TEST_CASE("the store is a state machine, in steps of any size") {
  for (auto const most : {saved_step{}, saved_step{.bytes = 64, .keys = 1}, saved_step{.bytes = 100, .keys = 3}}) {
    CAPTURE(most.bytes);
    auto const make = [most] { return answering_machine{most}; };
    test::keeps_its_laws(check::check_machine(make, any_operation{}, {.damages = 60, .step_bytes = most.bytes}));
  }
}

TEST_CASE("values longer than a step are put in parts") {
  auto const make = [] { return answering_machine{}; };
  check::machine_trials const few{.lives = 6, .commands = 7, .damages = 6, .step_bytes = saved_step{}.bytes};
  test::keeps_its_laws(check::check_machine(make, any_operation{200'000}, few));
}

TEST_CASE("a save shows what was there when it began, whatever is written between its steps") {
  test::dice d{7};
  for (int round = 0; round < 300; ++round) {
    CAPTURE(round);
    any_operation const any{round % 2 == 0 ? 60U : 9'000U};
    saved_step const most{.bytes = 64 + d(400), .keys = 1 + d(20)};
    machine m{most};
    auto const write = [&] { m.write(any(d(any_size))); };
    for (auto n = d(60); n > 0; --n) write();
    machine twin = m; // a copy has what is saved, and no save
    auto const expected = twin.saved();
    auto const busy = d(8);
    std::size_t before = 0;
    auto const came = m.saved([&](std::size_t now) {
      CHECK(now - std::exchange(before, now) <= most.bytes);
      for (auto n = d(busy + 1); n > 0; --n) write();
      work_budget some{d(2000)};
      m.tidy(some);
      if (d(20) == 0) m = machine{std::move(m)}; // a move takes the save along
    });
    REQUIRE(came == expected);
    machine quiet;
    REQUIRE(quiet.restored(m.saved(), 1 + d(500)));
    CHECK(quiet.store() == m.store());
    for (work_budget all{~std::uint64_t{0}}; !m.tidy(all);) {}
  }
}

TEST_CASE("a save that is given up leaves the writes, and the next one shows them") {
  machine m{{.bytes = 64, .keys = 1}};
  for (auto const* key : {"a", "b", "c", "d", "e"}) m.write(set(key, std::string(100, 'x')));
  std::string some;
  m.begin_save();
  m.step(some), m.step(some);
  m.write(encoded(code::flush, {}));
  m.write(set("b", "new"));
  m.end_save();
  machine other;
  other.write(set("b", "new"));
  CHECK(m.saved() == other.saved());
  CHECK(m.store() == other.store());
  m.begin_save();
  m = other; // is given up with its state
  m.write(encoded(code::del, {"b"}));
  CHECK(m.store().size() == 0);
  CHECK(m.saved() == machine{}.saved());
}

TEST_CASE("a step puts so many bytes and goes by so many keys, however large the state") {
  machine m;
  for (int i = 0; i < 3000; ++i) m.write(set("key" + std::to_string(i), "v"));
  m.write(set("long", std::string(1'000'000, 'x')));
  m.write(set(std::string(500'000, 'k'), ""));
  std::string bytes;
  m.begin_save();
  int steps = 0;
  // New keys are gone by, too.
  for (int i = 0; i < 3000; ++i) m.write(set("new" + std::to_string(i), "v"));
  for (auto came = save_step::more; came == save_step::more; ++steps) {
    auto const before = bytes.size();
    came = m.step(bytes);
    CHECK(bytes.size() - before <= saved_step{}.bytes);
  }
  m.end_save();
  CHECK(steps >= 6000 / 512 + 1'500'000 / 65536);
  CHECK(steps <= 6000 / 512 + 2 * 1'500'000 / 65536);

  std::size_t shown = 0;
  key_value store = m.store();
  store.freeze();
  auto const count = [&shown](std::string_view, growing_string const&, std::size_t) { return ++shown, true; };
  CHECK_FALSE(store.visit_frozen(512, count));
  CHECK(shown == 512);
  CHECK_FALSE(store.visit_frozen(5489, count));
  CHECK(store.visit_frozen(1, count));
  CHECK(shown == 6002);
}

TEST_CASE("to put a value aside is to move it, and to append moves nothing") {
  std::set<std::string> const keys{"appended", "both", "deleted", "kept", "set", "swapped"};
  key_value store;
  for (auto const& key : keys) written(store, set(key, std::string(100'000, key[0])));
  auto const at = [](growing_string const& s) {
    growing_string::place begin;
    return s.next(begin, 1).data();
  };
  std::set<void const*> before, after;
  for (auto const& key : keys) before.insert(at(*store.find(key)));
  store.freeze();
  written(store, append("appended", std::string(5000, 'z')));
  written(store, append("both", "z"));
  written(store, set("both", "new"));
  written(store, append("both", "er"));
  written(store, encoded(code::del, {"deleted"}));
  written(store, set("set", std::string(100'000, 'y')));
  written(store, encoded(code::cas, {"swapped", std::string(100'000, 's'), "y"}));
  written(store, set("absent", std::string(100'000, 'y')));
  std::set<std::string> found;
  CHECK(store.visit_frozen(100, [&](std::string_view key, growing_string const& value, std::size_t size) {
    CHECK(size == 100'000);
    CHECK(text(value).substr(0, size) == std::string(100'000, key[0]));
    after.insert(at(value));
    return found.emplace(key).second;
  }));
  CHECK(found == keys);
  CHECK(after == before);
  store.thaw();
  CHECK(text(*store.find("both")) == "newer");
  CHECK(store.find("appended")->size() == 105'000);
}

TEST_CASE("what was put aside is freed by tidy, and whole stores bit by bit") {
  machine m;
  for (int i = 0; i < 1000; ++i) m.write(set(std::to_string(i), std::string(5000, 'x')));
  auto const bytes = m.saved();
  auto const turns = [&m] {
    int n = 1;
    for (work_budget one{0}; !m.tidy(one);) ++n;
    return n;
  };
  CHECK(turns() == 1);
  m.begin_save();
  for (int i = 0; i < 100; ++i) m.write(set(std::to_string(i), ""));
  CHECK(turns() == 1); // they are to be shown
  m.end_save();
  CHECK(turns() == 100);
  m.begin_save();
  for (int i = 0; i < 10; ++i) m.write(set(std::to_string(i), "y"));
  m.write(encoded(code::flush, {}));
  CHECK(turns() == 1);
  m.end_save();
  CHECK(turns() == 1010);
  CHECK(m.restored(bytes));
  CHECK(m.restored(bytes));
  CHECK(turns() == 1000);
  CHECK_FALSE(m.restored(std::string_view{bytes}.substr(0, bytes.size() - 10))); // in the last value
  CHECK(turns() == 1000);
}

TEST_CASE("the saved form, byte by byte") {
  machine m;
  CHECK(hex(m.saved()) == "514b5653010000000000");
  m.write(set("key", "value"));
  m.write(set("", std::string(130, 'x')));
  m.write(set("k", ""));
  std::string xs;
  for (int i = 0; i < 130; ++i) xs += "78";
  // The order is that of the hashes: "", "k", "key".
  CHECK(hex(m.saved()) == "514b565301000000" + ("01008201" + xs) + "01016b00" + "01036b65790576616c7565" + "0003");
}

TEST_CASE("the same state gives the same bytes, whatever came before") {
  std::string const half(50'000, 'h');
  machine a, b, c;
  a.write(set("long", half + half));
  a.write(set("short", "s"));
  b.write(set("short", std::string(100'000, 's')));
  b.write(set("other", "o"));
  b.write(set("long", half));
  for (int i = 0; i < 50'000; ++i) b.write(append("long", "h"));
  b.write(encoded(code::del, {"other"}));
  b.write(set("short", "s"));
  CHECK(a.saved() == b.saved());
  for (std::size_t const size : {1U, 7U, 4096U, 65536U, 1'000'000U}) {
    CHECK(c.restored(a.saved(), size));
    CHECK(c.saved() == a.saved());
    CHECK(c.store() == a.store());
  }
}

std::string const head{"QKVS\1\0\0\0", 8};
std::string entry(std::string const& key, std::string const& value) {
  std::string bytes{'\1'};
  for (auto const& s : {key, value}) {
    op_detail::put_varint(bytes, s.size());
    bytes += s;
  }
  return bytes;
}
std::string end(std::uint64_t count) {
  std::string bytes{'\0'};
  op_detail::put_varint(bytes, count);
  return bytes;
}

TEST_CASE("what is no saved form is refused and changes nothing") {
  std::string first = "a", second = "b";
  if (key_value::hash_of(first) > key_value::hash_of(second)) first.swap(second);
  auto const one = entry(first, "1"), two = entry(second, "2");
  machine m;
  m.write(set("here", "already"));
  auto const before = m.saved();
  auto const refuses = [&](std::string const& bytes) {
    bool all = true;
    for (std::size_t const size : {1U, 2U, 1000U}) {
      all = all && !m.restored(bytes, size) && m.saved() == before && m.applied() == log_index{1};
    }
    return all;
  };
  CHECK(refuses(""));
  CHECK(refuses("QKVT" + head.substr(4) + one + two + end(2)));
  CHECK(refuses(head.substr(0, 4) + '\2' + head.substr(5) + one + two + end(2)));
  CHECK(refuses(head.substr(0, 7) + '\1' + one + two + end(2)));
  CHECK(refuses(head + two + one + end(2)));
  CHECK(refuses(head + one + one + end(2)));
  CHECK(refuses(head + one + two + end(1)));
  CHECK(refuses(head + one + two + end(3)));
  CHECK(refuses(head + one + two + end(2) + '\0'));
  CHECK(refuses(head + '\2' + one.substr(1) + two + end(2)));
  auto const longer = std::string{"\x01\x81\x00", 3} + one.substr(2); // a length of 1 in two bytes
  CHECK(refuses(head + longer + two + end(2)));
  CHECK(refuses(head + '\1' + std::string(10, '\xff') + two + end(2)));
  auto const vast = "\1" + std::string(9, '\xff') + '\1'; // a key of 2^64 - 1 bytes
  CHECK(refuses(head + vast + one + two + end(2)));
  auto const all = head + one + two + end(2);
  for (std::size_t cut = 0; cut < all.size(); ++cut) CHECK(refuses(all.substr(0, cut)));

  CHECK(m.restored(all));
  CHECK(m.store().size() == 2);
  CHECK(m.applied() == log_index{2});
  CHECK(m.saved() == all);
  CHECK(text(*m.store().find(second)) == "2");
}

TEST_CASE("a piece that is not taken ends the save") {
  machine m{{.bytes = 64}};
  m.write(set("a", std::string(1000, 'x')));
  m.begin_save();
  std::string bytes;
  CHECK(m.step(bytes) == save_step::more);
  CHECK(m.save([](std::span<std::byte const>) { return false; }) == save_step::failed);
  m.end_save();
  machine other;
  CHECK(other.restored(m.saved()));
  CHECK(other.store() == m.store());
}

TEST_CASE("an operation is answered to whoever asks, and what is none is answered with an error") {
  key_value_machine m;
  said out;
  m.apply(log_index{3}, set("a", "12"), out);
  m.apply(log_index{4}, "garbage", out);
  m.apply(log_index{5}, encoded(code::exec, {encoded(code::get, {"a"})}), out, 1);
  CHECK(out.text.starts_with("OK !ERR malformed operation [!ERR the answer would be too large"));
  CHECK(m.applied() == log_index{5});
  CHECK(m.store().size() == 1);
}

} // namespace
} // namespace quorate::service
