// Snapshots in memory, each in a slot: what the store that grows and the store of a fixed size have in common.
#pragma once

#include "quorate/core/part.hpp"
#include "quorate/snapshot/form.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace quorate {

// `Image` holds the bytes of one snapshot:
//
//   c.bytes()       span<byte const>
//   i.bytes()       span<byte>
//   i.append(b)     whether there was room
template <class Image>
struct snapshot_slot {
  enum class is : std::uint8_t { vacant, unfinished, sealed };
  is now = is::vacant;
  std::size_t entry_size = 0;
  snapshot_info info{};
  Image image{};
};

// `Slots` is a range of slots, and has vacant(): a pointer to one that is vacant; nullptr: all are taken.
template <class Slots>
class snapshot_slots {
public:
  // The Snapshot store concept (policy/snapshot_store.hpp).
  bool begin(snapshot_mark const& mark, std::span<std::byte const> entry) {
    abandon();
    auto const newest_now = newest();
    if (auto const why = misfit_of(mark, entry, newest_now); why != snapshot_misfit::none)
      return misfits(why, mark, newest_now);
    auto* const s = slots_.vacant();
    if (s == nullptr)
      return say("a snapshot at index ", mark.at,
                 " was begun, and a free slot was expected: all hold snapshots. Drop an older one.");
    *s = slot{};
    s->now = slot::is::unfinished;
    s->info.mark = mark, s->info.id = snapshot_id{++last_id_}, s->entry_size = entry.size();
    sum_ = {};
    auto const head = snapshot_form::write_head(mark, s->info.id, {}, entry);
    return append(*s, head) && append(*s, entry);
  }

  bool write(std::span<std::byte const> bytes) {
    auto* const s = being_made();
    if (s == nullptr) return none_begun("written");
    sum_.add(bytes), s->info.size += bytes.size();
    return append(*s, bytes);
  }

  bool seal() {
    auto* const s = being_made();
    if (s == nullptr) return none_begun("sealed");
    s->info.checksum = sum_.value();
    if (!append(*s, snapshot_form::write_end(s->info.id, s->info.size, s->info.checksum))) return false;
    s->now = slot::is::sealed;
    return true;
  }

  std::optional<snapshot_info> unfinished() const {
    for (auto const& s : slots_) {
      if (s.now != slot::is::unfinished) continue;
      auto so_far = s.info;
      so_far.checksum = sum_.value();
      return so_far;
    }
    return std::nullopt;
  }
  std::optional<snapshot_info> newest() const { return below(log_index{~std::uint64_t{0}}); }
  std::optional<snapshot_info> before(snapshot_id id) const {
    auto const* const s = find(slots_, id);
    return s == nullptr ? std::nullopt : below(s->info.mark.at);
  }
  std::optional<std::span<std::byte const>> entry(snapshot_id id) {
    auto* const s = find(slots_, id);
    if (s == nullptr) return not_there(id), std::nullopt;
    auto const image = std::as_const(s->image).bytes();
    auto const entry = image.subspan(snapshot_form::head_size, s->entry_size);
    if (wal::byte_reader{image.data() + snapshot_form::entry_sum_at}.u32() == wal::checksum{}.add(entry).value())
      return entry;
    return refuse(*s, "the configuration", snapshot_form::head_size), std::nullopt;
  }

  std::optional<std::size_t> read(snapshot_id id, std::uint64_t from, std::span<std::byte> out) {
    auto* const s = find(slots_, id);
    if (s == nullptr) return not_there(id), std::nullopt;
    auto const left = s->info.size - (std::min)(s->info.size, from);
    auto const n = static_cast<std::size_t>((std::min<std::uint64_t>)(out.size(), left));
    auto const at = snapshot_form::head_size + s->entry_size + (n == 0 ? 0 : static_cast<std::size_t>(from));
    auto const found = std::as_const(s->image).bytes().subspan(at, n);
    std::copy(found.begin(), found.end(), out.begin());
    if (!reading_.spoilt(s->info, from, found)) return n;
    refuse(*s, "the machine's bytes", snapshot_form::head_size + s->entry_size);
    return std::nullopt;
  }

