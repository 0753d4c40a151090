// What a snapshot store must hold, as the snapshot store suite knows it.
#pragma once

#include "quorate/core/enumerators.hpp"
#include "quorate/sim/random.hpp"
#include "quorate/snapshot/form.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quorate::check {

enum class snapshot_law : std::uint8_t {
  new_stores_are_empty,
  sound_stores_do_not_fail,
  sealed_ones_are_newest,        // with the mark that was given, and the size and checksum of what was written
  unfinished_ones_do_not_show,   // until they are sealed; and if they never are, never
  marks_rise,                    // one that is not above the newest is not begun
  entries_are_of_their_marks,    // one whose entry is of another configuration is not begun
  the_unfinished_one_is_told,    // with what was written so far; and none if none is begun
  nothing_is_added_to_none,      // write and seal need a begin, which is over with the seal
  a_new_one_ends_the_unfinished, // and has none of its bytes
  bytes_are_read_as_written,     // from any offset; and at the end there are none
  entries_are_kept,              // table and addresses too
  older_ones_stand_in_order,     // before(id)
  names_are_given_once,
  drops_take_one, // that is not the newest, and no other
  sealed_ones_survive,
  nothing_else_survives,
  damaged_ones_are_refused, // at the opening, if not before: and the one before serves
  rot_is_seen_by_whole_reads,
  damage_is_explained,
  failures_are_reported,
  failures_are_explained,
  failures_lose_nothing, // and end no more than the unfinished one
};
constexpr std::string_view name_of(snapshot_law l) { return detail::name_among(l); }

namespace conform_detail {

struct modelled_snapshot {
  snapshot_info info{}; // the id, once it is known
  std::vector<std::byte> entry{}, bytes{};

  bool same_as(snapshot_info const& i, std::vector<std::byte> const& e, std::vector<std::byte> const& b) const {
    return i.mark == info.mark && i.size == bytes.size() && e == entry && b == bytes &&
           i.checksum == snapshot_checksum{}.add(b).value();
  }
};

// A snapshot to be begun, somewhere above an index.
inline modelled_snapshot any_snapshot(sim::stream& any, log_index above) {
  modelled_snapshot s;
  auto& m = s.info.mark;
  m.at = above + any.between(1, 5);
  m.written_at = stamp{any.between(1, 9)};
  m.config = configuration{node_set<64>::first(static_cast<unsigned>(any.between(1, 3)))};
  m.config.number = log_index{any.between(1, m.at.value)};
  std::vector<std::byte> const address(static_cast<std::size_t>(any.below(20)), static_cast<std::byte>(any()));
  configuration_form::write(
      m.config, [&](std::byte b) { s.entry.push_back(b); },
      [&](node_index place) {
        return member_row{place, m.config.member_at(place), node_id{place.value + 1U}, store_id{7}, address};
      });
  return s;
}

// What is whole, by index; what may be there as well; and what is unfinished.
struct snapshot_model {
  std::vector<modelled_snapshot> kept{};
  std::vector<modelled_snapshot> perhaps{}; // dropped, or sealed without success: after a crash
  std::optional<modelled_snapshot> unfinished{};

  log_index newest_index() const { return kept.empty() ? log_index{} : kept.back().info.mark.at; }
  static std::string text(std::optional<snapshot_info> const& i) {
    return i ? "one at index " + std::to_string(i->mark.at.value) + " of " + std::to_string(i->size) + " bytes"
             : "none";
  }
  std::string newest_text() const { return text(kept.empty() ? std::nullopt : std::optional{kept.back().info}); }
};

} // namespace conform_detail
} // namespace quorate::check
