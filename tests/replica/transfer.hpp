// One node that fetches a snapshot, one that has it, and what is on its way between them.
#pragma once

#include "quorate/replica/fetching.hpp"
#include "quorate/replica/serving.hpp"
#include "quorate/snapshot/memory_snapshots.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <random>
#include <utility>
#include <variant>
#include <vector>

namespace quorate::test {

using bytes = std::vector<std::byte>;
constexpr peer leader{node_index{0}, member_id{1}}, other{node_index{1}, member_id{2}},
    needy{node_index{2}, member_id{3}};
constexpr stamp led{7};
constexpr transfer_limits small{.piece = 100, .window = 400, .a_tick = 0, .patience = 20};

inline bytes entry_of(configuration const& c) {
  bytes b;
  configuration_form::write(
      c, [&](std::byte x) { b.push_back(x); },
      [&](node_index n) {
        return member_row{n, c.member_at(n), node_id{n.value + 1U}, {}, {}};
      });
  return b;
}
inline bytes state_of(std::uint64_t seed, std::size_t size) {
  std::mt19937_64 draw{seed};
  bytes b(size);
  for (auto& x : b) x = static_cast<std::byte>(draw());
  return b;
}
inline void keep(memory_snapshots& s, std::uint64_t at, bytes const& state) {
  configuration c{node_set<64>::first(3)};
  c.number = log_index{1};
  REQUIRE(s.begin({log_index{at}, stamp{7}, c}, entry_of(c)));
  REQUIRE(s.write(state));
  REQUIRE(s.seal());
}
inline bytes kept(memory_snapshots& s) {
  auto const info = s.newest();
  REQUIRE(info);
  bytes b(static_cast<std::size_t>(info->size));
  REQUIRE(s.read(info->id, 0, b) == b.size());
  return b;
}

struct message {
  peer from, to;
  std::variant<snapshot_ask, snapshot_head, snapshot_piece> what;
  bytes with;
};

// One that fetches, one that has, and what is on its way between them.
struct link {
  explicit link(std::uint32_t patience = 100) : fetch{ours, asker, patience} {}
  memory_snapshots theirs{}, ours{};
  incarnation_id server{4}, asker{9};
  snapshot_serve<memory_snapshots, 3> serve{theirs, server, small};
  snapshot_fetch<memory_snapshots> fetch;
  std::vector<message> net{};
  std::size_t sent_bytes = 0;
  std::optional<snapshot_mark> here{}; // what want() has said

  // Checks what has come, and seals it: its mark.
  std::optional<snapshot_mark> sealed() {
    return fetch.checked() && ours.seal() ? std::optional{ours.newest()->mark} : std::nullopt;
  }
  auto says(peer from) {
    return [this, from](peer to, auto const& m, std::span<std::byte const> with = {}) {
      sent_bytes += std::holds_alternative<snapshot_piece>(decltype(message::what){m}) ? with.size() : 0;
      net.push_back({from, to, m, {with.begin(), with.end()}});
    };
  }
  void want(std::uint64_t at, peer whose = leader, stamp era = led) {
    here = fetch.want(whose, era, log_index{at}, says(needy));
  }
  void hand_over(message const& m) {
    if (auto const* ask = std::get_if<snapshot_ask>(&m.what)) return serve.heard(m.from, *ask, led, says(m.to));
    if (auto const* head = std::get_if<snapshot_head>(&m.what))
      return fetch.heard(m.from, *head, m.with, says(m.to));
    fetch.heard(m.from, std::get<snapshot_piece>(m.what), m.with, says(m.to));
  }
  void tick() { fetch.tick(says(needy)), serve.tick(says(leader)); }
  void settle() {
    for (std::size_t i = 0; i < net.size(); ++i) {
      auto const m = net[i];
      hand_over(m);
    }
    net.clear();
  }
};

} // namespace quorate::test
