// Recorded histories as text: the logs of Jepsen's compare-and-set registers, and maps of strings as EDN, one
// event a line. What a file holds is told by its first line.
#pragma once

#include "quorate/history/lines.hpp"
#include "quorate/history/models.hpp"
#include "quorate/history/types.hpp"

#include <optional>
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
  std::vector<operation<Model>> operations{}; // instants are line numbers, from 1
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
      l.answered.read =
          in.skip("nil") ? std::nullopt : std::optional{in.number<std::int64_t>("nil or an integer")};
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

// `{:process N, :type :KIND, :f :OPERATION, :key "STRING", :value VALUE}`, as it stands here.
struct string_map_format {
  using model_type = string_map_model;
  using line = event_line<string_map_model>;

  static line read(string_map_model& model, std::string_view text) {
    text_cursor in{text};
    line l;
    in.literal("{:process ");
    l.process = in.number<std::uint32_t>("a process number");
    in.literal(", :type ");
    l.kind = in.one_of<event_kind>(event_kinds);
    in.literal(", :f ");
    constexpr std::pair<std::string_view, string_map_model::verb> verbs[] = {
        {":get", string_map_model::verb::get},
        {":put", string_map_model::verb::put},
        {":append", string_map_model::verb::append}};
    l.asked.what = in.one_of<string_map_model::verb>(verbs);
    in.literal(", :key ");
    l.asked.key = model.key_of(in.string());
    in.literal(", :value ");
    if (l.asked.what != string_map_model::verb::get)
      l.asked.value = in.string();
    else if (l.kind == event_kind::ok)
      l.answered = model.string(in.string());
    else
      in.literal("nil");
    in.literal("}");
    in.end();
    return l;
  }
};

} // namespace history_detail

// The history that `text` holds; or nothing, and in `error` what is wrong with it, as
// `NAME:LINE: expected THIS, but got "THAT"`. Nothing is guessed and nothing skipped.
inline std::optional<recorded_history> read_history(std::string_view name, std::string_view text,
                                                    std::string& error) {
  using namespace history_detail;
  if (text.starts_with("INFO")) {
    recorded<register_model> r;
    if (!read_events<register_format>(name, text, r.model, r.operations, error)) return std::nullopt;
    return r;
  }
  if (text.starts_with("{")) {
    recorded<string_map_model> r;
    if (!read_events<string_map_format>(name, text, r.model, r.operations, error)) return std::nullopt;
    return r;
  }
  error = std::string{name} +
          ":1: expected a history, which begins with \"INFO  jepsen.util\" or \"{:process\", " +
          but_got(text.substr(0, text.find('\n')));
  return std::nullopt;
}

} // namespace quorate::check
