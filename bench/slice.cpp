// The longest that one client can have the key-value store do at once: each slice of a walk, and operations of
// the largest size. Each call of `slice` is one, which slice.py has callgrind count by itself. Prints their names.
#include "quorate/service/key_value.hpp"
#include "quorate/service/key_walk.hpp"

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

using namespace quorate::service;

extern "C" [[gnu::noinline]] void slice(void (*work)(void*), void* of) { work(of); }
// Called by this, or a compiler makes copies of it under other names.
static void (*const volatile call_slice)(void (*)(void*), void*) = slice;

namespace {

constexpr std::uint64_t budget = 2'000'000;   // units
constexpr std::size_t most_bytes = 1'200'000; // of an operation, about

template <class F>
void as_slice(char const* name, F&& f) {
  std::printf("%s\n", name);
  call_slice([](void* of) { (*static_cast<std::remove_reference_t<F>*>(of))(); }, &f);
}

// RESP, nearly: what a reply costs a node.
struct reply : no_reply {
  std::string text{};
  void bulk(std::string_view s) { text.append("$").append(std::to_string(s.size())).append("\r\n").append(s); }
};

std::string encoded(op_code code, std::vector<std::string> const& strings, std::uint64_t first = 0,
                    std::uint64_t second = 0) {
  std::string bytes;
  op_writer w{bytes, code, strings.size(), 0, first, second};
  for (auto const& s : strings) w.string(s);
  return bytes;
}
// n strings, each of `size` bytes and a number; `between` after each.
std::vector<std::string> numbered(std::size_t n, std::size_t size, std::vector<std::string> const& between = {}) {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < n; ++i) {
    all.push_back(std::string(size, 'a') + std::to_string(i));
    all.insert(all.end(), between.begin(), between.end());
  }
  return all;
}
void filled(key_value& store, std::size_t keys, std::size_t size, std::string const& value) {
  no_reply nobody;
  store.apply(encoded(op_code::mset, numbered(keys, size, {value})), nobody);
}

void walk(char const* name, key_value const& store, std::string const& operation) {
  key_walk w{operation};
  for (bool done = false; !done;)
    as_slice(name, [&] {
      work_budget b{budget};
      done = w.step(store, b);
    });
  reply out;
  for (bool done = false; !done;)
    as_slice("writing its answer", [&] {
      work_budget b{budget};
      done = w.answer(out, b);
    });
}

void walks() {
  key_value few;
  filled(few, 2, 65000, "");
  walk("KEYS of a long class, two keys of 65 KB", few,
       encoded(op_code::keys, {"*[" + std::string(1021, 'b') + "]"}));
  walk("KEYS *aaa...c, likewise", few, encoded(op_code::keys, {"*" + std::string(1022, 'a') + "c"}));
  std::string stars;
  for (int i = 0; i < 511; ++i) stars += "a*";
  walk("SCAN a*a*a*...b, likewise", few, encoded(op_code::scan, {stars + "b"}, 0, 1'000'000));
  std::string classes;
  for (int i = 0; i < 204; ++i) classes += "[a-\xe0]";
  walk("SCAN of the dearest pattern to read", few, encoded(op_code::scan, {classes}, 0, 1'000'000));
  key_value many;
  filled(many, 20000, 12, "v");
  walk("KEYS * among 20,000", many, encoded(op_code::keys, {"*"}));
  walk("SCAN COUNT 1000000, likewise", many, encoded(op_code::scan, {"*a1*"}, 0, 1'000'000));
}

void operations() {
  key_value store;
  reply out;
  auto const apply = [&](char const* name, std::string const& operation) {
    as_slice(name, [&] { store.apply(operation, out); });
  };
  auto const keys = std::size_t{max_keys};
  auto const value = std::string(most_bytes / keys - 20, 'v');
  apply("MSET of 2,048 keys", encoded(op_code::mset, numbered(keys, 8, {value})));
  apply("MSET of them again", encoded(op_code::mset, numbered(keys, 8, {value})));
  as_slice("MGET of 2,048 keys", [&, get = encoded(op_code::mget, numbered(keys, 8))] { store.read(get, out); });
  apply("MSET of 18 keys of 65 KB", encoded(op_code::mset, numbered(most_bytes / 65000, 65000, {""})));
  std::vector<std::string> counts;
  for (auto const& key : numbered(keys, 8)) counts.push_back(encoded(op_code::increment, {"n" + key}, 2));
  apply("EXEC of 2,048 INCR", encoded(op_code::exec, counts));
  as_slice("counting its keys", [&, all = encoded(op_code::exec, counts)] { (void)key_count(all); });
  filled(store, keys, 8, std::string(16384, 'v'));
  std::vector<std::string> tails;
  for (auto const& key : numbered(keys, 8)) tails.push_back(encoded(op_code::append, {key, "tail"}, 1 << 20));
  apply("EXEC of 2,048 APPEND to 16 KB each", encoded(op_code::exec, tails));
  apply("DEL of 2,048 keys of 16 KB", encoded(op_code::del, numbered(keys, 8)));
  filled(store, 20000, 12, "v");
  apply("FLUSHALL of 20,000 keys", encoded(op_code::flush, {}));
  for (bool done = false; !done;)
    as_slice("freeing them", [&] {
      work_budget b{budget};
      done = store.tidy(b);
    });
}

} // namespace

int main() {
  walks();
  operations();
}
