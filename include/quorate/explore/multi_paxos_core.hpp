// A Multi-Paxos core as the checker compares it, its disk, and their digests.
#pragma once

#include "quorate/explore/replicated.hpp"
#include "quorate/truth/multi_paxos.hpp"
#include "quorate/world/slot_disk.hpp"

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace quorate::check {

// Slot 1 holds the founding configuration.
inline constexpr std::size_t checked_slots = 5;

using quorate::world::slot;
using quorate::world::slot_value;

// A leader makes a value of each command that it is given.
template <std::size_t Slots, std::size_t Configs = 1>
struct disk_of_slots : quorate::world::slot_disk<Slots, multi_paxos::promise_and_mark, Configs> {
  void offer_new(stamp ballot) {
    this->offered = {this->log.last() + 1, {}};
    (void)this->offered.what.push_back({ballot, this->offered.first.value});
  }
  friend bool operator==(disk_of_slots const&, disk_of_slots const&) = default;
};
using slot_disk = disk_of_slots<checked_slots>;

template <std::size_t Slots, class Hard, std::size_t Configs>
void digest_disk(quorate::world::slot_disk<Slots, Hard, Configs> const& d, renaming const& p, digester& h) {
  digest_value(d.hard, p, h), h.add(d.log.last()), h.add(d.log.compacted());
  for (auto i = log_index{1}; i <= d.log.last(); i = i + 1) {
    digest_value(d.log[i], p, h);
    if (d.log[i].kind == entry_kind::configuration) digest_config(d.log.config_at(i), p, h);
  }
}

// What is remembered of a node beside the core: what it has said and told, crashes or not.
template <class Memory>
struct said_by_a_member {
  typename Memory::eras led{};
  multi_paxos::truth::ballots_said said{};
  truth::reads_told<Memory> reads{};
  staged_snapshot staged{};
  void restart() { reads = {}; }
  friend bool operator==(said_by_a_member const&, said_by_a_member const&) = default;
};
inline void digest_past(said_by_a_member<truth::bounded_memory> const& past, renaming const&, digester& h) {
  h.add(past.led.bits), h.add(past.said.prepared), h.add(past.said.promised);
  digest_reads(past.reads, h);
  digest_staged(past.staged, h);
}

// A core of which what can have no effect does not count, unless `Whole`: what is left of roles that it has not
// any more; and of a leader, where there are no heartbeats, quorum checks and reads, what it keeps for these. How
// many accepts are under way has no effect where the window is wider than a leadership is long.
template <class Core, bool Whole>
class counted_core : public Core {
public:
  using Core::Core;

  friend bool operator==(counted_core const& a, counted_core const& b) {
    if constexpr (Whole)
      return static_cast<Core const&>(a) == static_cast<Core const&>(b);
    else
      return same(a.state(), b.state());
  }

private:
  using state_type = std::remove_cvref_t<decltype(std::declval<Core const&>().state())>;
  static bool same(state_type const& a, state_type const& b) {
    bool const common = a.promised == b.promised && a.seen == b.seen && a.commit == b.commit &&
                        a.marked == b.marked && a.me() == b.me() && a.leader == b.leader && a.is == b.is &&
                        a.in_contact == b.in_contact && a.canvassing == b.canvassing && a.granted == b.granted &&
                        a.verified == b.verified && a.owed == b.owed;
    if (!common) return false;
    using multi_paxos::role;
    if (a.is == role::candidate) {
      if (a.unsettled != b.unsettled || a.asked != b.asked) return false;
      for (std::size_t i = 0; i < Core::options::limit.nodes; ++i)
        if (!(a.reports[i] == b.reports[i])) return false;
    } else if (a.is == role::leader) {
      if (a.self_told != b.self_told) return false;
      for (std::size_t i = 0; i < Core::options::limit.nodes; ++i)
        if (!same(a.peers[i], b.peers[i])) return false;
    }
    return true;
  }
  static bool same(multi_paxos::progress const& a, multi_paxos::progress const& b) {
    return a.next == b.next && a.match == b.match && a.apart_first == b.apart_first &&
           a.apart_last == b.apart_last;
  }
};

inline void digest_report(multi_paxos::report const& r, digester& h) {
  h.add(r.given), h.add(r.ended), h.add(r.kind), h.add(r.count), h.add(r.voted), h.add(r.kept), h.add(r.commit);
}
template <bool Whole>
void digest_progress(multi_paxos::progress const& o, digester& h) {
  h.add(o.next), h.add(o.match), h.add(o.apart_first), h.add(o.apart_last);
  if constexpr (Whole) h.add(o.told), h.add(o.round), h.add(o.in_flight), h.add(o.sent_to), h.add(o.asked);
}

// All that operator== of counted_core looks at.
template <std::size_t Nodes, bool Whole, class Options>
void digest_state(multi_paxos::node_state<Options> const& s, renaming const& p, digester& h) {
  using multi_paxos::role;
  h.add(s.promised), h.add(s.seen), h.add(s.commit), h.add(s.marked);
  digest_value(s.me(), p, h), digest_value(s.leader, p, h);
  h.add(s.is), h.add(s.in_contact), h.add(s.canvassing), h.add(p(s.granted).bits), h.add(s.verified);
  h.add(s.owed.size());
  for (auto const& o : s.owed) h.add(o.first), h.add(o.count), h.add(o.answered);
  if (Whole || s.is == role::candidate) {
    h.add(s.unsettled), digest_value(s.asked, p, h);
    for (std::uint8_t i = 0; i < Nodes; ++i) digest_report(s.reports[p.before(node_index{i}).value], h);
  }
  if (Whole || s.is == role::leader) {
    h.add(s.self_told);
    for (std::uint8_t i = 0; i < Nodes; ++i) digest_progress<Whole>(s.peer(p.before(node_index{i})), h);
  }
  if constexpr (Whole) {
    h.add(s.beat_due), h.add(s.beat), h.add(s.settled), h.add(p(s.active).bits);
    if constexpr (Options::reads) digest_reads(s.readers, h);
  }
}

} // namespace quorate::check
