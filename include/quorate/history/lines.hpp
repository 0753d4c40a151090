// Lines that say who began or ended what, as the formats of recorded histories have them: reading one, and putting
// those of one operation together.
#pragma once

#include "quorate/history/types.hpp"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace quorate::check {

// What the words of a history mean.
// - jepsen: a comparison that failed did take place, and did not match; nil that was read is a register that holds
//   nothing, or a key with the empty string.
// - knossos: what failed did not happen, whatever it was; a read of nil does not say what was read.
// For both, other failures did not happen, and :info, or no end, may have happened, may still, or never will.
enum class history_rules { jepsen, knossos };

} // namespace quorate::check

namespace quorate::check::history_detail {

// Thrown within this file and those that read formats; never leaves read_events().
struct bad_line {
  std::string why;
};

// `but got "what came"`: its beginning, if it is long, and so that it can be seen and does no harm to a terminal.
inline std::string but_got(std::string_view came) {
  if (came.empty()) return "but got the end of the line";
  std::string shown = "but got \"";
  for (auto const c : came.substr(0, 40)) {
    constexpr char digits[] = "0123456789abcdef";
    auto const byte = static_cast<unsigned char>(c);
    if (byte >= ' ' && byte != 0x7f)
      shown += c;
    else
      (((shown += "\\x") += digits[byte / 16]) += digits[byte % 16]);
  }
  return shown + (came.size() > 40 ? "...\"" : "\"");
}

// A line, from its beginning to where it has been understood.
class text_cursor {
public:
  explicit text_cursor(std::string_view line) : rest_{line} {}

  bool skip(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  void literal(std::string_view word) {
    if (!skip(word)) fail("\"" + std::string{word} + "\"");
  }
  void blanks() {
    auto const end = rest_.find_first_not_of(" \t");
    if (end == 0 || rest_.empty()) fail("a tab or a blank");
    rest_.remove_prefix(end == rest_.npos ? rest_.size() : end);
  }
  void end() const {
    if (!rest_.empty()) fail("the end of the line");
  }

  template <class Int>
  Int number(std::string_view what) {
    Int n{};
    auto const [at, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), n);
    if (error != std::errc{}) fail(what);
    rest_.remove_prefix(static_cast<std::size_t>(at - rest_.data()));
    return n;
  }

  template <class Value>
  Value one_of(std::span<std::pair<std::string_view, Value> const> words) {
    for (auto const& [word, value] : words)
      if (word_here() == word) return rest_.remove_prefix(word.size()), value;
    std::string all;
    for (auto const& [word, value] : words)
      all += (all.empty() ? "" : &word == &words.back().first ? " or " : ", ") + std::string{word};
    fail(all);
  }

  // "so \"quoted\"", with the escapes of EDN.
  std::string string() {
    literal("\"");
    std::string s;
    while (!skip("\"")) {
      if (rest_.empty()) fail("a closing quote");
      if (!skip("\\")) {
        s += rest_.front();
        rest_.remove_prefix(1);
        continue;
      }
      constexpr std::pair<std::string_view, char> escapes[] = {
          {"\"", '"'}, {"\\", '\\'}, {"n", '\n'}, {"t", '\t'}, {"r", '\r'}};
      auto const size = s.size();
      for (auto const& [escape, meant] : escapes)
        if (size == s.size() && skip(escape)) s += meant;
      if (size == s.size()) fail("one of \"\\ntr behind a backslash");
    }
    return s;
  }

  [[noreturn]] void fail(std::string_view expected) const {
    throw bad_line{"expected " + std::string{expected} + ", " + but_got(rest_)};
  }

private:
  std::string_view word_here() const { return rest_.substr(0, rest_.find_first_of(" \t,}")); }

