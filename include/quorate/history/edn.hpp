// EDN, the notation in which Jepsen and Knossos keep histories, as far as these use it.
#pragma once

#include "quorate/history/lines.hpp"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace quorate::check::history_detail {

// A value, and where it stands.
struct edn_value {
  enum class kind { word, integer, string, vector, list, map, set };
  kind is = kind::word;
  std::uint64_t line = 0;
  std::string_view as_it_came{}; // to the end of its line, if it is longer
  std::string text{};            // of a string; of a word (nil, :read, 1.5, \c) as it came
  std::int64_t number = 0;
  std::vector<edn_value> items{}; // of a map: keys and values by turns

  bool is_nil() const { return is == kind::word && text == "nil"; }
  bool is_word(std::string_view w) const { return is == kind::word && text == w; }
  // What a map has there; null if nothing.
  edn_value const* at(std::string_view key) const {
    for (std::size_t i = 0; i + 1 < items.size(); i += 2)
      if (items[i].is_word(key)) return &items[i + 1];
    return nullptr;
  }
};

// Thrown with bad_line's sentence, and the line.
struct bad_edn {
  std::uint64_t line;
  std::string why;
};
[[noreturn]] inline void expected(std::string_view what, edn_value const& came) {
  throw bad_edn{came.line, "expected " + std::string{what} + ", " + but_got(came.as_it_came)};
}

// Values one after the other. Commas are blanks; what stands behind `;` or `#_` is a comment, a tag is left out.
class edn_reader {
public:
  explicit edn_reader(std::string_view text) : rest_{text} {}

  // The next value; nothing at the end, or before a closing bracket.
  std::optional<edn_value> next() {
    skip();
    if (rest_.empty() || closes(rest_.front())) return std::nullopt;
    edn_value v;
    v.line = line_;
    auto const from = rest_;
    read(v);
    auto const all = from.substr(0, from.size() - rest_.size());
    v.as_it_came = all.substr(0, all.find('\n'));
    return v;
  }
  // The elements of a vector, list, map or set, each as it is read, if such a one comes next; else false.
  bool enter(char opening) {
    skip();
    if (rest_.empty() || rest_.front() != opening) return false;
    take();
    return true;
  }
  void leave(char closing) {
    skip();
    if (rest_.empty() || rest_.front() != closing) fail("\"" + std::string{closing} + "\"");
    take();
  }
  bool at_end() {
    skip();
    return rest_.empty();
  }
  [[noreturn]] void fail(std::string_view what) const {
    auto const came = rest_.substr(0, rest_.find('\n'));
    throw bad_edn{line_, "expected " + std::string{what} + ", " +
                             (rest_.empty() ? "but got the end of the file" : but_got(came))};
  }

private:
  static constexpr int deepest = 64;
  static bool closes(char c) { return c == ')' || c == ']' || c == '}'; }
  static bool is_blank(char c) { return c == ' ' || c == ',' || (c >= '\t' && c <= '\r'); }
  static bool ends_word(char c) {
    return is_blank(c) || closes(c) || c == '(' || c == '[' || c == '{' || c == '"' || c == ';';
  }

  char take() {
    auto const c = rest_.front();
    rest_.remove_prefix(1);
    line_ += c == '\n' ? 1 : 0;
    return c;
  }
  void skip() {
    while (!rest_.empty()) {
      if (is_blank(rest_.front())) {
        take();
      } else if (rest_.front() == ';') {
        while (!rest_.empty() && rest_.front() != '\n') take();
      } else if (rest_.starts_with("#_")) {
        rest_.remove_prefix(2);
        if (!nested()) fail("a value behind #_");
      } else if (rest_.front() == '#' && rest_.size() > 1 && rest_[1] != '{') {
        while (!rest_.empty() && !ends_word(rest_.front())) take(); // a tag
      } else {
        return;
      }
    }
  }
  std::optional<edn_value> nested() {
    if (++depth_ > deepest) fail("values that are not nested so deep");
    auto v = next();
    --depth_;
    return v;
  }

  void read(edn_value& v) {
    using kind = edn_value::kind;
    if (rest_.front() == '"') return string(v);
    if (enter('[')) return items(v, kind::vector, ']');
    if (enter('(')) return items(v, kind::list, ')');
    if (enter('{')) return items(v, kind::map, '}');
    if (rest_.starts_with("#{")) return take(), take(), items(v, kind::set, '}');
    do v.text += take();
    while (!rest_.empty() && !ends_word(rest_.front()));
    auto const* const end = v.text.data() + v.text.size();
    auto const [at, error] = std::from_chars(v.text.data() + (v.text[0] == '+' ? 1 : 0), end, v.number);
    if (error == std::errc{} && (at == end || (*at == 'N' && at + 1 == end))) v.is = kind::integer;
  }
  void items(edn_value& v, edn_value::kind is, char closing) {
    v.is = is;
    while (auto one = nested()) v.items.push_back(std::move(*one));
    if (is == edn_value::kind::map && v.items.size() % 2 != 0) fail("a value behind the key");
    leave(closing);
  }
  void string(edn_value& v) {
    v.is = edn_value::kind::string;
    take();
    while (!rest_.empty() && rest_.front() != '"') {
      auto const c = take();
      if (c != '\\') {
        v.text += c;
        continue;
      }
      constexpr std::string_view escapes = "\"\\ntr", meant = "\"\\\n\t\r";
      auto const which = rest_.empty() ? escapes.npos : escapes.find(rest_.front());
      if (which == escapes.npos) fail("one of \"\\ntr behind a backslash");
      v.text += meant[which];
      take();
    }
    if (rest_.empty()) fail("a closing quote");
    take();
  }

  std::string_view rest_;
  std::uint64_t line_ = 1;
  int depth_ = 0;
};

} // namespace quorate::check::history_detail
