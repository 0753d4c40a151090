// A disk (disk.hpp) of slots whose values have names, for Multi-Paxos: written anywhere above what is compacted,
// over other votes and behind gaps.
#pragma once

#include "quorate/core/bounded.hpp"
#include "quorate/core/entry.hpp"
#include "quorate/core/log_shape.hpp"
#include "quorate/core/log_view.hpp"
#include "quorate/log/entry_message.hpp"
#include "quorate/message/fields.hpp"
#include "quorate/multi_paxos/hard.hpp"
#include "quorate/world/disk.hpp"

#include <cstddef>
#include <cstdint>
#include <variant>

namespace quorate::world {

// What a slot holds: the number-th command of whoever led `by`; nothing, for a no-op and for a hole.
struct slot_value {
  stamp by{};
  std::uint64_t number{};
  using fields = field_list<field<"by", &slot_value::by>, field<"number", &slot_value::number>>;
  friend constexpr bool operator==(slot_value const&, slot_value const&) = default;
};
struct slot {
  stamp voted{};
  entry_kind kind{};
  slot_value what{};
  using fields = field_list<field<"voted", &slot::voted>, field<"kind", &slot::kind>, field<"what", &slot::what>>;
  friend constexpr bool operator==(slot const&, slot const&) = default;
};

inline constexpr std::size_t most_slot_values = 8; // in one message
using slot_values = bounded<slot_value, most_slot_values>;
// The values of a message, or of a proposal, from slot `first` on.
struct slot_offer {
  log_index first{};
  slot_values what{};
  constexpr bool has(log_index i) const { return first <= i && i < first + what.size(); }
  constexpr slot_value const& operator[](log_index i) const { return what[static_cast<std::size_t>(i - first)]; }
  friend constexpr bool operator==(slot_offer const&, slot_offer const&) = default;
};

// A log of cells: written anywhere above what is compacted, over others and behind gaps. The first one is the
// founding configuration; there is room for `Configs` in all.
template <std::size_t Slots, std::size_t Configs = 1>
class slot_log {
public:
  constexpr slot_log() = default;
  constexpr explicit slot_log(configuration const& founding) { (void)lay(log_index{1}, stamp{}, founding); }
  // Lays a configuration down behind all that is there, or in place of a hole. False if there is no room for it.
  constexpr bool lay(log_index at, stamp voted, configuration const& config) {
    bool const follows_on = at == last_ + 1 || (at <= last_ && (*this)[at].kind == entry_kind::hole);
    if (!follows_on || at.value > Slots || !configs_.push_back({at, config})) return false;
    configs_.back().config.number = at;
    cells_[at.value - 1] = {voted, entry_kind::configuration, {}};
    if (at > last_) last_ = at;
    return true;
  }
  constexpr log_index compacted() const { return compacted_; }
  constexpr log_index last() const { return last_; }
  constexpr slot const& operator[](log_index i) const { return cells_[i.value - 1]; }
  constexpr stamp stamp_at(log_index i) const { return i.value == 0 ? stamp{} : (*this)[i].voted; }
  constexpr entry_run run_at(log_index i, std::uint32_t max) const {
    auto const& c = (*this)[i];
    std::uint32_t n = 1;
    if (c.kind == entry_kind::configuration) return {i, n, c.voted, c.kind};
    while (n < max && i + n <= last_ && (*this)[i + n].voted == c.voted && (*this)[i + n].kind == c.kind) ++n;
    return {i, n, c.voted, c.kind};
  }
  // An entry counts as `entry_size` bytes.
  static constexpr std::size_t entry_size = 20;
  constexpr entry_run fit(log_index i, std::uint32_t max, std::size_t bytes) const {
    auto const n = bytes / entry_size;
    return run_at(i, n >= max ? max : n == 0 ? 1U : static_cast<std::uint32_t>(n));
  }
  constexpr log_index last_not_above(log_index i, stamp s) const {
    while (i > compacted_ && stamp_at(i) > s) i = i - 1;
    return i;
  }
  // Below the first one that one is in force as well.
  constexpr configuration const& config_at(log_index i) const {
    if (configs_.empty()) return no_configuration;
    std::size_t k = configs_.size() - 1;
    if constexpr (Configs > 1)
      while (k > 0 && configs_[k].at > i) --k;
    return configs_[k].config;
  }
  constexpr std::uint64_t room() const { return Slots - last_.value; }

