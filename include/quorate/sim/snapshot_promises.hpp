// Checks what the snapshots of a replicated log promise: the state of one index is the same on every node and in
// every life of it, whichever way it came there.
#pragma once

#include "quorate/core/breach.hpp"
#include "quorate/replica/status.hpp"
#include "quorate/sim/coverage.hpp"
#include "quorate/sim/ledger.hpp"
#include "quorate/sim/recorder.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

namespace quorate::sim {

// Of one node, in one life of it.
struct snapshots_of_a_node {
  snapshot_id newest{};
  log_index looked_at{}; // up to where the node had applied when its machine was looked at
  bool came = false;     // what is fetched is here, and the machine on its way to it
  snapshot_status told{};
};

template <class Cluster>
class snapshot_promises {
  using node_type = typename Cluster::node_type;
  using machine = typename node_type::machine_type;
  using fitting = machine_fitting<machine>;
  using commands = command_fitting<typename node_type::messages_type>;
  static constexpr bool rewrites = node_type::core_type::rewrites;
  static constexpr bool shows_digest = requires(machine & m) { m.digest(); }; // at any time, and cheap

public:
  using host = typename Cluster::host;
  snapshot_promises(Cluster& c, ledger& book) : c_{c}, book_{book} {
    book_.note_state(fitting::digest(reference_));
  }

  // The next entry of the order was committed; `number`: of its command, or 0.
  void committed(std::uint64_t number) {
    if (number != 0) (void)reference_.apply(log_index{book_.committed()}, commands::make(number));
    book_.note_state(fitting::digest(reference_));
  }

  // A life begins. The machine is new, and has been brought to where its log goes on.
  bool begins(host& h, breach& tell) {
    if (h.node->stopped()) return true;
    auto const at = h.node->machine().applied();
    auto const begins = h.disk.log().compacted();
    if (at < begins)
      return tell("a log begins where its machine stands, or before", "node ", self(h),
                  " starts with its machine at ", at, ", and its log begins behind ", begins);
    if (at.value > book_.committed())
      return tell("what a machine is brought to was committed", "node ", self(h), " starts with its machine at ",
                  at, ", and all is committed up to ", book_.committed());
    auto& s = h.seen;
    s.applied = at.value, s.list = book_.list_at(at.value);
    if (at != log_index{}) ++c_.covered()[happening::found];
    if (h.aged) ++c_.covered()[happening::starts_from_old], h.aged = false;
    return has_the_state(h, at, fitting::digest(h.node->machine()), tell) && keeps(h, tell);
  }
  void ends(host& h) {
    auto& s = h.seen.snapshots;
    if (s.told.fetching && !s.came) ++c_.covered()[happening::cut_off];
  }

  // After each action of a node that works.
  bool after(host& h, breach& tell) {
    if (auto const* const why = h.disk.snapshots().misused()) return tell(why, "node ", self(h));
    auto& s = h.seen;
    auto const at = h.node->applied_index();
    if (at.value > book_.committed())
      return tell("what is applied is committed", "node ", self(h), " has applied up to ", at,
                  ", and all is committed up to ", book_.committed());
    if (h.node->machine().applied().value != s.applied)
      return tell("a machine is told of commands, and nothing else moves it", "the machine of node ", self(h),
                  " stands at ", h.node->machine().applied(), ", and was brought to ", s.applied);
    if constexpr (shows_digest)
      if (at != s.snapshots.looked_at && !has_the_state(h, at, fitting::digest(h.node->machine()), tell))
        return false;
    s.snapshots.looked_at = at;
    bool const sound = keeps(h, tell);
    follow_transfer(h);
    return sound;
  }

  bool may_install(host const& h, snapshot_mark const& m, breach& tell) {
    ++c_.covered()[happening::installed];
    return is_committed(h, m, tell);
  }

private:
  static node_index self(host const& h) { return Cluster::index_of(h); }

  bool has_the_state(host const& h, log_index at, std::uint64_t digest, breach& tell) const {
    return digest == book_.state_at(at.value) || tell("the state of an index is the same on every node", "node ",
                                                      self(h), " shows another one at index ", at);
  }
  bool is_committed(host const& h, snapshot_mark const& m, breach& tell) const {
    if (m.at.value > book_.committed())
      return tell("a snapshot is of what is committed", "node ", self(h), " has one of index ", m.at,
                  ", and all is committed up to ", book_.committed());
    auto const* const v = book_.find(m.at.value, m.written_at);
    auto const& known = book_.at(m.at.value);
    if (v == nullptr || v->content != known.content || (!rewrites && v->written_at != known.written_at))
      return tell("a snapshot's mark has the stamp of its entry", "node ", self(h), " has one of index ", m.at,
                  " with stamp ", m.written_at, ", where the entry has ", known.written_at);
    configuration founded{node_set<64>::first(c_.size())};
    founded.number = log_index{1};
    return m.config == founded ||
           tell("a snapshot's mark has the configuration in force there", "node ", self(h), " has one of index ",
                m.at, " with another one, of number ", m.config.number);
  }

  // Is there a new one? Then a new machine that is given it must show the state of its index.
  bool keeps(host& h, breach& tell) {
    auto& s = h.seen.snapshots;
    auto const newest = h.disk.snapshots().newest();
    if (!newest || newest->id == s.newest) return true;
    s.newest = newest->id;
    if (!is_committed(h, newest->mark, tell)) return false;
    auto store = h.disk.snapshots().inner(); // a copy, whose reads nobody else notices
    machine m = fitting::make();
    m.begin_restore(newest->mark.at);
    std::array<std::byte, 61> piece{};
    bool sound = true;
    for (std::uint64_t from = 0; sound && from < newest->size;) {
      auto const n = store.read(newest->id, from, piece);
      sound = n && *n != 0 && m.restore(std::span<std::byte const>{piece}.first(*n));
      from += n.value_or(0);
    }
    if (!m.end_restore() || !sound)
      return tell("what was sealed is whole", "node ", self(h), " has sealed a snapshot of index ",
                  newest->mark.at, ", and a machine does not take it");
    return fitting::digest(m) == book_.state_at(newest->mark.at.value) ||
           tell("a snapshot of an index has the state of that index", "node ", self(h),
                " has sealed another one of ", newest->mark.at);
  }

  void follow_transfer(host& h) {
    auto& s = h.seen.snapshots;
    auto const now = h.node->snapshots();
    auto& covered = c_.covered();
    covered[happening::saved] += now.saved - s.told.saved;
    covered[happening::fetched] += now.fetched - s.told.fetched;
    covered[happening::unsealed] += now.failed - s.told.failed;
    s.came = s.came || now.fetched != s.told.fetched || std::exchange(h.seen.restored, false);
    if (s.told.fetching && !now.fetching && !s.came) ++covered[happening::cut_off];
    s.came = s.came && now.fetching;
    s.told = now;
  }

  Cluster& c_;
  ledger& book_;
  machine reference_ = fitting::make();
};

// Where there are none.
template <class Cluster>
struct no_snapshot_promises {
  no_snapshot_promises(Cluster&, ledger&) {}
};

} // namespace quorate::sim
