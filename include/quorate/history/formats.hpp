// Recorded histories as text: the logs of Jepsen's compare-and-set registers, and the EDN of Jepsen and Knossos,
// of such a register or of a map of strings. What a file holds is told by its beginning.
#pragma once

#include "quorate/history/edn.hpp"
#include "quorate/history/lines.hpp"
#include "quorate/history/models.hpp"
#include "quorate/history/types.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace quorate::check {

// A history together with the model that its requests and answers belong to.
template <sequential_model Model>
struct recorded {
  Model model{};
  std::vector<operation<Model>> operations{}; // instants are line numbers, or those of events, from 1
  std::vector<std::uint64_t> lines{};         // of the events, by number; nothing where instants are lines

  std::uint64_t line_of(std::uint64_t instant) const { return lines.empty() ? instant : lines[instant - 1]; }
};
using recorded_history = std::variant<recorded<register_model>, recorded<string_map_model>>;

namespace history_detail {

// `INFO  jepsen.util - PROCESS KIND OPERATION VALUE`, in columns apart by tabs or blanks.
struct register_format {
  using model_type = register_model;
  using line = event_line<register_model>;

  static line read(register_model&, std::string_view text) {
    text_cursor in{text};
    in.literal("INFO");
    in.blanks();
    in.literal("jepsen.util");
    in.blanks();
    in.literal("-");
    in.blanks();
    line l;
    l.process = in.number<std::uint32_t>("a process number");
    in.blanks();
    l.kind = in.one_of<event_kind>(event_kinds);
    in.blanks();
    constexpr std::pair<std::string_view, register_model::verb> verbs[] = {
        {":read", register_model::verb::read},
        {":write", register_model::verb::write},
        {":cas", register_model::verb::compare_and_set}};
    l.asked.what = in.one_of<register_model::verb>(verbs);
    in.blanks();
    value(in, l);
    in.end();
    return l;
  }

private:
  // What stands last depends on what stands before. A failed comparison happened; a failed read or write did not.
  static void value(text_cursor& in, line& l) {
    bool const reads = l.asked.what == register_model::verb::read;
    bool const compares = l.asked.what == register_model::verb::compare_and_set;
    if (l.kind == event_kind::info || (reads && l.kind == event_kind::fail)) {
      in.literal(":timed-out");
      l.repeats = false;
    } else if (reads && l.kind == event_kind::ok) {
      l.tells_nothing = in.skip("nil");
      if (!l.tells_nothing) l.answered.read = in.number<std::int64_t>("nil or an integer");
    } else if (reads) {
      in.literal("nil");
    } else if (compares) {
      in.literal("[");
      l.asked.expected = in.number<std::int64_t>("an integer");
      in.literal(" ");
      l.asked.value = in.number<std::int64_t>("an integer");
      in.literal("]");
    } else {
      l.asked.value = in.number<std::int64_t>("an integer");
    }
    if (compares && l.kind == event_kind::fail) {
      l.answered.done = false;
      l.happened = true;
    }
  }
};

// Maps with :process, :type, :f, :value and, of a map of strings, :key; what else a map has is of no account.
template <sequential_model Model>
struct edn_format;

inline edn_value const& needed(edn_value const& event, std::string_view key) {
  if (auto const* const v = event.at(key)) return *v;
  expected("a map with " + std::string{key}, event);
}
inline std::int64_t integer(edn_value const& v, std::string_view what = "an integer") {
  if (v.is != edn_value::kind::integer) expected(what, v);
  return v.number;
}
inline std::string const& string(edn_value const& v, std::string_view what = "a string") {
  if (v.is != edn_value::kind::string) expected(what, v);
  return v.text;
}
template <class Value>
Value word_of(edn_value const& v, std::span<std::pair<std::string_view, Value> const> words) {
  for (auto const& [word, value] : words)
    if (v.is_word(word)) return value;
  std::string all;
  for (auto const& [word, value] : words)
    all += (all.empty() ? "" : &word == &words.back().first ? " or " : ", ") + std::string{word};
  expected(all, v);
}

template <>
struct edn_format<register_model> {
  static constexpr std::pair<std::string_view, register_model::verb> verbs[] = {
      {":read", register_model::verb::read},
      {":write", register_model::verb::write},
      {":cas", register_model::verb::compare_and_set}};

  static void read(register_model&, edn_value const& event, event_line<register_model>& l) {
    l.asked.what = word_of<register_model::verb>(needed(event, ":f"), verbs);
    bool const ended = l.kind != event_kind::invoke;
    l.repeats = l.kind == event_kind::ok;
    if (l.asked.what == register_model::verb::compare_and_set && l.kind == event_kind::fail) {
      l.answered.done = false;
      l.happened = true;
    }
    if (ended && l.kind != event_kind::ok) return; // the value may be why
    if (!ended && l.asked.what == register_model::verb::read) return;
    auto const& v = needed(event, ":value");
    if (l.asked.what == register_model::verb::read) {
      if (!v.is_nil()) l.answered.read = integer(v, "nil or an integer");
      l.tells_nothing = v.is_nil();
    } else if (l.asked.what == register_model::verb::write) {
      l.asked.value = integer(v);
    } else {
      if ((v.is != edn_value::kind::vector && v.is != edn_value::kind::list) || v.items.size() != 2)
        expected("a vector of two integers", v);
      l.asked.expected = integer(v.items[0]);
      l.asked.value = integer(v.items[1]);
    }
  }
};

template <>
struct edn_format<string_map_model> {
  static constexpr std::pair<std::string_view, string_map_model::verb> verbs[] = {
      {":get", string_map_model::verb::get},
      {":put", string_map_model::verb::put},
      {":append", string_map_model::verb::append}};

