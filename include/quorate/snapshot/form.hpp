// How a snapshot lies in a file or in memory: a head, the entry of its configuration, the machine's bytes, and an
// end that says how many they are. Each of the four has a checksum. For stores of one's own, too.
#pragma once

#include "quorate/core/configuration.hpp"
#include "quorate/policy/snapshot_store.hpp"
#include "quorate/storage/wal/bytes.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace quorate {

// Of the machine's bytes, all of them or piece after piece.
class snapshot_checksum {
public:
  snapshot_checksum& add(std::span<std::byte const> bytes) {
    sum_.add(bytes);
    return *this;
  }
  std::uint32_t value() const { return sum_.value(); }

private:
  wal::checksum sum_{};
};

// All numbers are little-endian:
//
//   head   mark (4 bytes), version (2), 0 (2), index (8), stamp (8), number of the configuration (8), id (8),
//          cluster (8), length of the entry (4), its checksum (4), 0 (4), checksum of the head up to here (4)
//   entry  of the configuration, as configuration_form has it
//   bytes  the machine's
//   end    length of the machine's bytes (8), their checksum (4), 0 (4), mark (4), checksum of the end up to here,
//          and of the id (4)
//
// What is 0 is reserved: what has something else there is of a later version, and is refused as such.
struct snapshot_form {
  static constexpr std::uint32_t head_mark = 0x504e5351; // "QSNP"
  static constexpr std::uint32_t end_mark = 0x454e5351;  // "QSNE"
  static constexpr std::uint16_t version = 1;
  static constexpr std::size_t head_size = 64;
  static constexpr std::size_t entry_sum_at = 52; // in the head
  static constexpr std::size_t end_size = 24;
  using head = std::array<std::byte, head_size>;
  using end = std::array<std::byte, end_size>;
  using bytes = std::span<std::byte const>;

  static head write_head(snapshot_mark const& m, snapshot_id id, cluster_id cluster, bytes entry) {
    head b{};
    wal::byte_writer w{b.data()};
    w.u32(head_mark).u16(version).u16(0).u64(m.at.value).u64(m.written_at.value).u64(m.config.number.value);
    w.u64(id.value).u64(cluster.value).u32(static_cast<std::uint32_t>(entry.size()));
    w.u32(wal::checksum{}.add(entry).value()).u32(0).u32(wal::checksum{}.add(bytes{b}.first(60)).value());
    return b;
  }
  static end write_end(snapshot_id id, std::uint64_t size, std::uint32_t checksum) {
    end b{};
    wal::byte_writer w{b.data()};
    w.u64(size).u32(checksum).u32(0).u32(end_mark).u32(wal::checksum{id.value}.add(bytes{b}.first(20)).value());
    return b;
  }
};

enum class snapshot_verdict : std::uint8_t {
  whole,
  damaged,    // or cut short
  later,      // sound, and written by a later program
  unreadable, // the source failed
};

// What was found where a snapshot should lie.
struct snapshot_found {
  snapshot_verdict verdict = snapshot_verdict::unreadable;
  char const* what = "";    // came: the part that is not sound
  std::uint64_t offset = 0; // where that part begins
  snapshot_info info{};     // of one that is whole
  cluster_id cluster{};
  std::size_t entry_size = 0;

  std::uint64_t first_byte() const { return snapshot_form::head_size + entry_size; } // of the machine's
};

// Reads a snapshot from a source: its head, its entry and its end; and if it should be `thorough`, the machine's
// bytes too. A source has
//
//   size()           in bytes
//   read(at, out)    whether it could fill `out`; at + out.size() <= size()
//   view(at, n)      optional<span<byte const>>: so many bytes, which stay until the next view
template <class Source>
class snapshot_inspection {
public:
  explicit snapshot_inspection(Source& source) : source_{source} {}

  snapshot_found run(bool thorough) {
    bool const sound = head() && entry() && end() && (!thorough || content());
    if (sound) found_.verdict = snapshot_verdict::whole;
    return found_;
  }

private:
  using form = snapshot_form;
  static constexpr std::uint64_t piece = 64U << 10;

  bool is(snapshot_verdict v, char const* what, std::uint64_t offset) {
    found_.verdict = v, found_.what = what, found_.offset = offset;
    return false;
  }
  bool damaged(char const* what, std::uint64_t offset) { return is(snapshot_verdict::damaged, what, offset); }
  bool later(char const* what, std::uint64_t offset) { return is(snapshot_verdict::later, what, offset); }
  bool unread(char const* what, std::uint64_t offset) { return is(snapshot_verdict::unreadable, what, offset); }

