// `check explore`: a protocol's shipped cores, explored to the last state within bounds.
#pragma once

#include "../flags.hpp"

#include "quorate/explore/explore.hpp"

#include <cstdint>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace check_tool {

inline constexpr std::string_view explore_usage =
    R"(  check explore --protocol raft|paxos|multi-paxos [options]
      visits every state that the shipped cores can reach within bounds, whatever is lost, repeated or reordered
      exit status: 0 nothing is broken, 1 something is (its story is printed), 2 a bound of the search was hit, or
      the command line is wrong

  Bounds, each with its default:
    --nodes N       3 to 5; with paxos and multi-paxos, 3 or 5 (3)
    --crashes N     each followed by a restart from what was durable (0)
    --in-flight     a sync takes its time, and crashes come between any two effects
  of raft:
    --terms N       no campaign beyond that term (2)
    --commands N    proposed (1)
    --beats N       heartbeat timeouts (0)
    --reads N       asked of leaders, with --with reads (0)
    --with WHAT     nothing (figure 2 of the paper alone), pre-vote, check-quorum, no-op or reads; all but nothing
                    with 3 nodes
  of paxos:
    --ballots N     begun by each proposer (1)
    --proposers N   2 or 3; 2 with 5 nodes and with a register or learners (2)
    --changes N     of a register: asked of each proposer (1)
    --with WHAT     nothing (acceptors, of which some propose), learners or register (CASPaxos), the last two with
                    3 nodes
  of multi-paxos:
    --ballots N     rounds: so many ballots of each proposer (1)
    --proposers N   how many of the nodes campaign (2)
    --commands N    proposed: each takes a slot (1)
    --refusals      are heard; else the network loses them
    --beats N       heartbeat timeouts, with --with reads, as the next two (0)
    --checks N      quorum checks (0)
    --reads N       asked of leaders (0)
    --with WHAT     nothing or reads, with 3 nodes

  Options of the search:
    --states N      stops after so many states
    --depth N       stops after so many steps
    --memory MIB    stops when the tables are so large (4096)
    --threads N     1 to 16 (2)
    --seed N        of the fingerprints: a second run with another one confirms the first (0)
    --html FILE     writes the story of what is broken, if anything is, as a page with a diagram
)";

// What is explored, whatever the protocol; each takes what is its own.
struct explore_flags {
  std::string protocol, with = "nothing", html;
  std::uint32_t nodes = 3, terms = 2, ballots = 1, proposers = 2, commands = 1, changes = 1;
  std::uint32_t crashes = 0, beats = 0, checks = 0, reads = 0;
  bool in_flight = false, refusals = false;
  std::uint64_t seed = 0;
  quorate::check::bounds search{.bytes = std::uint64_t{4096} << 20, .threads = 2};
  std::string words = "check explore"; // as they came
};

// Each throws flags::failure when the bounds don't fit together; the exit status.
int explore_raft(explore_flags const&);
int explore_paxos(explore_flags const&);
int explore_multi_paxos(explore_flags const&);

struct explored_protocol {
  std::string_view name;
  int (*run)(explore_flags const&);
};
inline constexpr explored_protocol explored_protocols[] = {
    {"raft", explore_raft}, {"paxos", explore_paxos}, {"multi-paxos", explore_multi_paxos}};

// A count that bounds the world, and whose it is: one bit an explored_protocol, in their order.
struct count_flag {
  std::string_view name;
  unsigned of;
  std::uint32_t least, most;
  std::uint32_t explore_flags::*where;
};
inline constexpr unsigned of_raft = 1, of_paxos = 2, of_multi_paxos = 4, of_all = 7;
inline constexpr count_flag count_flags[] = {
    {"--nodes", of_all, 3, 5, &explore_flags::nodes},
    {"--crashes", of_all, 0, 15, &explore_flags::crashes},
    {"--terms", of_raft, 1, 15, &explore_flags::terms},
    {"--ballots", of_paxos | of_multi_paxos, 1, 7, &explore_flags::ballots},
    {"--proposers", of_paxos | of_multi_paxos, 1, 5, &explore_flags::proposers},
    {"--changes", of_paxos, 1, 7, &explore_flags::changes},
    {"--commands", of_raft | of_multi_paxos, 0, 15, &explore_flags::commands},
    {"--beats", of_raft | of_multi_paxos, 0, 15, &explore_flags::beats},
    {"--checks", of_multi_paxos, 0, 15, &explore_flags::checks},
    {"--reads", of_raft | of_multi_paxos, 0, 15, &explore_flags::reads},
};

class explore_reader {
public:
  explore_flags read(std::span<char const* const> words) {
    for (auto const* word : words) (o_.words += ' ') += word;
    for (flags::reader in{words}; in.next();)
      if (!bound(in) && !search(in)) {
        throw flags::failure{"\"" + std::string{in.whole()} + "\" is no flag of check explore; see check --help"};
      }
    check_owners();
    return o_;
  }

private:
  bool bound(flags::reader& in) {
    for (auto const& f : count_flags)
      if (in.word() == f.name) {
        o_.*f.where = flags::integer_within<std::uint32_t>(f.name, in.value(), f.least, f.most);
        return given_.push_back({f.name, f.of}), true;
      }
    if (in.word() == "--in-flight") return in.no_value(), o_.in_flight = true;
    if (in.word() == "--refusals") {
      given_.push_back({in.word(), of_multi_paxos});
      return in.no_value(), o_.refusals = true;
    }
    if (in.word() == "--protocol") return o_.protocol = in.value(), true;
    if (in.word() == "--with") return o_.with = in.value(), true;
    return false;
  }
  bool search(flags::reader& in) {
    std::string const flag{in.word()};
    auto const number = [&](std::uint64_t least, std::uint64_t most) {
      return flags::integer_within<std::uint64_t>(flag, in.value(), least, most);
    };
    if (flag == "--states") return o_.search.states = number(1, 4'000'000'000), true;
    if (flag == "--depth") return o_.search.depth = number(1, 1'000'000), true;
    if (flag == "--memory") return o_.search.bytes = number(1, 1 << 20) << 20, true;
    if (flag == "--threads") return o_.search.threads = number(1, quorate::check::most_threads), true;
    if (flag == "--seed") return o_.seed = number(0, ~std::uint64_t{0} >> 1), true;
    if (flag == "--html") return o_.html = in.value(), true;
    return false;
  }
  void check_owners() const {
    unsigned bit = 1;
    for (auto const& p : explored_protocols) {
      if (p.name == o_.protocol) {
        for (auto const& g : given_)
          if ((g.of & bit) == 0)
            throw flags::failure{std::string{g.name} + " is no bound of " + o_.protocol + "; see check --help"};
        return;
      }
      bit *= 2;
    }
    throw flags::failure{flags::complaint("--protocol", "raft, paxos or multi-paxos", o_.protocol)};
  }

  struct given {
    std::string_view name;
    unsigned of;
  };
  explore_flags o_{};
  std::vector<given> given_{};
};

inline int explore(std::span<char const* const> words) {
  try {
    auto const o = explore_reader{}.read(words);
    for (auto const& p : explored_protocols)
      if (p.name == o.protocol) return p.run(o);
  } catch (flags::failure const& f) { std::fprintf(stderr, "check: explore: %s\n", f.text.c_str()); }
  return 2;
}

} // namespace check_tool
