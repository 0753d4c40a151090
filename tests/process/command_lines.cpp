// The programs' command lines: what is asked of a program itself is answered on the standard output with status 0,
// and what is wrong is one sentence on the standard error with status 2.
//
//   command_lines KV CHECK SIMULATE PROGRESS
#include "../support/shell.hpp"

#include <algorithm>
#include <cstdio>
#include <string>

namespace {

using quorate::test::shell;

int wrong = 0;
void expect(bool good, std::string const& command, std::string const& text) {
  std::printf("%s: %s\n", good ? "ok" : "WRONG", command.c_str());
  if (good) return;
  ++wrong;
  std::printf("  it said \"%s\"\n", text.c_str());
}

// On the standard output, and nothing else.
void answers(std::string const& command, std::string const& beginning, std::string const& part = "") {
  auto const out = shell(command + " 2>/dev/null");
  auto const both = shell(command);
  expect(out.status == 0 && out.text == both.text && out.text.starts_with(beginning) &&
             out.text.find(part) != out.text.npos,
         command, both.text);
}
void refuses(std::string const& command, std::string const& sentence) {
  auto const err = shell(command + " >/dev/null");
  expect(err.status == 2 && err.text == sentence + "\n", command, err.text);
}

void asked(std::string const& kv, std::string const& check, std::string const& simulate) {
  for (auto const* const word : {" --version", " version"}) {
    answers(kv + word, "kv (quorate) ");
    answers(check + word, "check (quorate) ");
    answers(simulate + word, "simulate (quorate) ");
  }
  for (auto const* const word : {" --help", " -h", " help"}) {
    answers(kv + word, "kv: a replicated key-value store", "--election-timeout MS");
    answers(kv + word, "kv: a replicated key-value store", "\n  GETDEL ");
    answers(check + word, "check: ", "check explore --protocol");
    answers(simulate + word, "simulate: ", "--faults LIST");
  }
  for (auto const* const more :
       {" --help", " -h", " --protocol raft --help", " --frob --help", " --help --frob 1"}) {
    answers(kv + " serve" + more, "  kv serve --id N", "--election-timeout MS");
    answers(kv + " demo" + more, "  kv demo ");
    answers(check + " explore" + more, "  check explore ");
    answers(check + " mutants" + more, "  check mutants ");
    answers(check + " history" + more, "  check history ");
    answers(simulate + more, "simulate: ");
  }
}

void misused(std::string const& kv, std::string const& check, std::string const& simulate) {
  refuses(kv + " frob", "kv: expected serve, demo, --help or --version, but got \"frob\"; see kv --help");
  refuses(kv + " serve --frob", "kv: \"--frob\" is no flag of kv serve; see kv serve --help");
  refuses(kv + " serve --id 1 --id=1", "kv: --id: expected once, but it came twice");
  refuses(kv + " serve --heartbeat 0", "kv: --heartbeat: expected a number from 1 to 600000, but got \"0\"");
  refuses(
      kv + " serve --id 1 --cluster 1=127.0.0.1:7101 --listen 0.0.0.0:6401 --data nowhere",
      "kv: --listen: expected an address that only this machine reaches (127.0.0.0/8, ::1 or localhost), but "
      "got \"0.0.0.0:6401\": kv asks for no key yet, so whoever can reach that port can speak as a client; take "
      "such an address, or, in a network where you trust everybody, add --insecure");
  refuses(kv + " demo --protocol raft --protocol raft", "kv: --protocol: expected once, but it came twice");
  refuses(kv + " demo --protocol paxos", "kv: --protocol: expected raft or multi-paxos, but got \"paxos\"");
  refuses(kv + " demo extra", "kv: \"extra\" is no flag of kv demo; see kv demo --help");
  refuses(check + " explore --nodes 3 --nodes 3", "check: explore: --nodes: expected once, but it came twice");
  refuses(check + " explore --in-flight --in-flight",
          "check: explore: --in-flight: expected once, but it came twice");
  refuses(check + " mutants --rule a --rule a", "check: mutants: --rule: expected once, but it came twice");
  refuses(check + " history --explain --explain x", "check: --explain: expected once, but it came twice");
  refuses(simulate + " --seed 1 --seed 2", "simulate: --seed: expected once, but it came twice");
  refuses(simulate + " --shrink --seed 1 --shrink", "simulate: --shrink: expected once, but it came twice");
  refuses(simulate + " --seeds 0",
          "simulate: --seeds: expected a number from 1 to 9223372036854775807, but got \"0\"");
  refuses(simulate + " --faults none,x", "simulate: --faults: expected none, all, or names that --help lists, but "
                                         "got \"none\"");
  refuses(simulate + " --frob", "simulate: \"--frob\" is no flag of simulate; see simulate --help");
  auto const bare = shell(kv + " 2>&1 >/dev/null");
  expect(bare.status == 2 && bare.text.starts_with("kv: a replicated"), kv + " alone", bare.text);
}

void of_progress(std::string const& progress) {
  answers(progress + " --frob --help", "progress: how long real kv nodes", "--only WORDS");
  refuses(progress + " --frob", "progress: \"--frob\" is no flag of progress; see progress --help");
  refuses(progress + " --runs 0", "progress: --runs: expected a number from 1 to 1000, but got \"0\"");
  refuses(progress + " --cut off", "progress: --cut: expected drop, hold or close, but got \"off\"");
  refuses(progress + " --kv /no/kv", "progress: expected the program kv at /no/kv, but nothing that can be run is "
                                     "there; build it, or name another with --kv");
  refuses(progress + " --only nothing",
          "progress: expected words that some row has behind --only, but no row has \"nothing\"");
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fputs("usage: command_lines KV CHECK SIMULATE PROGRESS\n", stderr);
    return 2;
  }
  auto const quoted = [&](int i) { return "'" + std::string{argv[i]} + "'"; };
  asked(quoted(1), quoted(2), quoted(3));
  misused(quoted(1), quoted(2), quoted(3));
  of_progress(quoted(4));
  return wrong == 0 ? 0 : 1;
}
