// The command line: what to run, and what is wrong with it in words that help.
#pragma once

#include "../flags.hpp"

#include "quorate/sim/fault.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace simulate {

struct options {
  std::string protocol = "raft";
  std::uint32_t nodes = 0;
  std::uint64_t first = 1;
  std::uint64_t seeds = 1000;
  bool one = false;      // --seed was given
  bool snapshots = true; // of the replicated logs
  quorate::sim::fault_set faults = quorate::sim::all_faults;
  std::string faults_named{}; // as they were given; empty: swarm
  std::string trace{};
  std::string html{};
  bool shrink = false;
};

inline constexpr std::string_view usage =
    R"(simulate: whole clusters under faults, decided by one seed and checked at every event

  simulate [--protocol P] [--nodes N] [--seeds COUNT | --seed N] [options]

  --protocol P    raft, multi-paxos, paxos or caspaxos (raft)
  --no-snapshots  raft and multi-paxos without snapshots; left out: their nodes save a state
                  machine, let go of the log behind that, and fetch from each other
  --nodes N       1 to 7; left out: each seed draws its own
  --seeds COUNT   how many seeds, from 1 on (1000)
  --seed N        this seed alone
  --faults LIST   none, all, or names with commas between them: these exist in each seed.
                  Left out: each fault exists in a seed with odds of one half. Names:
                  NAMES
  --shrink        makes the first failing seed short, and tells it
  --trace FILE    writes what happened in the first failing seed, or in that of --seed, a
                  line a record; - is the standard output. With --shrink: the short one
  --html FILE     the same as a page to open in a browser, with a diagram
  --help, --version

Exit status: 0, all was well; 1, a seed failed, and one line tells how to see it again;
2, the command line was wrong.
)";

inline std::string usage_with_names() {
  std::string names;
  std::size_t column = 0;
  for (std::size_t i = 0; i < quorate::sim::faults; ++i) {
    auto const name = name_of(static_cast<quorate::sim::fault>(i));
    if (column + name.size() > 66) names += "\n                  ", column = 0;
    names.append(name) += ' ';
    column += name.size() + 1;
  }
  std::string text{usage};
  return text.replace(text.find("NAMES"), 5, names);
}

namespace detail {

inline void read_faults(std::string_view list, options& o) {
  o.faults_named = list;
  o.faults = list == "all" ? quorate::sim::all_faults : 0;
  if (list == "all" || list == "none") return;
  for (std::size_t at = 0; at <= list.size();) {
    auto const end = std::min(list.find(',', at), list.size());
    auto const name = list.substr(at, end - at);
    auto const f = quorate::sim::fault_named(name);
    if (!f) throw flags::failure{flags::complaint("--faults", "none, all, or names that --help lists", name)};
    o.faults |= bit_of(*f);
    at = end + 1;
  }
}

inline void read_protocol(std::string_view name, options& o) {
  for (std::string_view const known : {"raft", "multi-paxos", "paxos", "caspaxos"})
    if (name == known) return void(o.protocol = name);
  throw flags::failure{flags::complaint("--protocol", "raft, multi-paxos, paxos or caspaxos", name)};
}

inline void read_flag(flags::reader& in, options& o) {
  auto const flag = in.word();
  auto const number = [&] { return flags::integer_within<std::uint64_t>(flag, in.value(), 1, ~0ULL >> 1); };
  if (flag == "--shrink")
    in.no_value(), o.shrink = true;
  else if (flag == "--no-snapshots")
    in.no_value(), o.snapshots = false;
  else if (flag == "--protocol")
    read_protocol(in.value(), o);
  else if (flag == "--nodes")
    o.nodes = flags::integer_within<std::uint32_t>(flag, in.value(), 1, 7);
  else if (flag == "--seeds")
    o.seeds = number();
  else if (flag == "--seed")
    o.first = number(), o.one = true;
  else if (flag == "--faults")
    read_faults(in.value(), o);
  else if (flag == "--trace")
    o.trace = in.value();
  else if (flag == "--html")
    o.html = in.value();
  else
    throw flags::failure{"\"" + std::string{in.whole()} + "\" is no flag of simulate; see simulate --help"};
}

} // namespace detail

// What is wrong; empty: nothing.
inline std::string read(std::span<char const* const> words, options& o) {
  try {
    bool seeds = false;
    for (flags::reader in{words}; in.next(); detail::read_flag(in, o)) seeds = seeds || in.word() == "--seeds";
    if (o.one && seeds) return "--seed: expected without --seeds, but both came: one seed, or the first so many";
    if (!o.snapshots && o.protocol != "raft" && o.protocol != "multi-paxos")
      return "--no-snapshots: expected with raft or multi-paxos, but " + o.protocol + " came: it has none";
    if (o.one) o.seeds = 1;
  } catch (flags::failure const& f) { return f.text; }
  return "";
}

} // namespace simulate
