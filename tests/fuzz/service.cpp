// What a log gives to the store, and what clients ask of it: operations, well-formed or not, and patterns. The
// first byte says which, the second how small the pieces are in which it is done.
#include "fuzz.hpp"

#include "quorate/service/glob.hpp"
#include "quorate/service/key_value.hpp"
#include "quorate/service/key_walk.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace quorate::service {
namespace {

using fuzz::must;

// One answer, and whether it was one.
struct answer_text {
  std::string text{};
  std::vector<std::size_t> open{1};

  void say(char kind, std::string_view what) {
    must(!open.empty(), "no more is said than one answer");
    text.append(1, kind).append(std::to_string(what.size())).append(what);
    while (!open.empty() && --open.back() == 0) open.pop_back();
  }
  void status(std::string_view s) {
    must(s.find_first_of("\r\n") == s.npos, "a status is one line");
    say('+', s);
  }
  void error(std::string_view s) { say('-', s); }
  void integer(std::int64_t n) { say(':', std::to_string(n)); }
  void bulk(std::string_view s) { say('$', s); }
  void nil() { say('0', ""); }
  void array(std::size_t n) {
    must(!open.empty(), "no more is said than one answer");
    text.append("*").append(std::to_string(n));
    n == 0 ? say('*', "") : open.push_back(n);
  }
};

key_value filled() {
  key_value store;
  no_reply nobody;
  std::string bytes;
  op_writer{bytes, op_code::mset, 8}
      .string("a")
      .string("1")
      .string("b")
      .string("text")
      .string("")
      .string("x")
      .string("ab")
      .string("");
  store.apply(bytes, nobody);
  return store;
}

void check_write(std::string_view bytes, std::size_t few) {
  auto const before = fuzz::heap_taken();
  auto const op = decode_operation(bytes);
  must(fuzz::heap_taken() == before, "decoding takes nothing from the heap");
  must(key_count(bytes) <= bytes.size(), "a key takes a byte at least");
  key_value asked = filled(), bounded = asked, silent = asked;
  answer_text all, some;
  no_reply nobody;
  asked.apply(bytes, all);
  bounded.apply(bytes, some, few);
  silent.apply(bytes, nobody);
  must(all.open.empty() && some.open.empty(), "a write is answered");
  must(asked == bounded && asked == silent, "the store becomes the same, whoever is answered");
  must((op && !is_read(op->code)) || asked == filled(), "what is no write changes nothing");
  work_budget piece{0};
  while (!asked.tidy(piece)) {}
  must(asked == bounded, "what is freed was no part of the store");
}

std::string walked(key_value const& store, std::string_view bytes, std::uint64_t budget) {
  key_walk walk{bytes};
  work_budget slice{budget};
  while (!walk.step(store, slice)) slice.left = budget;
  answer_text out;
  while (!walk.answer(out, slice)) slice.left = budget;
  must(out.open.empty(), "a walk is answered");
  return out.text;
}

void check_read(std::string_view bytes, std::size_t few) {
  auto const store = filled();
  answer_text out;
  store.read(bytes, out);
  must(out.open.empty(), "a read is answered");
  must(walked(store, bytes, few) == walked(store, bytes, ~std::uint64_t{0}), "slices change no answer");
}

void check_pattern(std::string_view bytes, std::size_t few) {
  auto const cut = std::min(bytes.size(), few);
  auto const text = bytes.substr(0, cut);
  auto const pattern = glob_pattern::compile(bytes.substr(cut));
  must(pattern.has_value() == (bytes.size() - cut <= glob_pattern::max_pattern), "what is too long is refused");
  if (!pattern) return;
  auto whole = pattern->begin(), pieces = whole;
  pattern->read(whole, text);
  for (char const c : text) pattern->read(pieces, {&c, 1});
  must(whole.matches() == pieces.matches(), "a text may be read in pieces");
  must(whole.matches() == pattern->matches(text), "or at once");
  if (whole.decided()) must(pattern->matches(std::string{text} + "a") == whole.matches(), "what is decided stays");
  std::string const anything = "*" + std::string{bytes.substr(cut)};
  must(!whole.matches() || anything.size() > glob_pattern::max_pattern || glob_match(anything, text),
       "a star in front takes nothing away");
}

} // namespace
} // namespace quorate::service

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace quorate;
  if (size < 2 || size > 4096) return 0;
  fuzz::input const rest{data + 2, size - 2};
  switch (data[0] % 3) {
  case 0: return service::check_write(rest.text(), data[1]), 0;
  case 1: return service::check_read(rest.text(), data[1]), 0;
  default: return service::check_pattern(rest.text(), data[1]), 0;
  }
}
