// The assertion as it is where nobody has brought another: one line, and the end.
#include "quorate/core/ballot.hpp"
#include "quorate/core/bounded.hpp"
#include "quorate/core/id.hpp"
#include "quorate/core/node_set.hpp"
#include "quorate/core/payloads.hpp"

#include <doctest/doctest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstddef>
#include <cstdint>
#include <string>

namespace quorate {
namespace {

// What a process said on its error output before an assertion ended it; "it lives" if none did.
template <class F>
std::string last_words(F&& f) {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  auto const child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    std::signal(SIGABRT, SIG_DFL); // doctest has one of its own
    dup2(ends[1], STDERR_FILENO);
    f();
    _exit(0);
  }
  close(ends[1]);
  std::string said;
  char some[256];
  for (ssize_t n = 0; (n = ::read(ends[0], some, sizeof some)) > 0;)
    said.append(some, static_cast<std::size_t>(n));
  close(ends[0]);
  int how = 0;
  REQUIRE(waitpid(child, &how, 0) == child);
  return WIFSIGNALED(how) && WTERMSIG(how) == SIGABRT ? said : "it lives, and says " + said;
}
bool says(std::string const& said, std::string const& file, std::string const& sentence) {
  return said.find(file + ":") != std::string::npos && said.ends_with(": quorate: " + sentence + "\n") &&
         said.find('\n') == said.size() - 1;
}

static_assert(asserts);

TEST_CASE("a precondition that is broken ends the program with one line: where, the values, what was asserted") {
  auto const none = [] { return log_index{1} - (log_index{} + 1); };
  CHECK(last_words([&] { (void)none(); }) == "it lives, and says ");
  CHECK(says(last_words([] { (void)(log_index{3} - 5); }), "id.hpp", "no index is 5 before 3 (n <= i.value)"));
  CHECK(says(last_words([] { (void)(log_index{3} - log_index{4}); }), "id.hpp",
             "no steps lead up from index 4 to 3 (b.value <= a.value)"));
  CHECK(says(last_words([] { (void)ballot_at(0, node_index{1}); }), "ballot.hpp",
             "no ballot is of round 0 (1 <= round && round <= ballot::last_round)"));
  CHECK(
      says(last_words([] { (void)bounded<int, 3>{}[0]; }), "bounded.hpp", "bounded: element 0 of 0 (i < size_)"));
  CHECK(says(last_words([] { bounded_queue<int, 3>{}.pop(); }), "bounded.hpp",
             "bounded_queue: pop() of none (!empty())"));
  CHECK(says(last_words([] { (void)bounded_queue<int, 3>{}.front(); }), "bounded.hpp",
             "bounded_queue: front() of none (!empty())"));
  CHECK(says(last_words([] { (void)node_set<8>::first(9); }), "node_set.hpp",
             "node_set: the first 9 nodes of 8 (n <= Capacity)"));
  CHECK(says(last_words([] { (void)payloads{}.front(); }), "payloads.hpp",
             "payloads: front() of none (count_ > 0)"));
  CHECK(says(last_words([] { (void)payloads::trusted({}, 2); }), "payloads.hpp",
             "payloads: 0 bytes are not 2 records (parse(whole, count).has_value())"));
}

TEST_CASE("an assertion needs no sentence") {
  CHECK(says(last_words([] { QUORATE_ASSERT(1 > 2); }), "config.cpp", "1 > 2 is not true"));
}

// It stands in what is a constant, too; a broken one would not compile.
constexpr int half(int n) {
  QUORATE_ASSERT(n % 2 == 0, "half of ", n, " is none");
  return n / 2;
}
static_assert(half(4) == 2);

} // namespace
} // namespace quorate