  bool head() {
    form::head b{};
    if (source_.size() < form::head_size + form::end_size) return damaged("the length", source_.size());
    if (!source_.read(0, b)) return unread("the head", 0);
    wal::byte_reader r{b.data()};
    if (r.u32() != form::head_mark) return damaged("the mark of the head", 0);
    if (wal::byte_reader{b.data() + 60}.u32() != wal::checksum{}.add(form::bytes{b}.first(60)).value())
      return damaged("the head", 0);
    if (r.u16() != form::version) return later("the version", 4);
    if (r.u16() != 0) return later("the reserved number", 6);
    auto& m = found_.info.mark;
    m.at = log_index{r.u64()}, m.written_at = stamp{r.u64()}, m.config.number = log_index{r.u64()};
    found_.info.id = snapshot_id{r.u64()}, found_.cluster = cluster_id{r.u64()};
    found_.entry_size = r.u32(), entry_sum_ = r.u32();
    if (r.u32() != 0) return later("the reserved number", 56);
    return true;
  }
  bool entry() {
    if (source_.size() - form::head_size - form::end_size < found_.entry_size)
      return damaged("the length", source_.size());
    auto const b = source_.view(form::head_size, found_.entry_size);
    if (!b) return unread("the configuration", form::head_size);
    if (wal::checksum{}.add(*b).value() != entry_sum_) return damaged("the configuration", form::head_size);
    auto& m = found_.info.mark;
    auto const config = configuration_form::read(*b, m.config.number);
    if (!config) return later("the configuration", form::head_size);
    m.config = *config;
    return true;
  }
  bool end() {
    auto const at = source_.size() - form::end_size;
    form::end b{};
    if (!source_.read(at, b)) return unread("the end", at);
    auto& i = found_.info;
    wal::byte_reader r{b.data()};
    i.size = r.u64(), i.checksum = r.u32();
    auto const reserved = r.u32();
    if (r.u32() != form::end_mark || r.u32() != wal::checksum{i.id.value}.add(form::bytes{b}.first(20)).value())
      return damaged("the end", at);
    if (reserved != 0) return later("the reserved number", at + 12);
    return i.size == at - found_.first_byte() || damaged("the length", source_.size());
  }
  bool content() {
    snapshot_checksum sum;
    for (auto at = found_.first_byte(), to = at + found_.info.size; at < to;) {
      auto const some = source_.view(at, static_cast<std::size_t>((std::min<std::uint64_t>)(piece, to - at)));
      if (!some) return unread("the machine's bytes", at);
      sum.add(*some);
      at += some->size();
    }
    return sum.value() == found_.info.checksum || damaged("the machine's bytes", found_.first_byte());
  }

  Source& source_;
  snapshot_found found_{};
  std::uint32_t entry_sum_ = 0;
};
template <class Source>
snapshot_found inspect_snapshot(Source& source, bool thorough) {
  return snapshot_inspection<Source>{source}.run(thorough);
}

// What begin() must refuse.
enum class snapshot_misfit : std::uint8_t {
  none,
  behind, // its index is not above that of the newest one
  entry,  // the entry is not that of the mark's configuration, or the mark lies before it
};
inline snapshot_misfit misfit_of(snapshot_mark const& m, std::span<std::byte const> entry,
                                 std::optional<snapshot_info> const& newest) {
  if (newest && m.at <= newest->mark.at) return snapshot_misfit::behind;
  auto const config = configuration_form::read(entry, m.config.number);
  return config && *config == m.config && m.config.number <= m.at ? snapshot_misfit::none : snapshot_misfit::entry;
}

// Follows whoever reads a snapshot from its first byte to its last, in order.
class snapshot_reading {
public:
  // Whether the bytes that were read just now make it a whole that is not what was sealed.
  bool spoilt(snapshot_info const& s, std::uint64_t from, std::span<std::byte const> bytes) {
    if (from == 0) id_ = s.id, next_ = 0, sum_ = {};
    if (s.id != id_ || from != next_ || bytes.empty()) return false;
    sum_.add(bytes), next_ += bytes.size();
    return next_ == s.size && sum_.value() != s.checksum;
  }

private:
  snapshot_id id_{};
  std::uint64_t next_ = 0;
  snapshot_checksum sum_{};
};

} // namespace quorate