  std::string_view rest_;
};

enum class event_kind { invoke, ok, fail, info };
inline constexpr std::pair<std::string_view, event_kind> event_kinds[] = {{":invoke", event_kind::invoke},
                                                                          {":ok", event_kind::ok},
                                                                          {":fail", event_kind::fail},
                                                                          {":info", event_kind::info}};

template <sequential_model Model>
struct event_line {
  std::uint32_t process = 0;
  event_kind kind{};
  typename Model::request asked{};
  typename Model::answer answered{};
  bool repeats = true;        // `asked` is all there, also at the end of an operation
  bool same_key = false;      // of what does not repeat: the key does
  bool happened = false;      // though it failed
  bool tells_nothing = false; // its answer is nil
};

// Operations out of events: each process has one open at a time, and is not heard of after an unknown outcome.
template <sequential_model Model>
class assembly {
public:
  // `lines` are those of instants; null: an instant is a line.
  explicit assembly(history_rules rules, std::vector<std::uint64_t> const* lines = nullptr)
      : rules_{rules}, lines_{lines} {}

  void take(event_line<Model> const& e, std::uint64_t instant) {
    auto& p = processes_[e.process];
    auto const who = [&] { return "process " + std::to_string(e.process); };
    auto const which = [&] {
      auto const line = lines_ ? (*lines_)[static_cast<std::size_t>(p.since - 1)] : p.since;
      return " (line " + std::to_string(line) + ")";
    };
    if (p.gone) throw bad_line{"expected nothing more of " + who() + ", whose outcome was unknown" + which()};
    if (e.kind == event_kind::invoke) {
      if (p.open)
        throw bad_line{"expected the end of what " + who() + " began before" + which() + ", but it begins anew"};
      p = {all_.size(), instant, true, false};
      all_.push_back({{e.asked, std::nullopt, instant, instant, e.process}, false});
      return;
    }
    if (!p.open) throw bad_line{"expected " + who() + " to begin something, but it ends what it did not begin"};
    auto& [op, never_happened] = all_[p.number];
    bool const differs =
        (e.same_key && is_of_another_key(op.asked, e.asked)) || (e.repeats && !(op.asked == e.asked));
    if (op.asked.what != e.asked.what || differs)
      throw bad_line{"expected the end of what " + who() + " began before" + which() + ", but another one ends"};
    op.returned = instant;
    bool const knossos = rules_ == history_rules::knossos;
    bool const happened = e.kind == event_kind::ok || (e.happened && !knossos);
    never_happened = (e.kind == event_kind::fail && !happened) || (knossos && happened && e.tells_nothing);
    if (happened) op.answered = e.answered;
    p.open = false;
    p.gone = e.kind == event_kind::info;
  }

  // What is still open has an unknown outcome; what did not happen is left out.
  std::vector<operation<Model>> take_all() {
    std::vector<operation<Model>> kept;
    for (auto& [op, never_happened] : all_)
      if (!never_happened) kept.push_back(std::move(op));
    return kept;
  }

private:
  struct process {
    std::size_t number = 0; // of its last operation in all_
    std::uint64_t since = 0;
    bool open = false;
    bool gone = false;
  };
  static bool is_of_another_key([[maybe_unused]] typename Model::request const& one,
                                [[maybe_unused]] typename Model::request const& other) {
    if constexpr (requires { one.key; })
      return one.key != other.key;
    else
      return false;
  }

  history_rules rules_;
  std::vector<std::uint64_t> const* lines_;
  std::map<std::uint32_t, process> processes_;
  std::vector<std::pair<operation<Model>, bool>> all_;
};

// The operations of the events in `text`, one a line, as Format reads them; false, and why, if a line is wrong.
template <class Format, sequential_model Model>
bool read_events(std::string_view name, std::string_view text, Model& model, history_rules rules,
                 std::vector<operation<Model>>& operations, std::string& error) {
  assembly<Model> all{rules};
  std::uint64_t number = 0;
  try {
    while (!text.empty()) {
      ++number;
      auto const line = text.substr(0, text.find('\n'));
      text.remove_prefix((std::min)(text.size(), line.size() + 1));
      all.take(Format::read(model, line), number);
    }
  } catch (bad_line const& bad) {
    error = std::string{name} + ":" + std::to_string(number) + ": " + bad.why;
    return false;
  }
  operations = all.take_all();
  return true;
}

} // namespace quorate::check::history_detail
