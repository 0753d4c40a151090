// Each property of what clients are told: a book and an outcome with which it holds, and one with which it does
// not.
#include "quorate/sim/log_promises.hpp"

#include "quorate/message/messages.hpp"
#include "quorate/sim/chronicle.hpp"
#include "support/told.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>

namespace quorate::test {
namespace {

using numbers = messages<std::uint64_t>;

// A cluster of one node, made by hand.
struct made {
  struct replica_made {
    std::uint64_t tokens = 0; // given so far
    log_index applied{};
    std::uint64_t propose(std::uint64_t) { return ++tokens; }
    std::uint64_t read() { return ++tokens; }
    std::uint64_t era() const { return 1; }
    log_index applied_index() const { return applied; }
  };
  struct host {
    node_id id{1};
    replica_made own{};
    replica_made* node = &own;
    sim::requests_of_a_node seen{};
    std::uint32_t place() const { return 0; }
  };
  static node_index index_of(host const&) { return node_index{0}; }
  sim::coverage& covered() { return coverage_; }
  sim::chronicle& log() { return log_; }
  template <class... Values>
  void breaks(char const* law, std::uint32_t, Values const&... values) {
    broken = told([&](auto& tell) { return tell(law, values...); });
  }
  std::string broken{};

private:
  sim::coverage coverage_{};
  sim::chronicle log_{};
};

// A book with the commands 10, 11 ... at the indices 1, 2 ...
struct with_a_book {
  made cluster{};
  made::host host{};
  sim::ledger book{};
  sim::log_promises<made> promises{cluster, book};

