// Linearizable reads as the checker sees them: what each was told, and what it had to see.
#pragma once

#include "quorate/explore/fingerprint.hpp"
#include "quorate/core/id.hpp"
#include "quorate/effect/event.hpp"

#include <cstdint>

namespace quorate::check {

// Of one node: the reads asked since it began, and of each that was answered, up to where it saw.
struct reads_told {
  static constexpr std::uint8_t most = 4;
  std::uint8_t asked = 0;
  std::uint8_t answered = 0;
  std::uint8_t answer[most]{};

  bool room() const { return asked < most; }
  void told(readable const& r) {
    for (; answered < r.upto && answered < most; ++answered)
      answer[answered] = static_cast<std::uint8_t>(r.index.value);
  }
  void digest(digester& h) const {
    h.add(asked), h.add(answered);
    for (auto const a : answer) h.add(a);
  }
  friend bool operator==(reads_told const&, reads_told const&) = default;
};

// Of all nodes: how much was known to be committed when each read was asked.
class reads_ledger {
public:
  // After a step of node `n`; `known`: how much anybody knows to be committed. Returns nullptr, or what is broken.
  char const* observe(node_index n, reads_told const& told, std::uint8_t known) {
    auto& asked = asked_[n.value];
    auto& must = must_see_[n.value];
    if (told.asked < asked) { // it began anew
      asked = 0;
      for (auto& m : must) m = 0;
    }
    for (; asked < told.asked; ++asked) must[asked] = known;
    for (std::uint8_t i = 0; i < told.answered; ++i)
      if (told.answer[i] < must[i]) return "a read sees what was committed before it was asked";
    return nullptr;
  }
  void digest(std::uint8_t nodes, renaming const& p, digester& h) const {
    for (std::uint8_t i = 0; i < nodes; ++i) {
      auto const n = p.before(node_index{i}).value;
      h.add(asked_[n]);
      for (auto const x : must_see_[n]) h.add(x);
    }
  }
  friend bool operator==(reads_ledger const&, reads_ledger const&) = default;

private:
  std::uint8_t asked_[8]{};
  std::uint8_t must_see_[8][reads_told::most]{};
};

} // namespace quorate::check