  // A run keeps the values that stand there, unless they are offered. False if it asks for what nobody has.
  constexpr bool put(entry_run const& run, slot_offer const& o) {
    if (run.count == 0 || run.first <= compacted_ || run.last().value > Slots) return false;
    bool const offered = o.has(run.first) && o.has(run.last());
    if (!offered && run.kind != entry_kind::no_op && run.last() > last_) return false;
    if (!agrees_with_configs(run)) return false;
    for (auto i = last_ + 1; i < run.first; i = i + 1) cells_[i.value - 1] = {{}, entry_kind::hole, {}};
    for (auto i = run.first; i <= run.last(); i = i + 1) {
      auto& c = cells_[i.value - 1];
      if (!offered && run.kind != entry_kind::no_op && c.kind != run.kind) return false;
      c.voted = run.written_at;
      c.kind = run.kind;
      if (run.kind == entry_kind::no_op)
        c.what = {};
      else if (offered)
        c.what = o[i];
    }
    if (run.last() > last_) last_ = run.last();
    return true;
  }
  constexpr void compact(log_index upto) {
    if (upto > compacted_) compacted_ = upto;
  }
  // What stands above the mark stays. Of what it takes the place of, only the stamp there is known any more.
  constexpr void install(snapshot_mark const& m) {
    for (auto i = log_index{1}; i <= m.at; i = i + 1) cells_[i.value - 1] = {};
    cells_[m.at.value - 1].voted = m.written_at;
    if (m.at > last_) last_ = m.at;
    compacted_ = m.at;
  }
  friend constexpr bool operator==(slot_log const&, slot_log const&) = default;

private:
  // A configuration comes by lay() alone. What is written over one takes it away.
  constexpr bool agrees_with_configs([[maybe_unused]] entry_run const& run) {
    if constexpr (Configs > 1) {
      auto const stands = [&](log_index i) { return i <= last_ && (*this)[i].kind == entry_kind::configuration; };
      for (auto i = run.first; run.kind == entry_kind::configuration && i <= run.last(); i = i + 1)
        if (!stands(i)) return false;
      while (run.kind != entry_kind::configuration && configs_.size() > 1 && run.first <= configs_.back().at &&
             configs_.back().at <= run.last())
        configs_.pop_back();
    }
    return true;
  }
  static constexpr configuration no_configuration{};

  log_index compacted_{};
  log_index last_{};
  bounded<config_mark, Configs> configs_{}; // by their slots
  slot cells_[Slots]{};
};

// Values travel with accepts and fetched values. `Hard`: what the core keeps beside the log, C::hard_type.
template <std::size_t Slots, class Hard = multi_paxos::promise_and_mark, std::size_t Configs = 1>
struct slot_disk {
  using log_type = slot_log<Slots, Configs>;
  using write = std::variant<Hard, entry_run, installation>;
  using payload = slot_offer;
  log_type log{};
  Hard hard{};
  slot_offer offered{}; // what came with this step's event; empty between steps

  constexpr void found(configuration const& config) { log = log_type{config}; }
  constexpr void offer(slot_offer const& o) { offered = o; }
  constexpr slot_offer const& at_hand() const { return offered; }
  constexpr bool carry_out(Hard const& w) { return hard = w, true; }
  constexpr bool carry_out(entry_run const& w) { return log.put(w, offered); }
  constexpr bool carry_out(installation const& w) { return log.install(w.mark), true; }
  template <class M>
  constexpr slot_offer payload_of(M const& m) const {
    slot_offer o{};
    if constexpr (entry_message<M>) {
      o.first = m.first;
      for (auto i = m.first; i < m.first + m.count; i = i + 1) (void)o.what.push_back(log[i].what);
    }
    return o;
  }
  friend constexpr bool operator==(slot_disk const& a, slot_disk const& b) {
    return a.log == b.log && a.hard == b.hard;
  }
};

} // namespace quorate::world
