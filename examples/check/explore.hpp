// `check explore`: a protocol's shipped cores, explored to the last state within bounds.
#pragma once

#include "../flags.hpp"

#include "quorate/check/explore.hpp"
#include "quorate/check/raft.hpp"
#include "quorate/check/story.hpp"
#include "quorate/check/world.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace check_tool {

inline constexpr std::string_view explore_usage =
    R"(  check explore --protocol raft [options]
      visits every state that the shipped cores can reach within bounds, whatever is lost, repeated or reordered
      exit status: 0 nothing is broken, 1 something is (its story is printed), 2 a bound of the search was hit, or
      the command line is wrong

  Options:
    --nodes N       3, 4 or 5; 4 and 5 with --with nothing (3)
    --terms N       no campaign beyond that term (2)
    --commands N    proposed (1)
    --crashes N     each followed by a restart from what was durable (0)
    --beats N       heartbeat timeouts (0)
    --reads N       asked of leaders, with --with reads (0)
    --with WHAT     nothing (figure 2 of the paper alone), pre-vote, check-quorum, no-op or reads
    --in-flight     a sync takes its time, and crashes come between any two effects
    --states N      stops after so many states
    --depth N       stops after so many steps
    --memory MIB    stops when the tables are so large (4096)
    --threads N     1 to 16 (2)
    --seed N        of the fingerprints: a second run with another one confirms the first (0)
)";

struct explore_flags {
  std::string protocol, with = "nothing";
  std::uint64_t nodes = 3, seed = 0;
  quorate::check::replicated_bounds world{};
  quorate::check::bounds search{.bytes = std::uint64_t{4096} << 20, .threads = 2};
  bool help = false;
};