  static void read(string_map_model& model, edn_value const& event, event_line<string_map_model>& l) {
    l.asked.what = word_of<string_map_model::verb>(needed(event, ":f"), verbs);
    l.asked.key = model.key_of(string(needed(event, ":key")));
    l.repeats = l.kind == event_kind::invoke || l.kind == event_kind::ok;
    l.same_key = true;
    bool const gets = l.asked.what == string_map_model::verb::get;
    if (!l.repeats || (gets && l.kind == event_kind::invoke)) return;
    auto const& v = needed(event, ":value");
    if (!gets) {
      l.asked.value = string(v);
      return;
    }
    l.tells_nothing = v.is_nil();
    l.answered = v.is_nil() ? model.initial() : model.string(string(v, "nil or a string"));
  }
};
} // namespace history_detail

namespace history_detail {

// Events in their order, which are their instants: one after the other, or all in one vector or list. Those of
// whoever is no client (a nemesis) are left out. `lines` gets the line of each.
template <class Take>
void each_event(std::string_view text, Take take) {
  edn_reader in{text};
  while (!in.at_end()) {
    auto const closing = in.enter('[') ? ']' : in.enter('(') ? ')' : '\0';
    while (auto const event = in.next()) {
      if (event->is != edn_value::kind::map) expected("a map, which is an event", *event);
      auto const& process = needed(*event, ":process");
      if (process.is == edn_value::kind::word) continue;
      if (integer(process, "a process number") < 0 || process.number > 0xffff'ffff)
        expected("a process number", process);
      take(*event, static_cast<std::uint32_t>(process.number));
    }
    if (closing != '\0')
      in.leave(closing);
    else if (!in.at_end())
      in.fail("a map, which is an event");
  }
}

template <sequential_model Model>
void read_edn(std::string_view text, history_rules rules, recorded<Model>& r) {
  assembly<Model> all{rules, &r.lines};
  each_event(text, [&](edn_value const& event, std::uint32_t process) {
    event_line<Model> l;
    l.process = process;
    l.kind = word_of<event_kind>(needed(event, ":type"), event_kinds);
    edn_format<Model>::read(r.model, event, l);
    r.lines.push_back(event.line);
    try {
      all.take(l, r.lines.size());
    } catch (bad_line const& bad) { throw bad_edn{event.line, bad.why}; }
  });
  r.operations = all.take_all();
}

// Whether a register it is, or a map of strings, as the first client's first request tells.
inline bool is_register(std::string_view text) {
  struct known {
    bool registers;
  };
  try {
    each_event(text, [](edn_value const& event, std::uint32_t) {
      constexpr std::pair<std::string_view, bool> verbs[] = {
          {":read", true}, {":write", true}, {":cas", true}, {":get", false}, {":put", false}, {":append", false}};
      throw known{word_of<bool>(needed(event, ":f"), verbs)};
    });
  } catch (known const& k) { return k.registers; }
  return true;
}

inline std::optional<recorded_history> read_edn_history(std::string_view name, std::string_view text,
                                                        history_rules rules, std::string& error) {
  try {
    recorded_history all;
    if (!is_register(text)) all.emplace<recorded<string_map_model>>();
    std::visit([&](auto& r) { read_edn(text, rules, r); }, all);
    return all;
  } catch (bad_edn const& bad) {
    error = std::string{name} + ":" + std::to_string(bad.line) + ": " + bad.why;
    return std::nullopt;
  }
}

} // namespace history_detail

// The history that `text` holds; or nothing, and in `error` what is wrong with it, as
// `NAME:LINE: expected THIS, but got "THAT"`. Nothing is guessed and nothing skipped.
inline std::optional<recorded_history> read_history(std::string_view name, std::string_view text,
                                                    std::string& error,
                                                    history_rules rules = history_rules::jepsen) {
  using namespace history_detail;
  if (text.starts_with("INFO")) {
    recorded<register_model> r;
    if (!read_events<register_format>(name, text, r.model, rules, r.operations, error)) return std::nullopt;
    return r;
  }
  auto const first = text.find_first_not_of(" \t\r\n,");
  if (first != text.npos && std::string_view{"{[(;#"}.find(text[first]) != std::string_view::npos)
    return read_edn_history(name, text, rules, error);
  error = std::string{name} +
          ":1: expected a history, which begins with \"INFO  jepsen.util\" or \"{:process\", " +
          but_got(text.substr(0, text.find('\n')));
  return std::nullopt;
}

} // namespace quorate::check
