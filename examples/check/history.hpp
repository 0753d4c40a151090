// `check history`: recorded histories of clients, judged for linearizability.
#pragma once

#include "../flags.hpp"
#include "history_text.hpp"

#include "quorate/history/formats.hpp"
#include "quorate/history/history.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace check_tool {

using quorate::check::budget;
using quorate::check::history_rules;
using quorate::check::read_history;

inline constexpr std::string_view history_usage =
    R"(  check history [options] FILE...
      judges recorded histories of a register (a Jepsen log, or Knossos' EDN) or of a map of strings (EDN, each
      key by itself); which of them a file holds is told by its content. EDN is maps, or a vector or list of
      them, with :process, :type, :f, :value, and :key for a map of strings; events of a nemesis and comments
      are passed over. Prints a line a file: "FILE linearizable", "FILE not-linearizable",
      or "FILE undecided" when the budget is spent.
      exit status: 0 all are linearizable, 1 one is not, 2 one could not be judged or the command line is wrong

  Options:
    --explain       prints below each line the order that explains the history, or how far one goes
    --rules R       what the words of a file mean. jepsen: a :cas that failed did compare, and nil is what a
                    register holds at first, or the empty string. knossos: what failed did not happen, and a
                    read of nil may have read anything. Both: :info may happen later, or never (jepsen)
    --states N      gives up on a key after so many states (50000000). All keys get few states first, then
                    those that are open twice as many, and so on
    --memory MIB    gives up on a key before the history and the tables take more (2048)
    --seconds S     gives up on a file after so many seconds of processor time (50)
    --              what follows are files
)";

struct history_flags {
  std::vector<std::string> files;
  bool explain = false;
  budget limit;
  std::uint64_t seconds = 50;
  history_rules rules = history_rules::jepsen;
};

inline history_rules rules_of(std::string_view name) {
  if (name == "jepsen") return history_rules::jepsen;
  if (name == "knossos") return history_rules::knossos;
  throw flags::failure{flags::complaint("--rules", "jepsen or knossos", name)};
}

// What follows `check history`; or what is wrong with it, in `error`.
inline std::optional<history_flags> parse_history_flags(std::span<char const* const> words, std::string& error) {
  history_flags o;
  try {
    for (flags::reader in{words}; in.next();) {
      if (in.whole() == "--" && in.is_flag()) continue;
      if (!in.is_flag())
        o.files.emplace_back(in.whole());
      else if (in.word() == "--explain")
        in.no_value(), o.explain = true;
      else if (in.word() == "--states")
        o.limit.states = flags::integer_within<std::uint64_t>("--states", in.value(), 1, 4'000'000'000);
      else if (in.word() == "--memory")
        o.limit.bytes = flags::integer_within<std::uint64_t>("--memory", in.value(), 1, 1 << 20) << 20;
      else if (in.word() == "--seconds")
        o.seconds = flags::integer_within<std::uint64_t>("--seconds", in.value(), 1, 1'000'000);
      else if (in.word() == "--rules")
        o.rules = rules_of(in.value());
      else
        throw flags::failure{"\"" + std::string{in.word()} + "\" is no flag of check history; see check --help"};
    }
    if (o.files.empty()) throw flags::failure{"history: expected a file or more, but got none"};
  } catch (flags::failure const& f) {
    error = f.text;
    return std::nullopt;
  }
  return o;
}

// The whole file; or why it can't be read, in `error`.
inline std::optional<std::string> contents_of(std::string const& path, std::string& error) {
  std::string text;
  errno = 0;
  if (auto* const file = std::fopen(path.c_str(), "rb")) {
    std::array<char, 65536> piece{};
    while (auto const n = std::fread(piece.data(), 1, piece.size(), file)) text.append(piece.data(), n);
    bool const whole = std::ferror(file) == 0;
    int const reason = errno;
    std::fclose(file);
    if (whole) return text;
    errno = reason;
  }
  error = path + ": can't be read: " + std::strerror(errno);
  return std::nullopt;
}

// What the history itself takes: its operations, and how they are told apart by key and put in order.
template <class Model>
std::uint64_t bytes_of(quorate::check::recorded<Model> const& r) {
  return r.operations.capacity() * sizeof(r.operations[0]) + r.operations.size() * 8 * sizeof(std::size_t) +
         r.lines.capacity() * sizeof(r.lines[0]);
}

// The file's verdict, printed; nothing if it could not be read.
inline std::optional<verdict> judge_file(std::string const& path, history_flags const& o) {
  std::string error;
  auto text = contents_of(path, error);
  auto history = text ? read_history(path, *text, error, o.rules) : std::nullopt;
  text.reset();
  if (!history) {
    std::fprintf(stderr, "check: %s\n", error.c_str());
    return std::nullopt;
  }
  auto told = std::chrono::steady_clock::now();
  auto const began = std::clock();
  auto const progress = [&](std::uint64_t states) {
    auto const now = std::chrono::steady_clock::now();
    if (now - told >= std::chrono::seconds{1}) {
      told = now;
      std::fprintf(stderr, "check: %s: %llu states\n", path.c_str(), static_cast<unsigned long long>(states));
    }
    return static_cast<double>(std::clock() - began) / CLOCKS_PER_SEC < static_cast<double>(o.seconds);
  };
  return std::visit(
      [&](auto& r) {
        auto limit = o.limit;
        limit.bytes -= std::min(limit.bytes, bytes_of(r));
        auto const j = check_history(r.model, r.operations, limit, progress);
        std::printf("%s %s\n", path.c_str(), name_of(j.found));
        if (o.explain) std::fputs(witness_of(r, j).c_str(), stdout);
        std::fflush(stdout);
        return j.found;
      },
      *history);
}

inline int history(std::span<char const* const> words) {
  std::string error;
  auto const o = parse_history_flags(words, error);
  if (!o) {
    std::fprintf(stderr, "check: %s\n", error.c_str());
    return 2;
  }
  int status = 0;
  for (auto const& file : o->files) {
    auto const found = judge_file(file, *o);
    if (!found || *found == verdict::undecided)
      status = 2;
    else if (*found == verdict::not_linearizable)
      status = std::max(status, 1);
  }
  return status;
}

} // namespace check_tool
