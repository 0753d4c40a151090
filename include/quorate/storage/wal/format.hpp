// The blocks of a store that are not log records: who it belongs to (`store`), which segments it has (`state`),
// the head of a segment, and the slots behind that, which hold term and vote a second time. All numbers are
// little-endian; each block ends with a checksum of the rest, which an unsealed() one lacks. What is 0 in one is
// reserved: recovery refuses a whole block that has something else there.
#pragma once

#include "quorate/storage/wal/earlier.hpp"
#include "quorate/storage/wal/fields.hpp"

#include <optional>
#include <string>

namespace quorate::wal {

// The file `store`, written once in each version. The salt is never sent anywhere (checksum, in bytes.hpp).
struct store_head {
  std::uint32_t format = format_version;
  cluster_id cluster{};
  node_id node{};
  store_id store{};
  std::uint64_t salt{};
  std::string protocol{}; // at most protocol_limit bytes

  static constexpr std::size_t protocol_limit = 64;
  static constexpr std::size_t size = 128;
  static constexpr std::uint64_t magic = 0x45524f5451524f51; // a quorate store

  block<size> encode() const {
    block<size> b{};
    byte_writer w{b.data()};
    w.u64(magic).u32(format).u64(cluster.value).u32(node.value).u64(store.value).u64(salt);
    w.u32(static_cast<std::uint32_t>(protocol.size())).bytes(std::as_bytes(std::span{protocol}));
    seal(b);
    return b;
  }
  bool readable() const { return format >= 1 && format <= format_version; }
  // Only `format` when that is not readable: the rest may then be laid out in another way.
  static std::optional<store_head> decode(byte_span b) {
    if (b.size() < 12) return std::nullopt;
    byte_reader r{b.data()};
    store_head h;
    if (r.u64() != magic) return std::nullopt;
    h.format = r.u32();
    if (!h.readable()) return h;
    if (b.size() != size || !sealed<size>(b)) return std::nullopt;
    h.cluster = cluster_id{r.u64()};
    h.node = node_id{r.u32()};
    h.store = store_id{r.u64()};
    h.salt = r.u64();
    auto const n = r.u32();
    if (n > protocol_limit) return std::nullopt;
    for (auto x : r.bytes(n)) h.protocol.push_back(static_cast<char>(x));
    return h;
  }
};

// The file `state`: written in place, by an opening and when a segment is made or dropped, and only when the log
// holds durably what it says. It guards the set of segments: one that is missing is noticed, one that was dropped
// or half made is not taken for a part of the log. Its term and vote are those of that time: a log that has older
// ones has lost its end. (In version 1 it was written at each change of them.)
struct state_copy {
  node_state state{};
  store_id store{};
  std::uint64_t durable{}; // the log offset known durable when this was written
  std::uint64_t active{};  // where the newest segment begins
  std::uint64_t first{};   // and the oldest that is still part of the log

  static constexpr std::size_t size = 128, earlier_size = 80;
  static constexpr std::uint32_t magic = 0x33545351, earlier_magic = 0x54535251; // "QST3", "QRST"

  block<size> unsealed() const {
    block<size> b{};
    byte_writer w{b.data()};
    w.u32(magic).u32(0).u64(store.value);
    state.write(w);
    w.u64(durable).u64(active).u64(first);
    return b;
  }
  block<size> encode() const {
    auto b = unsealed();
    seal(b);
    return b;
  }
  static std::optional<state_copy> decode(byte_span b) {
    byte_reader r{b.data()};
    state_copy c;
    if (b.size() == size && sealed<size>(b) && r.u32() == magic) {
      r.bytes(4);
      c.store = store_id{r.u64()};
      c.state = node_state::read(r);
    } else if (b.size() == earlier_size && sealed<earlier_size>(b) && r.u32() == earlier_magic) {
      c.store = store_id{r.u64()};
      c.state = earlier::read_node_state(r);
    } else {
      return std::nullopt;
    }
    c.durable = r.u64();
    c.active = r.u64();
    c.first = r.u64();
    return c;
  }
};

// One of the two slots behind a segment's head. Each turn writes the one that the turn before it did not, and
// its frame, and syncs both at once. So of two slots the one with the greater number is newer, and a crash
// spoils one of them at the most.
struct state_slot {
  std::uint64_t number{}; // one more than that of the slot written before; odd: it is the second of the two
  node_state state{};
  store_id store{};
  std::uint64_t durable{}; // the log offset known durable when this was written: the syncs before have made it so
  std::uint64_t end{};     // the log offset where the frame ends that was written with this
  bool alone = false;      // there is nothing in that frame but `state`, or there is no frame

