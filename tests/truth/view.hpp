// A node as truth/ looks at it, made by hand.
#pragma once

#include "quorate/core/log_shape.hpp"
#include "quorate/truth/log.hpp"
#include "support/told.hpp"

#include <cstdint>
#include <initializer_list>

namespace quorate::test {

inline constexpr node_index A{0}, B{1}, C{2};
constexpr log_index at(std::uint64_t n) { return log_index{n}; }

// The face of a core, with the state of the shipped one.
template <class Core>
struct core_made {
  using options = typename Core::options;
  using state_type = std::remove_cvref_t<decltype(std::declval<Core const&>().state())>;
  state_type s{};
  constexpr state_type const& state() const { return s; }
  constexpr node_index self() const { return s.self; }
  constexpr bool leads() const { return s.is == decltype(s.is)::leader; }
  constexpr bool campaigns() const { return s.is != decltype(s.is)::follower; }
  constexpr node_index leader() const { return s.leader.place; }
  constexpr log_index commit_index() const { return s.commit; }
  constexpr stamp era() const {
    if constexpr (requires { s.current_term; })
      return s.current_term;
    else
      return s.promised;
  }
  friend constexpr bool operator==(core_made const&, core_made const&) = default;
};
template <class Core, class Log>
struct node_made {
  struct disk {
    Log log{};
    typename Core::hard_type hard{};
  };
  node_index self{};
  core_made<Core> core{};
  disk written{};
  disk durable{};

  constexpr explicit node_made(node_index n) : self{n} {
    core.s.self = n;
    core.s.member = founder_at(n);
  }
};

// A log with the founding configuration and an entry for each of these terms.
inline log_shape<16> log_of(std::initializer_list<std::uint64_t> terms) {
  log_shape<16> log;
  (void)log.put({at(1), 1, stamp{0}, entry_kind::configuration}, {node_set<64>::first(3)});
  for (auto const t : terms) (void)log.put({log.last() + 1, 1, stamp{t}, entry_kind::command});
  return log;
}

} // namespace quorate::test
