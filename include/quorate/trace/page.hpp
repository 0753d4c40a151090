// A trace as one page of HTML, with a space-time diagram of it: what a person opens when a seed fails. The page
// stands alone: it asks no network for anything, and its policy forbids it to.
#pragma once

#include "quorate/trace/page_data.hpp"
#include "quorate/trace/page_draw.hpp"
#include "quorate/trace/page_model.hpp"
#include "quorate/trace/page_story.hpp"
#include "quorate/trace/page_style.hpp"
#include "quorate/trace/page_tools.hpp"
#include "quorate/trace/page_view.hpp"
#include "quorate/trace/trace.hpp"

#include <cstdio>
#include <string>
#include <string_view>

namespace quorate::check {

namespace page_detail {

inline constexpr std::string_view page_controls = R"html(<main>
<div class="tools" role="toolbar" aria-label="View">
<div class="set"><button type="button" data-action="in" aria-label="Zoom in">+</button>
<button type="button" data-action="out" aria-label="Zoom out">&#8722;</button>
<button type="button" data-action="fit">whole run</button>
<button type="button" data-action="begin">to the beginning</button>
<button type="button" data-action="end">to the end</button></div>
<div class="set"><span class="label">time</span>
<button type="button" data-scale="even" aria-pressed="true">step by step</button>
<button type="button" data-scale="real" aria-pressed="false">to scale</button></div>
<div class="set" id="nodes" role="group" aria-label="Nodes shown"><span class="label">nodes</span></div>
<div class="set" id="kinds" role="group" aria-label="Kinds shown"><span class="label">show</span></div>
</div>
<details id="typesbox"><summary>messages by type</summary>
<div class="set" id="types" role="group" aria-label="Message types shown"></div></details>
<div class="card">
<svg id="strip" xmlns="http://www.w3.org/2000/svg" height="44" aria-hidden="true"></svg>
<div id="stage" tabindex="0" role="application" aria-labelledby="title" aria-describedby="keys">
<svg id="diagram" xmlns="http://www.w3.org/2000/svg" role="img" aria-label="Space-time diagram: a line a node, an
 arrow a message, time from left to right. The list below has the same records."></svg></div>
</div>
<p id="where" role="status"></p>
<ul id="legend" aria-label="Legend"></ul>
<div class="both">
<section class="card" aria-labelledby="storyhead">
<div class="head"><h2 id="storyhead">What happened</h2><span id="count"></span>
<input id="find" type="search" placeholder="find, Enter for the next" aria-label="Find in the records">
<span id="found" role="status"></span></div>
<div id="story" tabindex="0" role="listbox" aria-labelledby="storyhead">
<div id="room"><div id="rows"></div></div></div>
</section>
<section class="card details" aria-label="The chosen record"><div class="head"><h2>Record</h2></div>
<div id="details" aria-live="polite"></div></section>
</div>
<p class="keys" id="keys">In the diagram: wheel or <kbd>+</kbd> <kbd>&#8722;</kbd> zoom, drag or <kbd>Shift</kbd>
 <kbd>&#8592;</kbd> <kbd>&#8594;</kbd> move, <kbd>&#8592;</kbd> <kbd>&#8594;</kbd> go from record to record,
 <kbd>&#8593;</kbd> <kbd>&#8595;</kbd> along one node, <kbd>0</kbd> shows all,
 <kbd>Home</kbd> <kbd>End</kbd> go to the ends, <kbd>Esc</kbd> lets go.</p>
</main>
<div id="tip" role="tooltip" hidden="hidden"></div>
)html";

inline void put_header(std::string& out, trace const& t) {
  bool const broken = !t.records.empty() && t.records.back().kind == trace_kind::violation;
  out += broken ? "<header>\n<h1 id=\"title\" class=\"broken\">Broken: " : "<header>\n<h1 id=\"title\">";
  put_html(out, broken ? std::string_view{t.records.back().text} : "Nothing is broken");
  out += "</h1>\n<p><code>";
  put_html(out, t.title);
  out +=
      "</code><span>" + std::to_string(names_of_nodes(t).size()) + " nodes, " + std::to_string(t.records.size()) +
      " records</span></p>\n<p id=\"cut\"></p>\n<noscript><p>The diagram is drawn by a script, which this browser "
      "does not "
      "run.</p></noscript>\n</header>\n";
}

} // namespace page_detail

// The page, as UTF-8. Whatever the trace's texts hold, they are shown as text.
inline std::string page_of(trace const& t, page_limits const& limits = {}) {
  std::string out = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                    "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n"
                    "<meta name=\"viewport\" content=\"width=device-width\">\n<title>";
  page_detail::put_html(out, t.title);
  out.append("</title>\n<style>").append(page_detail::page_style).append("</style>\n</head>\n<body>\n");
  page_detail::put_header(out, t);
  out.append(page_detail::page_controls).append("<script type=\"application/json\" id=\"trace\">\n");
  out.append(page_data(t, limits)).append("\n</script>\n<script>");
  for (auto const part : {page_detail::page_model, page_detail::page_draw, page_detail::page_view,
                          page_detail::page_story, page_detail::page_tools})
    out += part;
  return out += "</script>\n</body>\n</html>\n";
}

// False: the file could not be written. "-" is the standard output.
inline bool write_page(trace const& t, std::string const& file, page_limits const& limits = {}) {
  auto const text = page_of(t, limits);
  auto* const out = file == "-" ? stdout : std::fopen(file.c_str(), "wb");
  if (out == nullptr) return false;
  bool const whole = std::fwrite(text.data(), 1, text.size(), out) == text.size() && std::fflush(out) == 0;
  return (file == "-" || std::fclose(out) == 0) && whole;
}

} // namespace quorate::check
