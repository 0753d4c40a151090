// A trace as the page's script reads it: JSON that can stand inside <script>, with every text in it once.
#pragma once

#include "quorate/trace/spoken.hpp"
#include "quorate/trace/trace.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quorate::check {

struct page_limits {
  std::size_t records = 200'000; // of a longer trace its end is shown, and the page says what is left out
};

namespace page_detail {

// Text between tags, or in an attribute's quotes.
inline void put_html(std::string& out, std::string_view text) {
  for (auto const c : text) switch (c) {
    case '&': out += "&amp;"; break;
    case '<': out += "&lt;"; break;
    case '>': out += "&gt;"; break;
    case '"': out += "&quot;"; break;
    default: // HTML has no other control characters, not even escaped ones
      out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
    }
}

// How many bytes of UTF-8 begin the text, as one character; 0: these are none.
inline std::size_t character_at(std::string_view text) {
  auto const byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  auto const lead = byte(0);
  std::size_t const length = lead < 0x80   ? 1
                             : lead < 0xc2 ? 0
                             : lead < 0xe0 ? 2
                             : lead < 0xf0 ? 3
                             : lead < 0xf5 ? 4
                                           : 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xc0) != 0x80) return 0;
  bool const overlong = (lead == 0xe0 && byte(1) < 0xa0) || (lead == 0xf0 && byte(1) < 0x90);
  bool const beyond = (lead == 0xed && byte(1) >= 0xa0) || (lead == 0xf4 && byte(1) >= 0x90);
  return overlong || beyond ? 0 : length;
}

// A JSON string. What HTML could take for a tag's begin or an entity's is escaped, and what is no UTF-8 replaced.
inline void put_json(std::string& out, std::string_view text) {
  constexpr char hex[] = "0123456789abcdef";
  out += '"';
  while (!text.empty()) {
    auto const length = character_at(text);
    auto const c = static_cast<unsigned char>(text[0]);
    if (length == 0)
      out += "\\ufffd";
    else if (length == 1 && (c < 0x20 || c == 0x7f || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&'))
      (out += "\\u00") += {hex[c >> 4], hex[c & 15]};
    else
      out += text.substr(0, length);
    text.remove_prefix((std::max<std::size_t>)(length, 1));
  }
  out += '"';
}
// A script's numbers are exact up to 2^53; what is larger is told as a string.
inline void put_json(std::string& out, std::uint64_t n) {
  bool const exact = n < std::uint64_t{1} << 53;
  out += exact ? std::to_string(n) : '"' + std::to_string(n) + '"';
}

inline void put_era(std::string& out, std::uint64_t era) {
  if (is_ballot(era)) return put_json(out, spoken_era(era));
  put_json(out, era);
}

// The last `most` records, and before them what says how each node stands where they begin.
inline std::vector<trace_record const*> end_of(trace const& t, std::size_t most) {
  std::vector<trace_record const*> kept;
  auto const first = t.records.size() - (std::min)(most, t.records.size());
  std::map<std::pair<std::uint32_t, int>, trace_record const*> stands;
  for (std::size_t i = 0; i < first; ++i) {
    auto const& r = t.records[i];
    if (r.kind == trace_kind::start || r.kind == trace_kind::crash || r.kind == trace_kind::stop) {
      stands[{r.node, 0}] = &r;
      stands.erase({r.node, 1});
    }
    if (r.kind == trace_kind::role) stands[{r.node, 1}] = &r;
    if (r.kind == trace_kind::commit) stands[{r.node, 2}] = &r;
  }
  for (auto const& [where, r] : stands) kept.push_back(r);
  std::sort(kept.begin(), kept.end()); // pointers into one array: their order is the records'
  for (auto i = first; i < t.records.size(); ++i) kept.push_back(&t.records[i]);
  return kept;
}

class text_table {
public:
  std::size_t operator()(std::string_view text) {
    auto const [at, fresh] = places_.try_emplace(text, texts_.size());
    if (fresh) texts_.push_back(text);
    return at->second;
  }
  std::vector<std::string_view> const& texts() const { return texts_; }

private:
  std::map<std::string_view, std::size_t> places_{};
  std::vector<std::string_view> texts_{};
};

template <class Texts>
void put_list(std::string& out, Texts const& texts) {
  char before = '[';
  for (auto const& text : texts) out += before, put_json(out, text), before = ',';
  out += before == '[' ? "[]" : "]";
}

inline std::vector<std::string> names_of_nodes(trace const& t) {
  auto names = t.names;
  auto nodes = t.nodes;
  for (auto const& r : t.records) nodes = (std::max)({nodes, r.node, r.peer});
  for (auto n = names.size(); n < nodes; ++n) names.push_back(std::to_string(n + 1));
  return names;
}

} // namespace page_detail

// {"unit", "of" how many records there are, "nodes": their names, "kinds": theirs, "texts", "records": [time,
// node, kind, peer, message, term, index, name, text]}, a record a line; kind, name and text are places in
// their lists. A ballot is text, as it is spoken.
inline std::string page_data(trace const& t, page_limits const& limits = {}) {
  std::string out = "{\"unit\":";
  page_detail::put_json(out, t.unit);
  out += ",\"of\":" + std::to_string(t.records.size()) + ",\"nodes\":";
  page_detail::put_list(out, page_detail::names_of_nodes(t));
  std::vector<std::string_view> kinds;
  for (std::size_t k = 0; k < trace_kinds; ++k) kinds.push_back(name_of(static_cast<trace_kind>(k)));
  out += ",\"kinds\":";
  page_detail::put_list(out, kinds);
  page_detail::text_table place;
  out += ",\"records\":[";
  char const* before = "\n[";
  for (auto const* r : page_detail::end_of(t, limits.records)) {
    out += before, before = ",\n[";
    for (std::uint64_t const x : {r->time, std::uint64_t{r->node}, static_cast<std::uint64_t>(r->kind),
                                  std::uint64_t{r->peer}, r->message})
      page_detail::put_json(out, x), out += ',';
    page_detail::put_era(out, r->term), out += ',';
    page_detail::put_json(out, r->index), out += ',';
    auto const name = place(r->name); // before the text: the order is the page's
    out += std::to_string(name) + ',' + std::to_string(place(r->text)) + ']';
  }
  out += "],\n\"texts\":";
  page_detail::put_list(out, place.texts());
  return out += "}";
}

} // namespace quorate::check