  bool drop(snapshot_id id) {
    auto* const s = find(slots_, id);
    if (s == nullptr) return true;
    if (newest()->id == id)
      return say("snapshot ", id,
                 " was to be dropped, and an older one was expected: it is the newest. Seal a newer "
                 "one first.");
    *s = slot{};
    return true;
  }

  std::string_view failure() const { return failure_.view(); }

  // What a start finds: nothing unfinished, and of what is sealed what is whole. For memory that outlives its
  // program, as it is after a reset.
  void reopen() {
    failure_ = {}, reading_ = {};
    abandon();
    for (auto& s : slots_)
      if (s.now == slot::is::sealed) examine(s);
  }

protected:
  explicit snapshot_slots(std::uint64_t ids_above) : last_id_{ids_above} {}
  Slots& cells() { return slots_; }
  using slot = typename Slots::value_type;
  void abandon() {
    if (auto* const s = being_made()) *s = slot{};
  }

  // The slot of a whole one, or nullptr.
  template <class Range>
  static auto find(Range& all, snapshot_id id) -> decltype(&*all.begin()) {
    for (auto& s : all)
      if (s.now == slot::is::sealed && s.info.id == id) return &s;
    return nullptr;
  }

private:
  struct source {
    std::span<std::byte const> bytes;
    std::uint64_t size() const { return bytes.size(); }
    bool read(std::uint64_t at, std::span<std::byte> out) const {
      std::ranges::copy(bytes.subspan(static_cast<std::size_t>(at), out.size()), out.begin());
      return true;
    }
    std::optional<std::span<std::byte const>> view(std::uint64_t at, std::size_t n) const {
      return bytes.subspan(static_cast<std::size_t>(at), n);
    }
  };

  std::optional<snapshot_info> below(log_index at) const {
    std::optional<snapshot_info> best;
    for (auto const& s : slots_)
      if (s.now == slot::is::sealed && s.info.mark.at < at && (!best || best->mark.at < s.info.mark.at))
        best = s.info;
    return best;
  }
  slot* being_made() {
    for (auto& s : slots_)
      if (s.now == slot::is::unfinished) return &s;
    return nullptr;
  }
  bool append(slot& s, std::span<std::byte const> bytes) {
    if (s.image.append(bytes)) return true;
    say("the snapshot at index ", s.info.mark.at, " is larger than its slot, which has room for its first ",
        s.image.bytes().size(), " bytes and not for ", bytes.size(),
        " more: give the slots more bytes, or the machine a smaller state.");
    s = slot{};
    return false;
  }
  void examine(slot& s) {
    source from{std::as_const(s.image).bytes()};
    auto const found = inspect_snapshot(from, true);
    if (found.verdict != snapshot_verdict::whole)
      refuse(s, found.what, found.offset);
    else if (found.info != s.info)
      refuse(s, "the head", 0);
  }
  void refuse(slot& s, char const* what, std::uint64_t offset) {
    say("the snapshot at index ", s.info.mark.at, " is damaged: expected ", what, " at offset ", offset,
        " to be as sealed, and other bytes came. It is refused, and the one before it serves, if there is one.");
    s = slot{};
  }

  // Always false.
  template <class... Parts>
  bool say(Parts const&... parts) {
    failure_ = {};
    append_all(failure_, parts...);
    return false;
  }
  bool none_begun(char const* what) {
    return say("a snapshot that is begun was to be ", what, ", and none is. Call begin() first.");
  }
  void not_there(snapshot_id id) {
    say("snapshot ", id,
        " was to be read, and there is no whole one of that name: it was dropped, or is damaged. Ask "
        "for newest().");
  }
  bool misfits(snapshot_misfit why, snapshot_mark const& m, std::optional<snapshot_info> const& newest_now) {
    if (why == snapshot_misfit::behind)
      return say("a snapshot at index ", m.at, " was begun, and one above index ", newest_now->mark.at,
                 " was expected, where the newest stands. Begin none behind it.");
    return say("a snapshot at index ", m.at,
               " was begun, and the entry of its configuration was expected, which has "
               "the number ",
               m.config.number, ": other bytes came, or it stands above the mark. Give the entry's own.");
  }

  Slots slots_{};
  std::uint64_t last_id_;
  snapshot_checksum sum_{};
  snapshot_reading reading_{};
  short_text<320> failure_{};
};

} // namespace quorate
