// What every cluster holds to, whatever happens: one log, each command in it once, and what was said of it true.
#pragma once

#include "quorate/replica/outcome.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <map>
#include <vector>

namespace quorate::test {

struct history {
  std::map<std::uint64_t, std::uint64_t> log{};         // index -> command, as the first node to apply it saw it
  std::map<std::uint64_t, std::uint64_t> where{};       // command -> index
  std::map<std::uint64_t, std::vector<fate>> fates{};   // command -> what its proposer was told
  std::map<std::uint64_t, std::uint64_t> promised_at{}; // command -> index that its proposer was told
  std::uint64_t acknowledged = 0;                       // the highest index of which anybody was told `done`

  void apply(std::uint64_t index, std::uint64_t command) {
    auto const [at, fresh] = log.emplace(index, command);
    REQUIRE_MESSAGE(at->second == command, "two commands at index " << index);
    if (!fresh) return;
    REQUIRE_MESSAGE(where.emplace(command, index).second, "command " << command << " stands in the log twice");
  }
  void check() const {
    for (auto const& entry : fates) {
      auto const command = entry.first;
      auto const& told = entry.second;
      REQUIRE_MESSAGE(told.size() <= 1, "command " << command << " has two outcomes");
      if (told.empty()) continue;
      auto const at = where.find(command);
      if (told[0] == fate::refused) REQUIRE_MESSAGE(at == where.end(), "refused, but applied: " << command);
      if (told[0] == fate::done && at != where.end()) REQUIRE(promised_at.at(command) == at->second);
    }
  }
};

} // namespace quorate::test
