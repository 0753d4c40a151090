// The command `check history` as a process: what it prints, and its exit status.
#include "support/shell.hpp"

#include <doctest/doctest.h>

#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <string>

namespace quorate::test {
namespace {

// In the folder of the recorded histories; paths are quoted, as they may hold blanks.
shell_result check(std::string const& words) {
  return shell("cd '" QUORATE_HISTORIES "' && '" QUORATE_CHECK "' " + words);
}

TEST_CASE("all the recorded register histories, a line each, as verdicts.txt has them") {
  auto const all = check("history register/*.log");
  CHECK(all.status == 1);
  auto const expected = shell("cd '" QUORATE_HISTORIES "' && sed 's|^|register/|' verdicts.txt");
  REQUIRE(expected.status == 0);
  CHECK(all.text == expected.text);
}

TEST_CASE("the status tells whether all were linearizable") {
  auto const good = check("history key_value/c01-ok.txt key_value/c10-ok.txt");
  CHECK(good.status == 0);
  CHECK(good.text == "key_value/c01-ok.txt linearizable\nkey_value/c10-ok.txt linearizable\n");
  auto const mixed = check("history key_value/c10-bad.txt -- key_value/c10-ok.txt");
  CHECK(mixed.status == 1);
  CHECK(mixed.text == "key_value/c10-bad.txt not-linearizable\nkey_value/c10-ok.txt linearizable\n");
}

TEST_CASE("what can't be read is told, and does not stop the others") {
  auto const r = check("history nowhere key_value/c01-ok.txt . verdicts.txt /dev/null key_value/c01-bad.txt");
  CHECK(r.status == 2);
  CHECK(r.text == "check: nowhere: can't be read: No such file or directory\n"
                  "key_value/c01-ok.txt linearizable\n"
                  "check: .: can't be read: Is a directory\n"
                  "check: verdicts.txt:1: expected a history, which begins with \"INFO  jepsen.util\" or "
                  "\"{:process\", but got \"etcd_000.log not-linearizable\"\n"
                  "check: /dev/null:1: expected a history, which begins with \"INFO  jepsen.util\" or "
                  "\"{:process\", but got the end of the line\n"
                  "key_value/c01-bad.txt not-linearizable\n");
}

TEST_CASE("--explain shows an order, or how far one goes and what can't be placed") {
  auto const bad = check("history --explain key_value/c01-bad.txt");
  CHECK(bad.status == 1);
  CHECK(bad.text == "key_value/c01-bad.txt not-linearizable\n"
                    "  38 operations, 7 states visited\n"
                    "  the longest beginning of an order:\n"
                    "    lines 3-4, process 0: get \"7\", which was \"\"\n"
                    "    lines 37-38, process 0: append \"7\" \"x 0 0 y\"\n"
                    "    lines 55-56, process 0: append \"7\" \"x 0 3 y\"\n"
                    "  what must come next, and can't:\n"
                    "    lines 59-60, process 0: get \"7\", which was \"x 0 0 y\"\n");
  auto const good = check("history --explain register/etcd_002.log");
  CHECK(good.status == 0);
  CHECK(good.text.find("  an order that explains it:\n    lines 1-2, process 4: read nil\n") != std::string::npos);
  CHECK(good.text.find("process 0: cas 1 to 4, which failed\n") != std::string::npos);
}

TEST_CASE("a spent budget is no verdict") {
  auto const r = check("history --states=3 key_value/c10-ok.txt");
  CHECK(r.status == 2);
  CHECK(r.text == "key_value/c10-ok.txt undecided\n");
}

// The most that a command had in memory, in MiB, as the kernel counts it.
long most_mib_of(std::string const& words) {
  check(words);
  rusage children{};
  ::getrusage(RUSAGE_CHILDREN, &children);
  return children.ru_maxrss / 1024;
}

TEST_CASE("--memory is a bound: a history that takes more is undecided, with a few MiB for the program itself") {
  // Appends of one letter side by side, and then a get that has one letter less than all: every set of them fits.
  std::string text;
  auto const event = [&](std::size_t p, std::string const& more) {
    text += "{:process " + std::to_string(p) + " :key \"k\" " + more + "}\n";
  };
  for (auto const* const type : {"invoke", "ok"})
    for (std::size_t p = 1; p <= 30; ++p)
      event(p, ":f :append :type :" + std::string{type} + " :value \"" + std::string(p, 'a') + "\"");
  event(99, ":f :get :type :invoke");
  event(99, ":f :get :type :ok :value \"" + std::string(30 * 31 / 2 - 1, 'a') + "\"");
  auto const file = "/tmp/quorate-hard-" + std::to_string(::getpid()) + ".edn";
  std::ofstream{file} << text;
  auto const r = check("history --memory 100 " + file + " 2>/dev/null");
  CHECK(r.text == file + " undecided\n");
  auto const most = most_mib_of("history --memory 100 " + file + " 2>/dev/null");
  CHECK(most > 60);
  CHECK(most < 110);
  std::remove(file.c_str());
}

TEST_CASE("check explore sees all that each protocol can do within bounds, and says how much that was") {
  auto const explored = [](std::string const& words, std::string const& first, std::string const& happened) {
    auto const r = check("explore --threads 1 --protocol " + words);
    CHECK(r.status == 0);
    CHECK(r.text.starts_with(first));
    CHECK(r.text.find("\n  " + happened) != std::string::npos);
    CHECK(r.text.ends_with("\neverything reachable was seen, and nothing is broken\n"));
  };
  explored("raft", "2647 states, ", "a commit                                 happened\n");
  explored("paxos --crashes 1", "4970 states, ", "a decision                               happened\n");
  explored("multi-paxos --commands 2", "3625 states, ", "a slot chosen                            happened\n");
}

TEST_CASE("check mutants prints a line a rule: what saw it, after how many states, and what broke") {
  auto const r = check("mutants --protocol paxos");
  CHECK(r.status == 0);
  CHECK(r.text.starts_with("paxos\nballots_have_owners"));
  CHECK(r.text.find("23 states   4 steps  the next ballot is above what was refused for\n") != std::string::npos);
  CHECK(r.text.ends_with("\n26 rules taken out, 0 not missed\n"));
}

TEST_CASE("a search that meets its own bound proves nothing, and says so") {
  auto const r = check("explore --protocol multi-paxos --threads 1 --ballots 2 --states 1000");
  CHECK(r.status == 2);
  CHECK(r.text.ends_with("\na bound of the search was hit: nothing seen so far is broken\n"));
}

TEST_CASE("what is wrong with the words is said in words") {
  auto const complaint = [](std::string const& words) {
    auto const r = check(words);
    CHECK(r.status == 2);
    return r.text;
  };
  CHECK(complaint("history") == "check: history: expected a file or more, but got none\n");
  CHECK(complaint("history --frob x") == "check: \"--frob\" is no flag of check history; see check --help\n");
  CHECK(complaint("history --explain=1 x") == "check: --explain: expected no value, but got \"1\"\n");
  CHECK(complaint("history x --states") == "check: --states: expected a value behind it, but nothing came\n");
  CHECK(complaint("history --rules frob x") == "check: --rules: expected jepsen or knossos, but got \"frob\"\n");
  CHECK(complaint("history --seconds 0 x").starts_with("check: --seconds: expected a number from 1 to"));
  CHECK(complaint("history --memory 0 x").starts_with("check: --memory: expected a number from 1 to"));
  CHECK(complaint("explore --protocol paxos --terms 2") ==
        "check: explore: --terms is no bound of paxos; see check --help\n");
  CHECK(complaint("explore") == "check: explore: --protocol: expected raft, paxos or multi-paxos, but got \"\"\n");
  CHECK(complaint("explore --protocol multi-paxos --nodes 4") ==
        "check: explore: --nodes: expected 3 or 5, but got \"4\"\n");
  CHECK(complaint("mutants --protocol frob") ==
        "check: mutants: --protocol: expected raft, paxos, multi-paxos or duties, but got \"frob\"\n");
  CHECK(complaint("frob").ends_with("--help, but got \"frob\"; see check --help\n"));
  CHECK(complaint("").starts_with("check: quorate's checkers; "));
  CHECK(check("--help").status == 0);
  CHECK(check("history --help").text.find("exit status:") != std::string::npos);
}

} // namespace
} // namespace quorate::test
