// The world of by_hand (world.hpp) for cores of a replicated log.
#pragma once

#include "quorate/core/entry.hpp"
#include "quorate/world/world.hpp"

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace quorate::world {

// What the core of a log has reported, and what it has written.
struct log_reports : recollection {
  bounded<entry_run, 8> proposed{};
  std::size_t refused = 0;
  std::uint64_t readable = 0;
  log_index read_index{};
  std::size_t reads_refused = 0, contradictions = 0;
  log_index committed{};
  bool committed_fell = false; // a report was not above the one before
  log_index wanted{};          // by a snapshot
  std::size_t hard_writes = 0, truncations = 0;

  template <class Host, class What>
  constexpr void note(Host const&, What const&) {
    hard_writes += std::is_same_v<What, typename Host::core_type::hard_type> ? 1 : 0;
    truncations += std::is_same_v<What, truncation> ? 1 : 0;
  }
  constexpr void restart() { committed = {}, readable = 0; }

  constexpr void report(quorate::proposed const& p) {
    if (proposed.full()) proposed.clear();
    (void)proposed.push_back(p.run);
  }
  constexpr void report(proposal_refused) { ++refused; }
  constexpr void report(quorate::committed c) {
    committed_fell = committed_fell || c.upto <= committed;
    committed = c.upto;
  }
  constexpr void report(quorate::readable r) { readable = r.upto, read_index = r.index; }
  constexpr void report(quorate::reads_refused) { ++reads_refused; }
  constexpr void report(more_due) {}
  constexpr void report(snapshot_wanted const& s) { wanted = s.at; }
  constexpr void report(contradiction) { ++contradictions; }
};

template <class Core, class Disk>
struct log_play {
  using core_type = Core;
  using disk_type = Disk;
  using remembered = log_reports;
  static constexpr int lost_checks = 0; // of its quorum, after which a leader takes contact as lost

  configuration voters{};

  // Every log begins with the configuration entry, at index 1 and stamp 0, as a replica lays it down.
  constexpr Disk founded() const {
    Disk d{};
    d.found(voters);
    return d;
  }
  static constexpr Core recovered(node_index self, Disk const& d) { return Core{peer_on(d, self), d.hard, d.log}; }
  template <class World>
  static constexpr void turn(World& w, node_index n) {
    w.step(n, quorate::flush{});
    w.sync(n);
  }
};

template <class Play, std::size_t Nodes>
class log_world : public by_hand<Play, Nodes> {
  using base = by_hand<Play, Nodes>;

public:
  using log_type = typename base::disk_type::log_type;
  using timer = typename base::timer;

  constexpr explicit log_world(configuration const& voters = everybody()) : base{Play{voters}} {}
  static constexpr configuration everybody() { return {base::all()}; }

  constexpr auto const& state(node_index n) const { return (*this)[n].core.state(); }
  constexpr auto const& log(node_index n) const { return (*this)[n].written.log; }
  constexpr bool leads(node_index n) const { return (*this)[n].core.leads(); }

  constexpr void propose(node_index n, std::uint32_t count = 1) { this->step(n, quorate::propose{count}); }
  constexpr void read(node_index n, std::uint32_t count = 1) { this->step(n, quorate::read{count}); }
  constexpr void flush(node_index n) { this->step(n, quorate::flush{}); }

  // What a storage does once entries are applied.
  constexpr void compact(node_index n, log_index upto) {
    (*this)[n].written.log.compact(upto);
    (*this)[n].durable.log.compact(upto);
  }
  constexpr void lose_contact(node_index n) {
    this->expire(n, timer::contact);
    for (int i = 0; i < Play::lost_checks && leads(n); ++i) this->expire(n, timer::quorum_check);
  }
  // Makes `n` win an election with the votes of `among`, what it must commit first committed as far as they allow.
  // Contact with the old leader is taken as lost.
  constexpr void elect(node_index n, node_set<64> among = base::all()) {
    elect_where(n, among, [](auto const&) { return true; });
  }
  // The same, but whatever the winner says as a leader is lost.
  constexpr void elect_unheard(node_index n, node_set<64> among = base::all()) {
    elect_where(n, among, [&](auto const& p) { return p.from != n || !leads(n); });
  }

private:
  template <class Passes>
  constexpr void elect_where(node_index n, node_set<64> among, Passes const& passes) {
    among.for_each([&](node_index v) { lose_contact(v); });
    this->expire(n, timer::election);
    this->settle_where(among, passes);
  }
};

} // namespace quorate::world
