// A System of replicated logs (raft.hpp, multi_paxos.hpp) whose nodes compact, and install what they are offered.
#pragma once

#include "quorate/explore/replicated.hpp"
#include "quorate/explore/world.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace quorate::check {

struct snapshot_bounds {
  std::uint32_t compactions = 1; // a node forgets all that it knows to be committed
  std::uint32_t installs = 1;    // a host says that what it has fetched can be installed
};

// A snapshot that a follower wanted has been fetched when the offer came: what it stages is that of the offer.
// When its host says so is open: at once or late, once or again, in another era, and after a crash, because what
// was fetched is on disk. What was staged last counts.
template <class System>
class with_snapshots : public System {
public:
  using typename System::message, typename System::node;
  static constexpr std::size_t compacting = System::events;
  static constexpr std::size_t installing = compacting + 1;
  static constexpr std::size_t events = installing + 1;
  static char const* name_of_event(std::size_t code) {
    return code == compacting   ? "it forgets what it knows to be committed"
           : code == installing ? "it has a snapshot that can be installed"
                                : System::name_of_event(code);
  }

  template <class Bounds>
  with_snapshots(Bounds const& b, snapshot_bounds const& s) : System{b} {
    for (std::size_t i = 0; i < others; ++i) budgets[i] = System::budgets[i];
    budgets[others] = s.compactions, budgets[others + 1] = s.installs;
  }

private:
  static constexpr std::size_t others = std::tuple_size_v<decltype(System::budgets)>;

public:
  std::array<std::uint32_t, others + 2> budgets{};

  static int cost_of(std::size_t code) {
    return code == compacting   ? static_cast<int>(others)
           : code == installing ? static_cast<int>(others + 1)
                                : System::cost_of(code);
  }
  bool can(node const& n, std::size_t code) const {
    if (code == compacting) return n.settled() && n.core.commit_index() > n.written.log.compacted();
    if (code == installing) return n.past.staged.at > log_index{};
    return System::can(n, code);
  }
  template <class Out>
  void step(node& n, std::size_t code, Out& out) const {
    if (code == compacting)
      for (auto* disk : {&n.written, &n.durable}) disk->log.compact(n.core.commit_index());
    else if (code == installing)
      install(n, out);
    else
      System::step(n, code, out);
  }
  template <class Out>
  void receive(node& n, message const& m, Out& out) const {
    auto const before = n.past.staged;
    System::receive(n, m, out);
    if (n.past.staged == before) return;
    std::visit([&](auto const& x) { n.past.staged.written_at = stamp_of(x); }, m.what);
  }

  // Beside the others' marks.
  static constexpr std::uint64_t staged = std::uint64_t{1} << 32, installed = staged << 1;
  static std::uint64_t marks(node const& n) {
    return System::marks(n) | (n.past.staged.at > log_index{} ? staged : 0) |
           (n.past.staged.installed ? installed : 0);
  }

private:
  template <class M>
  static stamp stamp_of(M const& m) {
    if constexpr (requires { m.last_term, m.last_index; })
      return m.last_term;
    else if constexpr (requires { m.voted, m.last; })
      return m.voted;
    else
      return {};
  }
  template <class Out>
  void install(node& n, Out& out) const {
    decltype(n.written) founded;
    System::found(founded, n.self);
    auto const s = n.past.staged;
    snapshot_mark const mark{s.at, s.written_at, founded.log.config_at(log_index{1})};
    replicated_turn<node, System, Out> turn{n, out};
    auto const commit = n.core.commit_index();
    turn.take(installable{s.era, mark}, this->whole(n));
    if (n.core.commit_index() > commit) n.past.staged.installed = true;
  }
};

} // namespace quorate::check
