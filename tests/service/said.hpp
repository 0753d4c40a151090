// A reply sink that writes down what was said, one word an answer: OK !error :1 "bytes" nil [ ... ].
#pragma once

#include "quorate/service/key_value.hpp"
#include "quorate/service/key_walk.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace quorate::service {

struct said {
  std::string text;
  std::vector<std::size_t> open;

  void add(std::string_view word) {
    if (!text.empty() && text.back() != '[') text += ' ';
    text += word;
    while (!open.empty() && --open.back() == 0) {
      open.pop_back();
      text += ']';
    }
  }
  void status(std::string_view s) { add(s); }
  void error(std::string_view s) { add("!" + std::string{s}); }
  void integer(std::int64_t n) { add(":" + std::to_string(n)); }
  void bulk(std::string_view s) { add('"' + std::string{s} + '"'); }
  void nil() { add("nil"); }
  void array(std::size_t n) {
    if (n == 0) return add("[]");
    if (!text.empty() && text.back() != '[') text += ' ';
    text += '[';
    open.push_back(n);
  }
};

inline std::string encoded(op_code code, std::vector<std::string> const& strings, std::uint8_t flags = 0,
                           std::uint64_t first = 0, std::uint64_t second = 0) {
  std::string bytes;
  op_writer w{bytes, code, strings.size(), flags, first, second};
  for (auto const& s : strings) w.string(s);
  return bytes;
}
inline std::string written(key_value& store, std::string const& bytes) {
  said out;
  store.apply(bytes, out);
  return out.text;
}
inline std::string answered(key_value const& store, std::string const& bytes,
                            std::size_t most = static_cast<std::size_t>(-1)) {
  said out;
  store.read(bytes, out, most);
  return out.text;
}
// A whole walk, in steps of that budget.
inline std::string walked(key_value const& store, std::string const& bytes, std::size_t most = key_value::no_bound,
                          std::uint64_t budget = 1 << 20) {
  key_walk walk{bytes, most};
  work_budget slice{budget};
  while (!walk.step(store, slice)) slice.left = budget;
  said out;
  walk.answer(out);
  return out.text;
}

} // namespace quorate::service
