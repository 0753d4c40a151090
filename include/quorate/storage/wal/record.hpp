// How the log lies on disk: a stream of frames, one a turn, each a head and the turn's records. A frame
// counts as a whole or not at all, so a turn is atomic: a new term is never without the entries or the
// truncation written with it.
#pragma once

#include "quorate/core/entry.hpp"
#include "quorate/core/snapshot.hpp"
#include "quorate/storage/wal/fields.hpp"

#include <optional>

namespace quorate::wal {

// Log offsets count the bytes of frames since the store was made; segment heads are not in them. Frames begin
// at multiples of 8, so that those behind a bad one can be found.
inline constexpr std::uint64_t frame_alignment = 8;
inline constexpr std::uint64_t aligned(std::uint64_t n) {
  return (n + frame_alignment - 1) / frame_alignment * frame_alignment;
}

struct frame_head {
  std::uint32_t length{};     // of the records
  std::uint64_t at{};         // log offset of this head
  std::uint64_t durable{};    // the log offset known durable when this was written
  incarnation_id incarnation; // of the opening that wrote it: never less than the one before

  static constexpr std::size_t encoded_size = 40;
  static constexpr std::uint32_t magic = 0x33524651, earlier_magic = 0x52465251; // "QFR3", "QRFR"
  static constexpr std::uint32_t magic_in(std::uint32_t version) { return version < 3 ? earlier_magic : magic; }

  void encode(std::byte* to, std::uint64_t salt) const {
    byte_writer w{to};
    w.u32(magic).u32(length).u64(at).u64(durable).u64(incarnation.value).u32(0);
    w.u32(checksum{salt}.add({to, encoded_size - 4}).value());
  }
  // Nothing if there is no head of a frame for the log offset `at`, in a segment of that version.
  static std::optional<frame_head> decode(byte_span b, std::uint64_t at, std::uint64_t salt,
                                          std::uint32_t version) {
    if (b.size() < encoded_size) return std::nullopt;
    byte_reader r{b.data()};
    if (r.u32() != magic_in(version))
      return std::nullopt; // first, because nearly every place that is tried fails here
    frame_head h;
    h.length = r.u32();
    h.at = r.u64();
    h.durable = r.u64();
    h.incarnation = incarnation_id{r.u64()};
    auto const sum = byte_reader{b.data() + encoded_size - 4}.u32();
    if (h.at != at || sum != checksum{salt}.add(b.first(encoded_size - 4)).value()) return std::nullopt;
    return h;
  }
  std::uint64_t next() const { return at + aligned(encoded_size + length); }
};

enum class record_type : std::uint8_t {
  entries = 1, // a run of entries; behind the head their payloads, as they came
  truncate,    // entries from `first` on are gone
  state,       // behind the head a node_state
  base,        // entries up to `first` are compacted; `written_at` there, and behind the head its configuration
  install, // the log begins behind a snapshot's mark: `first`, `written_at`, and behind the head install_fields
};
// What is above is a later build's. Whoever finds such a record in a good frame does not go on: to leave it out
// would be to forget. So a new type needs no new format version: `install` came after version 3 was there, and a
// build from before it opens every store of version 3 but one that has such a record, of which it tells.
inline constexpr record_type last_enumerator(record_type) { return record_type::install; }

// Of a snapshot's mark, what is not in the record's head; and what was to become of the entries above it.
struct install_fields {
  configuration config{};
  above_mark above{};

  static constexpr std::size_t encoded_size = config_fields::encoded_size + 8;

  [[gnu::cold]] void encode(std::byte* to) const {
    byte_writer w{to};
    config_fields::write(w, config);
    w.u8(above <= last_enumerator(above) ? static_cast<std::uint8_t>(above) : 0).bytes(block<7>{});
  }
  [[gnu::cold]] static install_fields decode(std::byte const* from) {
    byte_reader r{from};
    install_fields f;
    f.config = config_fields::read(r);
    f.above = static_cast<above_mark>(r.u8());
    return f;
  }
};

struct record_head {
  std::uint32_t length{}; // of what is behind the head
  record_type type{};
  entry_kind kind{};
  std::uint32_t count{};
  log_index first{};
  stamp written_at{};
  std::uint8_t flags{}; // of all records; none is known yet, and one that is set is refused

  static constexpr std::size_t encoded_size = 32;

  entry_run run() const { return {first, count, written_at, kind}; }

  void encode(std::byte* to) const {
    byte_writer w{to};
    w.u32(length).u32(0).u8(static_cast<std::uint8_t>(type)).u8(static_cast<std::uint8_t>(kind)).u8(flags).u8(0);
    w.u32(count).u64(first.value).u64(written_at.value);
  }
  // Reads the head alone. Precondition: b has encoded_size bytes.
  static record_head decode(byte_span b) {
    QUORATE_ASSERT(b.size() >= encoded_size, "file_wal: a record's head in ", b.size(), " bytes");
    byte_reader r{b.data()};
    record_head h;
    h.length = r.u32();
    r.u32();
    h.type = static_cast<record_type>(r.u8());
    h.kind = static_cast<entry_kind>(r.u8());
    h.flags = r.u8();
    r.bytes(1);
    h.count = r.u32();
    h.first = log_index{r.u64()};
    h.written_at = stamp{r.u64()};
    return h;
  }

  // What a record of its type uses of the head; the rest is 0.
  record_head used() const {
    auto h = *this;
    h.flags = 0;
    if (type == record_type::entries) return h;
    h.kind = {}, h.count = 0;
    if (type != record_type::base && type != record_type::install) h.written_at = {};
    if (type == record_type::state) h.first = {};
    return h;
  }

  // Of a whole record: everything but the checksum itself, so the length, the type and the term as well.
  static std::uint32_t sum(byte_span record, std::uint64_t salt) {
    return checksum{salt}.add(record.first(4)).add(record.subspan(8)).value();
  }
  static void seal(std::span<std::byte> record, std::uint64_t salt) {
    byte_writer{record.data() + 4}.u32(sum(record, salt));
  }
  // The record that b begins with, its head and what is behind it; empty if it is not good.
  static byte_span good(byte_span b, std::uint64_t salt) {
    if (b.size() < encoded_size) return {};
    auto const length = byte_reader{b.data()}.u32();
    if (length > b.size() - encoded_size) return {};
    auto const record = b.first(encoded_size + length);
    return sum(record, salt) == byte_reader{b.data() + 4}.u32() ? record : byte_span{};
  }
};

// The frame that b begins with: its head, if that and all its records are good.
inline std::optional<frame_head> good_frame(byte_span b, std::uint64_t at, std::uint64_t salt,
                                            std::uint32_t version) {
  auto const head = frame_head::decode(b, at, salt, version);
  if (!head || head->length > b.size() - frame_head::encoded_size) return std::nullopt;
  auto rest = b.subspan(frame_head::encoded_size, head->length);
  while (!rest.empty()) {
    auto const record = record_head::good(rest, salt);
    if (record.empty()) return std::nullopt;
    rest = rest.subspan(record.size());
  }
  return head;
}

} // namespace quorate::wal