inline explore_flags parse_explore_flags(std::span<char const* const> words) {
  explore_flags o;
  for (flags::reader in{words}; in.next();) {
    std::string const flag{in.word()};
    auto const number = [&](std::uint64_t least, std::uint64_t most) {
      return flags::integer_within<std::uint64_t>(flag, in.value(), least, most);
    };
    auto const small = [&] { return static_cast<std::uint32_t>(number(0, 15)); };
    if (flag == "--protocol")
      o.protocol = in.value();
    else if (flag == "--with")
      o.with = in.value();
    else if (flag == "--nodes")
      o.nodes = number(3, 5);
    else if (flag == "--terms")
      o.world.terms = number(1, 15);
    else if (flag == "--commands")
      o.world.commands = small();
    else if (flag == "--crashes")
      o.world.crashes = small();
    else if (flag == "--beats")
      o.world.beats = small();
    else if (flag == "--reads")
      o.world.reads = small();
    else if (flag == "--in-flight")
      in.no_value(), o.world.in_flight = true;
    else if (flag == "--states")
      o.search.states = number(1, 4'000'000'000);
    else if (flag == "--depth")
      o.search.depth = number(1, 1'000'000);
    else if (flag == "--memory")
      o.search.bytes = number(1, 1 << 20) << 20;
    else if (flag == "--threads")
      o.search.threads = number(1, quorate::check::most_threads);
    else if (flag == "--seed")
      o.seed = number(0, ~std::uint64_t{0} >> 1);
    else if (flag == "--help")
      in.no_value(), o.help = true;
    else
      throw flags::failure{"\"" + std::string{in.whole()} + "\" is no flag of check explore; see check --help"};
  }
  if (!o.help && o.protocol != "raft") throw flags::failure{flags::complaint("--protocol", "raft", o.protocol)};
  if (o.nodes != 3 && o.with != "nothing")
    throw flags::failure{flags::complaint("--nodes", "3 with --with " + o.with, std::to_string(o.nodes))};
  return o;
}

// The core: figure 2 of the paper, with one more of what it is extended by.
template <std::size_t Nodes, bool PreVote, bool CheckQuorum, bool NoOp, bool Reads>
using explored_core =
    quorate::raft::node<quorate::limits<quorate::limit_values{.nodes = Nodes, .append_entries = 1}>,
                        quorate::raft::pre_vote<PreVote>, quorate::raft::check_quorum<CheckQuorum>,
                        quorate::raft::first_entry<NoOp>, quorate::raft::pipelining<quorate::off>,
                        quorate::raft::answer_stale<quorate::off>, quorate::raft::eager_commit<quorate::off>,
                        quorate::raft::read_index<Reads>>;

template <class System>
void print_marks(std::uint64_t marks) {
  std::size_t i = 0;
  for (auto const* name : System::mark_names)
    std::printf("  %-28s %s\n", name, (marks >> i++ & 1) != 0 ? "happened" : "never happened");
}

template <std::size_t Nodes, bool PreVote, bool CheckQuorum, bool NoOp, bool Reads>
int explore_raft(explore_flags const& o) {
  using namespace quorate::check;
  using system = raft_system<explored_core<Nodes, PreVote, CheckQuorum, NoOp, Reads>, Nodes>;
  auto const w = std::make_unique<world<system>>(system{o.world}, o.seed);
  explorer<world<system>> e{*w, o.search};
  auto const r = e.run([](progress_report const& p) {
    std::fprintf(stderr, "check: depth %llu, %llu states, %llu of them waiting, %llu MiB, %.0f a second\n",
                 static_cast<unsigned long long>(p.depth), static_cast<unsigned long long>(p.states),
                 static_cast<unsigned long long>(p.waiting), static_cast<unsigned long long>(p.bytes >> 20),
                 static_cast<double>(p.states) / p.seconds);
  });
  std::printf(
      "%llu states, %llu transitions, depth %llu, %zu states of a node, %zu messages, %llu MiB, %.0f states "
      "a second\n",
      static_cast<unsigned long long>(r.states), static_cast<unsigned long long>(r.transitions),
      static_cast<unsigned long long>(r.depth), w->node_states(), w->messages(),
      static_cast<unsigned long long>(r.bytes >> 20), static_cast<double>(r.states) / r.seconds);
  std::printf("odds that a state was taken for another: %.1e\n", odds_of_a_miss(r.states));
  print_marks<system>(w->marks());
  if (r.broken) {
    auto const story = story_of(*w, *r.broken);
    std::printf("broken: %s\n", r.broken->what.c_str());
    for (std::size_t i = 0; i < story.size(); ++i) std::printf("%4zu. %s\n", i + 1, story[i].c_str());
    std::printf("as a test:\n%s", as_test(story, r.broken->what).c_str());
    return 1;
  }
  std::printf(r.complete ? "everything reachable was seen, and nothing is broken\n"
                         : "a bound of the search was hit: nothing seen so far is broken\n");
  return r.complete ? 0 : 2;
}

inline int explore_raft(explore_flags const& o) {
  if (o.nodes == 4) return explore_raft<4, false, false, false, false>(o);
  if (o.nodes == 5) return explore_raft<5, false, false, false, false>(o);
  if (o.with == "nothing") return explore_raft<3, false, false, false, false>(o);
  if (o.with == "pre-vote") return explore_raft<3, true, false, false, false>(o);
  if (o.with == "check-quorum") return explore_raft<3, false, true, false, false>(o);
  if (o.with == "no-op") return explore_raft<3, false, false, true, false>(o);
  if (o.with == "reads") return explore_raft<3, false, false, true, true>(o);
  throw flags::failure{flags::complaint("--with", "nothing, pre-vote, check-quorum, no-op or reads", o.with)};
}

inline int explore(std::span<char const* const> words) {
  try {
    auto const o = parse_explore_flags(words);
    if (o.help) return std::fwrite(explore_usage.data(), 1, explore_usage.size(), stdout), 0;
    return explore_raft(o);
  } catch (flags::failure const& f) {
    std::fprintf(stderr, "check: explore: %s\n", f.text.c_str());
    return 2;
  }
}

} // namespace check_tool
