// What is kept of a run: always a rolling hash, by which two runs are compared; on demand the records of a trace
// and the list of actions.
#pragma once

#include "quorate/core/id.hpp"
#include "quorate/sim/action.hpp"
#include "quorate/trace/trace.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace quorate::sim {

class chronicle {
public:
  void trace_into(check::trace* t) { trace_ = t; }
  void record_into(schedule* s) { schedule_ = s; }
  bool traces() const { return trace_ != nullptr; }

  void mix(std::uint64_t x) {
    hash_ = (hash_ ^ x) * 0x9e3779b97f4a7c15U;
    hash_ ^= hash_ >> 29;
  }
  std::uint64_t hash() const { return hash_; }

  void begin(action const& a) {
    now_ = a.time;
    mix(a.time << 8 | static_cast<std::uint64_t>(a.what));
    mix(a.match ^ std::uint64_t{a.node} << 56 ^ std::uint64_t{a.flag} << 48 ^ a.argument);
    if (schedule_ != nullptr) schedule_->push_back(a);
  }
  std::uint64_t now() const { return now_; }

  void note(check::trace_record r) {
    if (trace_ == nullptr) return;
    r.time = now_ = (std::max)(r.time, now_); // a fault strikes between two actions
    trace_->records.push_back(std::move(r));
  }

private:
  std::uint64_t hash_ = 0x736d756c61746521U;
  std::uint64_t now_ = 0;
  check::trace* trace_ = nullptr;
  schedule* schedule_ = nullptr;
};

} // namespace quorate::sim