  static constexpr std::size_t size = 128, earlier_size = 80;
  static constexpr std::uint32_t magic = 0x334c5351, earlier_magic = 0x4c535251; // "QSL3", "QRSL"
  static constexpr std::size_t size_in(std::uint32_t version) { return version < 3 ? earlier_size : size; }

  block<size> unsealed() const {
    block<size> b{};
    byte_writer w{b.data()};
    w.u32(magic).u32(alone ? 1 : 0).u64(number).u64(store.value);
    state.write(w);
    w.u64(durable).u64(end);
    return b;
  }
  block<size> encode(std::uint64_t salt) const {
    auto b = unsealed();
    seal(b, salt);
    return b;
  }
  // Of a segment of that version.
  static std::optional<state_slot> decode(byte_span b, std::uint64_t salt, std::uint32_t version) {
    if (version < 3) return decode_earlier(b, salt);
    if (!sealed<size>(b, salt)) return std::nullopt;
    byte_reader r{b.data()};
    if (r.u32() != magic) return std::nullopt;
    state_slot s;
    s.alone = (r.u32() & 1U) != 0;
    s.number = r.u64();
    s.store = store_id{r.u64()};
    s.state = node_state::read(r);
    s.durable = r.u64();
    s.end = r.u64();
    return s;
  }

private:
  static std::optional<state_slot> decode_earlier(byte_span b, std::uint64_t salt) {
    if (!sealed<earlier_size>(b, salt)) return std::nullopt;
    byte_reader r{b.data()};
    if (r.u32() != earlier_magic) return std::nullopt;
    state_slot s;
    s.number = r.u64();
    s.store = store_id{r.u64()};
    s.state = earlier::read_node_state(r);
    s.durable = r.u64();
    s.end = r.u64();
    s.alone = r.u8() != 0;
    return s;
  }
};

// What a segment begins with: all that a recovery needs in order to start with it, when those before it are gone.
struct segment_head {
  std::uint32_t version = format_version;
  std::uint64_t start{}; // log offset of its first frame
  std::uint64_t size{};  // of the file
  cluster_id cluster{};
  node_id node{};
  store_id store{};
  log_start before{};    // the log's last entry when this was made
  log_index compacted{}; // and up to where it was compacted
  node_state state{};
  std::uint32_t page{}; // bytes to the first slot, from there to the second, and to the frames; 0: version 1

  static constexpr std::size_t encoded_size = 512, earlier_size = 128;
  static constexpr std::uint64_t magic = 0x334745534c525251;         // "QRRLSEG3"
  static constexpr std::uint64_t earlier_magic = 0x474553544c525251; // "QRRLTSEG"
  static constexpr std::size_t size_in(std::uint32_t version) { return version < 3 ? earlier_size : encoded_size; }

  block<encoded_size> unsealed() const {
    block<encoded_size> b{};
    byte_writer w{b.data()};
    w.u64(magic).u64(start).u64(size).u64(cluster.value).u32(node.value).u32(page).u64(store.value);
    w.u64(compacted.value).u64(before.compacted.value).u64(before.written_at.value);
    state.write(w);
    config_fields::write(w, before.config);
    return b;
  }
  block<encoded_size> encode() const {
    auto b = unsealed();
    seal(b);
    return b;
  }
  static std::optional<segment_head> decode(byte_span b) {
    if (!sealed<encoded_size>(b)) return decode_earlier(b);
    byte_reader r{b.data()};
    if (r.u64() != magic) return decode_earlier(b);
    segment_head h;
    h.start = r.u64();
    h.size = r.u64();
    h.cluster = cluster_id{r.u64()};
    h.node = node_id{r.u32()};
    h.page = r.u32();
    h.store = store_id{r.u64()};
    h.compacted = log_index{r.u64()};
    h.before.compacted = log_index{r.u64()};
    h.before.written_at = stamp{r.u64()};
    h.state = node_state::read(r);
    h.before.config = config_fields::read(r);
    return h;
  }

private:
  static std::optional<segment_head> decode_earlier(byte_span b) {
    if (!sealed<earlier_size>(b)) return std::nullopt;
    byte_reader r{b.data()};
    if (r.u64() != earlier_magic) return std::nullopt;
    segment_head h;
    h.start = r.u64();
    h.size = r.u64();
    h.cluster = cluster_id{r.u64()};
    h.node = node_id{r.u32()};
    h.store = store_id{r.u64()};
    h.before.compacted = log_index{r.u64()};
    h.before.written_at = stamp{r.u64()};
    h.before.config = earlier::read_config(r);
    h.compacted = log_index{r.u64()};
    h.state = earlier::read_node_state(r);
    h.page = r.u32();
    h.version = h.page == 0 ? 1 : 2;
    return h;
  }
};

} // namespace quorate::wal
