// The least timer, Messages policy and quorum system: what the concepts document and no more. `Lacks` takes one
// member away (0: none), to show that the concept asks for it.
#pragma once

#include "quorate/policy/messages.hpp"
#include "quorate/policy/quorum.hpp"
#include "quorate/policy/timing.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>

namespace quorate::test {

// A moment has an order, a first value and no arithmetic.
class moment {
public:
  moment() = default;
  static moment of(std::uint64_t tick) {
    moment m;
    m.tick_ = tick;
    return m;
  }
  moment later(std::uint64_t ticks) const { return of(tick_ + ticks); }
  friend std::strong_ordering operator<=>(moment const&, moment const&) = default;

private:
  std::uint64_t tick_ = 0;
};

// A replica keeps its own copy, and never assigns to it.
template <int Lacks = 0>
class least_timer {
public:
  using time = moment;

  explicit least_timer(std::uint64_t patience) : patience_{patience} {}
  least_timer(least_timer const&) requires(Lacks != 6) = default;
  least_timer(least_timer const&) requires(Lacks == 6) = delete;
  least_timer& operator=(least_timer const&) = delete;

  void arm(std::size_t slot, timing how, moment now) requires(Lacks != 1) {
    auto times = std::uint64_t{1};
    if (how == timing::campaign && campaigns_[slot]++ > 0)
      times <<= campaigns_[slot] < 5 ? campaigns_[slot] - 1 : 4;
    bool const elects = how == timing::election || how == timing::campaign;
    armed_[slot] = elects ? now.later((10 + patience_) * times) : later(how, now);
  }
  void disarm(std::size_t slot) requires(Lacks != 2) { armed_[slot].reset(), campaigns_[slot] = 0; }
  std::optional<moment> deadline() const requires(Lacks != 3) {
    std::optional<moment> first;
    for (auto const& d : armed_)
      if (d && (!first || *d < *first)) first = d;
    return first;
  }
  std::optional<std::size_t> expired(moment now) requires(Lacks != 4) {
    for (std::size_t i = 0; i < 4; ++i)
      if (armed_[i] && *armed_[i] <= now) {
        armed_[i].reset();
        return i;
      }
    return std::nullopt;
  }
  moment after(timing how, moment now) const requires(Lacks != 5) { return later(how, now); }

private:
  moment later(timing how, moment now) const {
    if (how == timing::heartbeat) return now.later(3);
    if (how == timing::request) return now.later(1000);
    return now.later(10);
  }
  std::uint64_t patience_; // instead of jitter: each node has another
  std::optional<moment> armed_[4]{};
  std::uint64_t campaigns_[4]{};
};

// A command and extra fields that can be made from nothing, and neither copied nor moved.
struct least_command {
  least_command() = default;
  explicit least_command(std::uint64_t a) : amount{a} {}
  least_command(least_command const&) = delete;
  least_command& operator=(least_command const&) = delete;
  std::uint64_t amount = 0;
};
struct least_extra {
  least_extra() = default;
  least_extra(least_extra const&) = delete;
  least_extra& operator=(least_extra const&) = delete;
};

template <int Lacks = 0>
struct least_messages {
  least_messages() = delete; // its members are static

  using command = least_command;
  using entry_extra = least_extra;
  using envelope_extra = least_extra;
  static std::size_t entry_size(least_command const&, least_extra const&) requires(Lacks != 1) { return 8; }
  static void encode_entry(least_command const& c, least_extra const&, std::byte* at) requires(Lacks != 2) {
    std::memcpy(at, &c.amount, 8);
  }
  static bool decode_entry(payloads::bytes b, least_command& c, least_extra&) requires(Lacks != 3) {
    if (b.size() != 8) return false;
    std::memcpy(&c.amount, b.data(), 8);
    return true;
  }
};

// Two of the voters, whoever they are: monotone, and never met by the empty set. Not constexpr.
template <int Lacks = 0>
struct least_quorum {
  bool met(quorum_phase, node_set<64> acks, configuration const& c) const requires(Lacks != 1) {
    return (acks & c.voters).size() >= 2;
  }
};

} // namespace quorate::test
