// The page of a trace as text: whole, well formed, and harmless whatever the trace says. How it looks and acts, a
// browser tells: page_in_browser.py.
#include "quorate/trace/page.hpp"

#include <doctest/doctest.h>

#include <cctype>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace quorate::check {
namespace {

trace small() {
  trace t{.title = "simulate --seed 4", .unit = "us", .nodes = 2};
  t.records = {
      {.time = 3, .node = 1, .kind = trace_kind::role, .term = 2, .name = "leader"},
      {.time = 5, .node = 1, .kind = trace_kind::send, .peer = 2, .message = 7, .name = "m", .text = "m{x: 1}"},
      {.time = 9, .node = 2, .kind = trace_kind::deliver, .peer = 1, .message = 7, .name = "m", .text = "m{x: 1}"},
      {.time = 9, .node = 2, .kind = trace_kind::violation, .text = "one value is chosen"}};
  return t;
}

std::size_t count(std::string_view text, std::string_view what) {
  std::size_t n = 0;
  for (auto at = text.find(what); at != text.npos; at = text.find(what, at + what.size())) ++n;
  return n;
}

// The first tag that is not closed in its turn, or closes what is not open; "" when all are well.
std::string misplaced_tag(std::string_view html) {
  std::vector<std::string> open;
  for (auto at = html.find('<'); at != html.npos; at = html.find('<', at + 1)) {
    bool const closes = html.substr(at + 1, 1) == "/";
    auto end = at + (closes ? 2 : 1);
    std::string name;
    while (end < html.size() && std::isalnum(static_cast<unsigned char>(html[end])) != 0) name += html[end++];
    if (name.empty() && html.substr(at + 1, 8) != "!DOCTYPE") return "< at " + std::to_string(at);
    if (name.empty() || name == "meta" || name == "input") continue;
    if (!closes)
      open.push_back(name);
    else if (open.empty() || open.back() != name)
      return "</" + name;
    else
      open.pop_back();
    if (!closes && (name == "script" || name == "style")) at = html.find("</" + name, at) - 1; // no tags in there
  }
  return open.empty() ? "" : open.back();
}

TEST_CASE("a record is a line of numbers, and each text is there once") {
  CHECK(page_data(small()) ==
        "{\"unit\":\"us\",\"of\":4,\"nodes\":[\"1\",\"2\"],"
        "\"kinds\":[\"start\",\"crash\",\"stop\",\"send\",\"deliver\",\"drop\",\"sync_begins\",\"sync\",\"timer\","
        "\"role\",\"commit\",\"client\",\"outcome\",\"fault\",\"violation\"],\"records\":[\n"
        "[3,1,9,0,0,2,0,0,1],\n"
        "[5,1,3,2,7,0,0,2,3],\n"
        "[9,2,4,1,7,0,0,2,3],\n"
        "[9,2,14,0,0,0,0,1,4]],\n"
        "\"texts\":[\"leader\",\"\",\"m\",\"m{x: 1}\",\"one value is chosen\"]}");
}

TEST_CASE("nodes are called as the trace calls them, and those that it does not name by their number") {
  auto t = small();
  t.names = {"A"};
  t.records[1].peer = 3;
  CHECK(page_data(t).find("\"nodes\":[\"A\",\"2\",\"3\"]") != std::string::npos);
  CHECK(page_data({}).find("\"nodes\":[],") != std::string::npos);
  CHECK(page_data({}).ends_with("\"records\":[],\n\"texts\":[]}"));
}

TEST_CASE("the page opens with what is broken and how to run it again, and every tag is closed") {
  auto const html = page_of(small());
  CHECK(misplaced_tag(html) == "");
  CHECK(html.find(
            "<h1 id=\"title\" class=\"broken\">Broken: one value is chosen</h1>\n<p><code>simulate --seed 4</code>"
            "<span>2 nodes, 4 records</span>") != std::string::npos);
  CHECK(misplaced_tag("<a><b></a></b>") == "</a");
  CHECK(misplaced_tag("<p>1 < 2</p>") == "< at 5");
  auto quiet = small();
  quiet.records.pop_back();
  CHECK(page_of(quiet).find("<h1 id=\"title\">Nothing is broken</h1>") != std::string::npos);
  CHECK(misplaced_tag(page_of({})) == "");
}

TEST_CASE("no text of a trace becomes markup or script") {
  std::string_view const evil = "</script><script>alert(1)</script><!-- \"&quot;' \\ \n\x01\x7f";
  trace t{.title = std::string{evil}, .unit = std::string{evil}, .nodes = 1};
  t.names = {std::string{evil}};
  t.records = {
      {.time = 1, .node = 1, .kind = trace_kind::client, .name = std::string{evil}, .text = std::string{evil}},
      {.time = 1, .node = 1, .kind = trace_kind::violation, .text = std::string{evil}}};
  auto const html = page_of(t), plain = page_of(small());
  CHECK(misplaced_tag(html) == "");
  CHECK(count(html, "<script") == count(plain, "<script"));
  CHECK(count(html, "</script") == count(plain, "</script"));
  CHECK(count(html, "<!--") == 0);
  CHECK(html.find(
            "Broken: &lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;!-- &quot;&amp;quot;' \\    </h1>") !=
        std::string::npos);
  CHECK(page_data(t).find("\"\\u003c/script\\u003e\\u003cscript\\u003ealert(1)\\u003c/script\\u003e\\u003c!-- "
                          "\\u0022\\u0026quot;' \\u005c \\u000a\\u0001\\u007f\"") != std::string::npos);
}

TEST_CASE("what is no UTF-8 is replaced, and what is stays") {
  auto const shown = [](std::string_view text) {
    std::string out;
    page_detail::put_json(out, text);
    return out;
  };
  CHECK(shown("\xc3\xa4 \xe2\x86\x92 \xf0\x9f\x99\x82") == "\"\xc3\xa4 \xe2\x86\x92 \xf0\x9f\x99\x82\"");
  CHECK(shown("a\xff"
              "b") == "\"a\\ufffdb\"");
  CHECK(shown("\xc3") == "\"\\ufffd\"");                                  // cut short
  CHECK(shown("\xc0\xaf") == "\"\\ufffd\\ufffd\"");                       // '/' the long way round
  CHECK(shown("\xed\xa0\x80") == "\"\\ufffd\\ufffd\\ufffd\"");            // half of a pair
  CHECK(shown("\xf4\x90\x80\x80") == "\"\\ufffd\\ufffd\\ufffd\\ufffd\""); // beyond the last one
}

TEST_CASE("a number that a script can't hold exactly is told as a string") {
  trace t{.nodes = 1};
  t.records = {{.time = (1ULL << 53) - 1, .node = 1, .kind = trace_kind::sync, .term = 1ULL << 53}};
  CHECK(page_data(t).find("[9007199254740991,1,7,0,0,\"9007199254740992\",0,0,0]") != std::string::npos);
}

TEST_CASE("a ballot is told by its round and its member, and a term as a number") {
  trace t{.nodes = 1};
  t.records = {{.time = 1, .node = 1, .kind = trace_kind::sync, .term = ballot_at(3, member_id{2}).value},
               {.time = 2, .node = 1, .kind = trace_kind::sync, .term = 3}};
  CHECK(page_data(t).find("[1,1,7,0,0,\"3.2\",0,0,0],\n[2,1,7,0,0,3,0,0,0]") != std::string::npos);
  CHECK(line_of(t.records[0]) == "1 1 sync @3.2");
  CHECK(line_of(t.records[1]) == "2 1 sync @3");
  CHECK(spoken_ballot({}) == "0.0");
}

TEST_CASE("of a trace beyond the limit the end is there, behind what says how each node stood") {
  trace t{.title = "long", .unit = "us", .nodes = 2};
  auto const put = [&](std::uint32_t node, trace_kind kind, std::uint64_t index = 0) {
    t.records.push_back({.time = t.records.size(), .node = node, .kind = kind, .index = index});
  };
  put(1, trace_kind::role), put(1, trace_kind::crash), put(1, trace_kind::start), put(1, trace_kind::commit, 3);
  put(2, trace_kind::role), put(2, trace_kind::commit, 4), put(2, trace_kind::commit, 5), put(2, trace_kind::role);
  put(1, trace_kind::sync), put(2, trace_kind::sync);
  auto const all = page_data(t, {.records = 10});
  CHECK(all.find("\"of\":10,") != std::string::npos);
  CHECK(count(all, "\n[") == 10);
  // Node 1 has started and committed, and has no role since; node 2 has its last role and commit.
  auto const cut = page_data(t, {.records = 2});
  CHECK(cut.find("\"of\":10,") != std::string::npos);
  CHECK(cut.find("\"records\":[\n[2,1,0,0,0,0,0,0,0],\n[3,1,10,0,0,0,3,0,0],\n[6,2,10,0,0,0,5,0,0],\n"
                 "[7,2,9,0,0,0,0,0,0],\n[8,1,7,0,0,0,0,0,0],\n[9,2,7,0,0,0,0,0,0]]") != std::string::npos);
}

TEST_CASE("the page asks nobody for anything: its policy says so, and it has nothing to ask for") {
  auto const html = page_of(small());
  CHECK(html.find("content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'\"") !=
        std::string::npos);
  for (std::string_view const what :
       {" src=", "<link", "@import", "url(", "fetch(", "XMLHttpRequest", "WebSocket"})
    CHECK_MESSAGE(count(html, what) == 0, what);
  CHECK(count(html, "http") == count(html, "http://www.w3.org/2000/svg") + count(html, "http-equiv"));
}

TEST_CASE("a page that can't be written is told") { CHECK_FALSE(write_page(small(), "/nowhere/at/all.html")); }

} // namespace
} // namespace quorate::check
