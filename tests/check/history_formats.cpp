#include "quorate/history/formats.hpp"
#include "quorate/history/history.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace quorate::test {
namespace {

using namespace quorate::check;

// A register's log out of "PROCESS KIND OPERATION VALUE;...", in which ';' ends a line and '|' is a tab.
std::string log_of(std::string_view events) {
  std::string text = "INFO  jepsen.util - ";
  for (auto const c : events) {
    if (c == ';')
      text += "\nINFO  jepsen.util - ";
    else
      text += c == '|' ? '\t' : c;
  }
  return text;
}
std::string complaint(std::string_view text) {
  std::string error;
  return read_history("file", text, error) ? "" : error;
}
std::string log_complaint(std::string_view events) { return complaint(log_of(events)); }

template <class Model>
recorded<Model> read(std::string_view text) {
  std::string error;
  auto r = read_history("file", text, error);
  INFO(error);
  REQUIRE(r.has_value());
  REQUIRE(std::holds_alternative<recorded<Model>>(*r));
  return std::get<recorded<Model>>(*r);
}

TEST_CASE("a register's log becomes operations: what was asked, what came, from which line to which") {
  auto const ops = read<register_model>(log_of("0|:invoke|:write|-3;1|:invoke|:read|nil;0|:ok|:write|-3;"
                                               "1|:ok|:read|nil;2|:invoke|:cas|[1 2];2|:fail|:cas|[1 2]\n"))
                       .operations;
  REQUIRE(ops.size() == 3);
  CHECK(ops[0].asked == register_model::request{register_model::verb::write, -3});
  CHECK(ops[0].answered == register_model::answer{});
  CHECK(ops[0].invoked == 1);
  CHECK(ops[0].returned == 3);
  CHECK(ops[0].client == 0);
  CHECK(ops[1].answered == register_model::answer{std::nullopt, true});
  CHECK(ops[2].asked == register_model::request{register_model::verb::compare_and_set, 2, 1});
  CHECK(ops[2].answered == register_model::answer{{}, false}); // it failed, and so it did compare
}

TEST_CASE(
    "what timed out or never ended has no answer, and what failed otherwise is left out; blanks do for tabs") {
  auto const ops =
      read<register_model>(log_of("0 :invoke :write 3;1   :invoke :read  nil;1 :fail :read :timed-out;"
                                  "0 :info :write :timed-out;2 :invoke :cas [1 2]"))
          .operations;
  REQUIRE(ops.size() == 2);
  CHECK_FALSE(ops[0].answered);
  CHECK_FALSE(ops[1].answered);
  CHECK(ops[1].client == 2);
}

TEST_CASE("a map's history becomes operations") {
  auto r = read<string_map_model>("{:process 3, :type :invoke, :f :append, :key \"k\", :value \"a\\n\\\"b\\\\\"}\n"
                                  "{:process 3, :type :ok, :f :append, :key \"k\", :value \"a\\n\\\"b\\\\\"}\n"
                                  "{:process 4, :type :invoke, :f :get, :key \"k\", :value nil}\n"
                                  "{:process 4, :type :ok, :f :get, :key \"k\", :value \"xy\"}\n"
                                  "{:process 4, :type :invoke, :f :put, :key \"l\", :value \"\"}\n"
                                  "{:process 4, :type :fail, :f :put, :key \"l\", :value \"\"}\n");
  REQUIRE(r.operations.size() == 2);
  CHECK(r.operations[0].asked.value == "a\n\"b\\");
  CHECK(r.model.name_of(r.operations[1].asked.key) == "k");
  CHECK(r.model.text(**r.operations[1].answered) == "xy");
}

TEST_CASE("a bad line is named, with what was expected and what came") {
  CHECK(complaint("") == "file:1: expected a history, which begins with \"INFO  jepsen.util\" or \"{:process\", "
                         "but got the end of the line");
  CHECK(complaint("\x1b[2J\nx").ends_with("but got \"\\x1b[2J\""));
  CHECK(log_complaint("x|") == "file:1: expected a process number, but got \"x\\x09\"");
  CHECK(log_complaint("-1|:invoke|:read|nil").starts_with("file:1: expected a process number"));
  CHECK(log_complaint("0:invoke").ends_with("expected a tab or a blank, but got \":invoke\""));
  CHECK(log_complaint("0|:begin|:read|nil")
            .starts_with("file:1: expected :invoke, :ok, :fail or :info, but got \":begin"));
  CHECK(log_complaint("0|:invoke|:erase|nil").starts_with("file:1: expected :read, :write or :cas, but got"));
  CHECK(log_complaint("0|:invoke|:read|3") == "file:1: expected \"nil\", but got \"3\"");
  CHECK(log_complaint("0|:invoke|:write|nil") == "file:1: expected an integer, but got \"nil\"");
  CHECK(log_complaint("0|:invoke|:write|99999999999999999999").starts_with("file:1: expected an integer"));
  CHECK(log_complaint("0|:invoke|:write|3x") == "file:1: expected the end of the line, but got \"x\"");
  CHECK(log_complaint("0|:invoke|:cas|[1 2").ends_with("expected \"]\", but got the end of the line"));
  CHECK(log_complaint("0|:invoke|:read|nil;0|:info|:read|nil") ==
        "file:2: expected \":timed-out\", but got \"nil\"");
  CHECK(complaint(log_of("0|:invoke|:read|nil") + "\n\n") ==
        "file:2: expected \"INFO\", but got the end of the line");
  CHECK(complaint("{:process 0, :type :invoke, :f :get, :key \"k") ==
        "file:1: expected a closing quote, but got the end of the file");
  CHECK(complaint("{:process 0, :type :invoke, :f :get, :key \"\\q\"")
            .starts_with("file:1: expected one of \"\\ntr behind a backslash, but got \"q"));
  CHECK(complaint("{:process 0, :f") == "file:1: expected a value behind the key, but got the end of the file");
}

verdict verdict_of(std::string_view text, history_rules rules = history_rules::jepsen) {
  std::string error;
  auto r = read_history("file", text, error, rules);
  INFO(error);
  REQUIRE(r.has_value());
  return std::visit([](auto& h) { return check_history(h.model, h.operations).found; }, *r);
}

TEST_CASE("Knossos' EDN is read: vectors, lists, comments, tags, a nemesis, any order of keys") {
  for (std::string const brackets : {"[]", "()", "  "}) {
    auto const text = "; a register\n" + brackets.substr(0, 1) +
                      "#jepsen.history.Op{:f :write, :value 3 :type :invoke, :process 0, :time 1.5, :index 0}\n"
                      "{:process :nemesis, :type :info, :f :start, :value {:a #{1 2} \"b\" [nil \\c]}}\n"
                      "{:type :invoke :process 1 :f :cas :value [3 4]}, #_{:process 0 :junk [\n]} "
                      "{:type :ok :process 0 :f :write :value 3} {:type :ok :process 1 :f :cas :value (3 4)}\n\n"
                      "{:type :invoke :process 2 :f :read :value nil} {:type :ok :process 2 :f :read :value +4N}" +
                      brackets.substr(1);
    auto const r = read<register_model>(text);
    REQUIRE(r.operations.size() == 3);
    CHECK(r.operations[0].invoked == 1);
    CHECK(r.operations[1].asked == register_model::request{register_model::verb::compare_and_set, 4, 3});
    CHECK(r.operations[2].answered == register_model::answer{4, true});
    CHECK(r.operations[2].invoked > r.operations[1].returned); // though on one line
    CHECK(r.line_of(r.operations[2].invoked) == r.line_of(r.operations[2].returned));
    CHECK(verdict_of(text) == verdict::linearizable);
  }
}

TEST_CASE("--rules knossos: what failed did not happen, and nil says nothing") {
  std::string const written =
      "{:process 0 :type :invoke :f :write :value 1}{:process 0 :type :ok :f :write :value 1}";
  auto const nil = written + "{:process 1 :type :invoke :f :read}{:process 1 :type :ok :f :read :value nil}";
  CHECK(verdict_of(nil) == verdict::not_linearizable);
  CHECK(verdict_of(nil, history_rules::knossos) == verdict::linearizable);
  auto const failed = written + "{:process 1 :type :invoke :f :cas :value [1 2]}"
                                "{:process 1 :type :fail :f :cas :value :why}";
  CHECK(verdict_of(failed) == verdict::not_linearizable);
  CHECK(verdict_of(failed, history_rules::knossos) == verdict::linearizable);
  auto const open = written + "{:process 1 :type :invoke :f :cas :value [1 2]}{:process 1 :type :info :f :cas}"
                              "{:process 2 :type :invoke :f :read}{:process 2 :type :ok :f :read :value ";
  for (auto const rules : {history_rules::jepsen, history_rules::knossos}) {
    CHECK(verdict_of(open + "1}", rules) == verdict::linearizable);
    CHECK(verdict_of(open + "2}", rules) == verdict::linearizable);
    CHECK(verdict_of(open + "3}", rules) == verdict::not_linearizable);
  }
}

TEST_CASE("bad EDN is named with its line") {
  CHECK(complaint("[{:process 0 :type :invoke\n :f :erase}]") ==
        "file:2: expected :read, :write, :cas, :get, :put or :append, but got \":erase\"");
  CHECK(complaint("[\n3]") == "file:2: expected a map, which is an event, but got \"3\"");
  CHECK(complaint("[\n{:type :ok}]") == "file:2: expected a map with :process, but got \"{:type :ok}\"");
  CHECK(complaint("[{:process 0 :type :invoke :f :read}") ==
        "file:1: expected \"]\", but got the end of the file");
  CHECK(complaint("{:process 0 :type :invoke :f :cas :value [1]}") ==
        "file:1: expected a vector of two integers, but got \"[1]\"");
  CHECK(complaint("[{:process 0 :type :ok :f :read :value 1}]") ==
        "file:1: expected process 0 to begin something, but it ends what it did not begin");
  CHECK(complaint("[{:process -1}]") == "file:1: expected a process number, but got \"-1\"");
  CHECK(complaint(std::string(1000, '[')).find("values that are not nested so deep") != std::string::npos);
}

TEST_CASE("events that don't fit together are named too") {
  CHECK(log_complaint("7|:ok|:read|nil") ==
        "file:1: expected process 7 to begin something, but it ends what it did not begin");
  CHECK(log_complaint("7|:invoke|:read|nil;7|:invoke|:read|nil") ==
        "file:2: expected the end of what process 7 began before (line 1), but it begins anew");
  CHECK(log_complaint("7|:invoke|:read|nil;7|:ok|:write|3").ends_with("(line 1), but another one ends"));
  CHECK(log_complaint("7|:invoke|:write|4;7|:ok|:write|3").ends_with("(line 1), but another one ends"));
  CHECK(log_complaint("7|:invoke|:write|4;7|:info|:write|:timed-out;7|:invoke|:read|nil") ==
        "file:3: expected nothing more of process 7, whose outcome was unknown (line 1)");
}

// The recorded histories of data/, and their verdicts from outside.

std::filesystem::path const data = QUORATE_HISTORIES;

std::string text_of(std::filesystem::path const& path) {
  std::ifstream in{path, std::ios::binary};
  REQUIRE(in.good());
  return {std::istreambuf_iterator<char>{in}, {}};
}

judgement judged(std::filesystem::path const& path) {
  std::string error;
  auto r = read_history(path.string(), text_of(path), error);
  INFO(error);
  REQUIRE(r.has_value());
  return std::visit([](auto& h) { return check_history(h.model, h.operations); }, *r);
}

std::map<std::string, std::string> recorded_verdicts() {
  std::ifstream in{data / "verdicts.txt"};
  std::map<std::string, std::string> verdicts;
  for (std::string file, said; in >> file >> said;) verdicts["register/" + file] = said;
  for (auto const* const name : {"c01", "c10"}) {
    verdicts["key_value/" + std::string{name} + "-ok.txt"] = "linearizable";
    verdicts["key_value/" + std::string{name} + "-bad.txt"] = "not-linearizable";
  }
  return verdicts;
}

TEST_CASE("every recorded history is judged as its recorders did, in few states") {
  auto const verdicts = recorded_verdicts();
  std::size_t files = 0, linearizable = 0;
  for (auto const* const room : {"register", "key_value"})
    for (auto const& file : std::filesystem::directory_iterator{data / room}) {
      auto const name = std::string{room} + "/" + file.path().filename().string();
      CAPTURE(name);
      auto const said = verdicts.find(name);
      REQUIRE(said != verdicts.end());
      auto const j = judged(file.path());
      CHECK(j.found == (said->second == "linearizable" ? verdict::linearizable : verdict::not_linearizable));
      CHECK(j.spent.states <= (std::string_view{room} == "register" ? 67 : 469)); // the most that any one took
      ++files;
      linearizable += j.found == verdict::linearizable;
    }
  CHECK(files == verdicts.size());
  CHECK(files == 56);
  CHECK(linearizable == 13);
}

} // namespace
} // namespace quorate::test
