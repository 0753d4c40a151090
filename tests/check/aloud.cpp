// A run of each protocol, told as `check` and `simulate` tell stories: text that can be read aloud, in
// tests/check/aloud. Who changes what a protocol says, or how it is told, sees it there.
#include "quorate/trace/aloud.hpp"

#include "model/multi_paxos_cores.hpp"
#include "model/paxos_cores.hpp"
#include "quorate/explore/counterexample.hpp"
#include "quorate/explore/raft.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <initializer_list>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace quorate::check {
namespace {

// Takes the steps that begin as these words do: "A: its election", "B hears A: append_entries{term: 2". Of several
// messages the one that was said first and not heard yet; a step that is not possible fails the test.
template <class System>
class script {
public:
  explicit script(System const& s, std::string title) : system_{s}, told_{system_, std::move(title)} {}

  void steps(std::initializer_list<std::string_view> words) {
    for (auto const w : words) {
      INFO(std::string{w});
      bool const possible = event(w) || arrival(w);
      CHECK(possible);
      if (!possible) return;
      for (std::uint8_t i = 0; i < System::nodes; ++i) CHECK(System::holds(told_.node(i), told_.tell));
    }
  }
  std::string told() { return read_aloud(told_.take()); }

private:
  bool event(std::string_view w) {
    for (std::size_t n = 0; n < System::nodes; ++n)
      for (std::size_t code = 0; code < System::events; ++code) {
        auto const text = std::string(1, static_cast<char>('A' + n)) + ": " + System::name_of_event(code);
        if (!text.starts_with(w) || !system_.can(told_.node(n), code)) continue;
        told_.event(n, code);
        return true;
      }
    return false;
  }
  bool arrival(std::string_view w) {
    auto const& all = told_.messages();
    heard_.resize(all.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
      auto const m = all[i];
      auto const text = std::string(1, static_cast<char>('A' + m.to.value)) + " hears " +
                        static_cast<char>('A' + m.from.value) + ": " +
                        std::visit([](auto const& x) { return spoken(x); }, m.what);
      if (heard_[i] || !text.starts_with(w)) continue;
      heard_[i] = true;
      told_.arrival(m);
      return true;
    }
    return false;
  }

  System system_;
  retelling<System> told_;
  std::vector<bool> heard_{};
};

// Compares with the file, or, with QUORATE_TELL_ANEW, writes it.
void is_as_kept(std::string const& name, std::string const& told) {
  auto const path = std::string{QUORATE_ALOUD} + "/" + name;
  if (std::getenv("QUORATE_TELL_ANEW") != nullptr) std::ofstream{path} << told;
  std::ifstream in{path};
  std::stringstream kept;
  kept << in.rdbuf();
  CHECK_MESSAGE(kept.str() == told, path, " is told otherwise now; with QUORATE_TELL_ANEW=1 this test writes it");
}

using raft_core =
    raft::node<limits<limit_values{.nodes = 3, .append_entries = 2}>, raft::pre_vote<off>, raft::check_quorum<off>,
               raft::first_entry<off>, raft::answer_stale<off>, raft::read_index<off>>;

TEST_CASE("Raft: an election, a lost leader, a conflicting tail repaired") {
  script<raft_system<raft_core, 3>> s{raft_system<raft_core, 3>{{.terms = 3, .commands = 4}}, "Raft"};
  s.steps({
      "A: its election timeout",
      "B hears A: request_vote",
      "A hears B: vote_granted",
      "B hears A: append_entries",
      "A hears B: appended",
      "A: it is given a command",
      "B hears A: append_entries{term: 1, prev_log_index: 1, prev_log_term: 0, entry_term: 1",
      "A hears B: appended",
      "A: it is given a command",
      "C: its election timeout",
      "B hears C: request_vote",
      "B: its election timeout",
      "C hears B: request_vote",
      "B hears C: vote_granted",
      "B: it is given a command",
      "C hears B: append_entries",
      "B hears C: rejected",
      "C hears B: append_entries{term: 2, prev_log_index: 1",
      "B hears C: appended",
      "C hears B: append_entries{term: 2, prev_log_index: 2, prev_log_term: 1, entry_term: 2",
      "B hears C: appended",
      "A hears B: append_entries",
      "B hears A: appended",
      "A hears B: append_entries{term: 2, prev_log_index: 2, prev_log_term: 1, entry_term: 2",
      "B hears A: appended",
  });
  is_as_kept("raft.txt", s.told());
}

TEST_CASE("Paxos: a duel") {
  using system = paxos_whole<3, 2>;
  script<system> s{system{{.ballots = 2}}, "Paxos"};
  s.steps({
      "A: it is given",
      "B hears A: prepare",
      "A hears B: promise",
      "B: it is given",
      "C hears B: prepare",
      "B hears C: promise",
      "B hears A: accept{",
      "A hears B: refused",
      "A: its back-off ends",
      "C hears A: prepare{at: 3.1",
      "A hears C: promise{at: 3.1",
      "C hears B: accept{at: 2.2",
      "B hears C: refused",
      "B: its back-off ends",
      "C hears A: accept{at: 3.1",
      "A hears C: accepted{at: 3.1",
      "C hears B: prepare{at: 4.2",
      "B hears C: promise{at: 4.2",
      "C hears B: accept{at: 4.2",
      "B hears C: accepted{at: 4.2",
  });
  is_as_kept("paxos.txt", s.told());
}

TEST_CASE("Multi-Paxos: phase 1 over a hole") {
  using system = plain_multi_paxos<3>;
  script<system> s{system{{.ballots = 2, .commands = 3}}, "Multi-Paxos"};
  s.steps({
      "A: its election timeout",
      "B hears A: canvass",
      "A hears B: canvass_granted",
      "B hears A: prepare",
      "A hears B: promise",
      "A: it is given a command",
      "A: it is given a command",
      "B hears A: accept{ballot: 1.1, voted: 1.1, first: 3",
      "B: its election timeout",
      "C hears B: canvass",
      "B hears C: canvass_granted",
      "C hears B: prepare",
      "B hears C: promise",
      "C hears B: accept{ballot: 2.2, voted: 2.2, first: 3",
      "C hears B: accept{ballot: 2.2, voted: 2.2, first: 2",
      "B hears C: accepted",
      "B hears C: accepted",
      "A hears B: heartbeat",
  });
  is_as_kept("multi_paxos.txt", s.told());
}

} // namespace
} // namespace quorate::check