  explicit with_a_book(std::uint64_t committed = 3) {
    breach none;
    for (std::uint64_t i = 0; i < committed; ++i)
      book.commit({.written_at = stamp{1}, .number = 10 + i}, stamp{1}, none);
  }
  void ask(std::uint32_t number) { promises.request(host, {.what = sim::act::propose, .argument = number}); }
  void ask_to_read() { promises.request(host, {.what = sim::act::read}); }
  void apply(std::uint64_t index, std::uint64_t number) {
    promises.hear(host, applied<numbers>{log_index{index}, stamp{1}, number, {}});
  }
  std::string told_of() {
    return told([&](auto& tell) { return promises.outcomes(host, tell); });
  }
  std::string propose_became(std::uint64_t token, fate what, std::uint64_t index) {
    promises.hear(host, proposal_outcome{proposal_token{token}, 1, what, {}, log_index{index}});
    return told_of();
  }
  std::string read_became(std::uint64_t token, std::uint64_t index) {
    promises.hear(host, read_outcome{read_token{token}, 1, fate::done, {}, log_index{index}});
    return told_of();
  }
};

TEST_CASE("what is applied is committed, only once, and a prefix of one order") {
  with_a_book b;
  b.apply(1, 10), b.apply(2, 11);
  CHECK(b.told_of() == "nothing");
  b.apply(2, 11);
  CHECK(b.told_of() ==
        "what is applied is committed, and only once: node A applies entry 2, has applied up to 2, and all is "
        "committed up to 3");
  b.apply(4, 13);
  CHECK(b.told_of().find("what is applied is committed, and only once: ") == 0);
  b.apply(3, 13);
  CHECK(b.told_of() ==
        "what is applied is a prefix of one order: node A applies command 13 at entry 3, where the others have "
        "command 12");
}

TEST_CASE("a machine is restored forward, to what is committed, with the state of that index") {
  with_a_book b;
  for (std::uint64_t state : {100U, 101U, 102U, 103U}) b.book.note_state(state);
  auto const restore = [&](std::uint64_t index, std::uint64_t digest) {
    b.promises.hear(b.host, sim::machine_restored{log_index{index}, digest});
    return b.told_of();
  };
  b.apply(1, 10);
  CHECK(restore(2, 102) == "nothing");
  CHECK(restore(2, 102).find("a machine is brought forward, to what is committed: ") == 0);
  CHECK(restore(4, 104).find("a machine is brought forward, to what is committed: ") == 0);
  b.apply(3, 12); // and the list goes on from there
  CHECK(b.told_of() == "nothing");
  b.host.seen.applied = 1;
  CHECK(restore(2, 101) ==
        "the state of an index is the same on every node: node A restores another one at index 2");
}
TEST_CASE("a result is that of the token's command, and comes with it, before the outcome") {
  with_a_book b;
  b.ask(11);
  auto const result = [&](std::uint64_t token, std::uint64_t index) {
    b.promises.hear(b.host, proposal_result<int>{proposal_token{token}, log_index{index}, 0});
    return b.told_of();
  };
  b.apply(1, 10);
  CHECK(result(1, 1) ==
        "a result is that of the token's command: node A gives command 11 the result of command 10");
  CHECK(result(1, 2).find("a result comes with its command, before the outcome: ") == 0);
  b.apply(2, 11);
  CHECK(result(1, 2) == "nothing");
  CHECK(b.propose_became(1, fate::done, 2) == "nothing");
  CHECK(result(1, 2).find("a result comes with its command, before the outcome: ") == 0);
}

TEST_CASE("a token has one outcome, and they are numbered from 1 on") {
  with_a_book b;
  b.ask(10);
  CHECK(b.propose_became(1, fate::done, 1) == "nothing");
  CHECK(b.propose_became(1, fate::done, 1) ==
        "a token has one outcome: node A tells one of token 1, which has had one, or was never given");
  CHECK(b.propose_became(2, fate::unknown, 0).find("a token has one outcome: ") == 0);
  CHECK(b.read_became(1, 1).find("a token has one outcome: ") == 0);
  b.host.own.tokens = 7;
  CHECK(b.cluster.broken.empty());
  b.ask(11);
  CHECK(b.cluster.broken == "tokens are numbered from 1 on: node A gave number 8");
}

TEST_CASE("what was said to be committed is, at that index, and behind what had ended before") {
  with_a_book b;
  b.ask(11);
  CHECK(
      b.propose_became(1, fate::done, 3) ==
      "what was said to be committed is, at that index: node A says so of command 11 at index 3, and it stands at "
      "2");
  b.ask(10);
  CHECK(b.propose_became(2, fate::done, 1) == "nothing");
  b.book.acknowledge(3);
  b.ask(12);
  CHECK(b.propose_became(3, fate::done, 3) ==
        "an append comes after all that had ended before it began: command 12 stands at index 3, and all up to 3 "
        "had been told");
}

TEST_CASE("what was refused is never committed") {
  with_a_book b;
  b.ask(11);
  CHECK(b.propose_became(1, fate::refused, 0) ==
        "what was refused is never committed: command 11 was refused, and stands at 2");
  b.ask(20);
  CHECK(b.propose_became(2, fate::refused, 0) == "nothing");
  auto const commit = [&](std::uint64_t number) {
    return told(
        [&](auto& tell) { return b.book.commit({.written_at = stamp{1}, .number = number}, stamp{1}, tell); });
  };
  CHECK(commit(20) == "what was refused is never committed: command 20 was refused, and stands at 4");
  CHECK(commit(12) == "a command stands in the log once: command 12 stands at 3 and at 4");
  CHECK(commit(21) == "nothing");
}

TEST_CASE("a read is answered from what is applied, sees one order, and all that had ended before it began") {
  with_a_book b;
  b.apply(1, 10), b.apply(2, 11);
  b.host.own.applied = log_index{2};
  b.ask_to_read();
  CHECK(b.read_became(1, 2) == "nothing");
  b.ask_to_read();
  CHECK(b.read_became(2, 3) ==
        "a read is answered from what is applied: node A answers as of index 3, and has applied up to 2");
  b.book.acknowledge(3);
  b.ask_to_read();
  CHECK(b.read_became(3, 2) ==
        "a read sees all that had ended before it began: node A shows all up to index 2, and 3 had been told");
  b.host.seen.list = {};
  b.ask_to_read();
  CHECK(b.read_became(4, 2) == "a read sees a prefix of one order: node A shows another list at index 2");
}

} // namespace
} // namespace quorate::test
