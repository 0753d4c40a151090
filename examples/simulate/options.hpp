// The command line: what to run, and what is wrong with it in words that help.
#pragma once

#include "quorate/service/integer.hpp"
#include "quorate/sim/fault.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace simulate {

struct options {
  std::string protocol = "raft";
  std::uint32_t nodes = 0;
  std::uint64_t first = 1;
  std::uint64_t seeds = 1000;
  bool one = false; // --seed was given
  quorate::sim::fault_set faults = quorate::sim::all_faults;
  std::string faults_named{}; // as they were given; empty: swarm
  std::string trace{};
  std::string html{};
  bool shrink = false;
  bool help = false;
};

inline constexpr std::string_view usage =
    R"(simulate: whole clusters under faults, decided by one seed and checked at every event

  simulate [--protocol P] [--nodes N] [--seeds COUNT | --seed N] [options]

  --protocol P    raft, multi-paxos, paxos or caspaxos (raft)
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
  --help

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
inline std::optional<std::uint64_t> number(std::string_view text, std::uint64_t least, std::uint64_t most) {
  auto const n = quorate::service::parse_integer<std::uint64_t>(text);
  return n && *n >= least && *n <= most ? n : std::nullopt;
}

// What is wrong with the list; empty: nothing.
inline std::string read_faults(std::string_view list, options& o) {
  o.faults_named = list;
  if (list == "all") return o.faults = quorate::sim::all_faults, "";
  o.faults = 0;
  if (list == "none") return "";
  for (std::size_t at = 0; at <= list.size();) {
    auto const end = std::min(list.find(',', at), list.size());
    auto const name = list.substr(at, end - at);
    auto const f = quorate::sim::fault_named(name);
    if (!f) return "--faults: there is no fault '" + std::string{name} + "'; --help lists them";
    o.faults |= bit_of(*f);
    at = end + 1;
  }
  return "";
}

inline std::string read_protocol(std::string_view name, options& o) {
  for (std::string_view const known : {"raft", "multi-paxos", "paxos", "caspaxos"})
    if (name == known) return o.protocol = name, "";
  return "--protocol: '" + std::string{name} + "' is none of raft, multi-paxos, paxos and caspaxos";
}

inline std::string read_number(std::string_view flag, std::string_view value, options& o) {
  auto const most = flag == "--nodes" ? 7U : ~std::uint64_t{0} >> 1;
  auto const n = number(value, 1, most);
  if (!n)
    return std::string{flag} + ": '" + std::string{value} + "' is no number between 1 and " + std::to_string(most);
  if (flag == "--nodes")
    o.nodes = static_cast<std::uint32_t>(*n);
  else if (flag == "--seeds")
    o.seeds = *n;
  else
    o.first = *n, o.seeds = 1, o.one = true;
  return "";
}
} // namespace detail

// What is wrong; empty: nothing.
inline std::string read(std::span<char const* const> words, options& o) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::string_view const flag = words[i];
    if (flag == "--help")
      o.help = true;
    else if (flag == "--shrink")
      o.shrink = true;
    else {
      bool known = false;
      for (std::string_view const f :
           {"--protocol", "--nodes", "--seeds", "--seed", "--faults", "--trace", "--html"})
        known = known || flag == f;
      if (!known) return "'" + std::string{flag} + "' is no flag of simulate; --help lists them";
      if (++i == words.size()) return std::string{flag} + " needs a value behind it";
      std::string_view const value = words[i];
      std::string wrong;
      if (flag == "--protocol")
        wrong = detail::read_protocol(value, o);
      else if (flag == "--faults")
        wrong = detail::read_faults(value, o);
      else if (flag == "--trace")
        o.trace = value;
      else if (flag == "--html")
        o.html = value;
      else
        wrong = detail::read_number(flag, value, o);
      if (!wrong.empty()) return wrong;
    }
  }
  return "";
}

} // namespace simulate
