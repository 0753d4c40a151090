// What the records of good frames come to, one after the other.
#pragma once

#include "quorate/storage/wal/segment.hpp"

#include <optional>
#include <string>

namespace quorate::wal {

// Why a whole record, or a block, stops an opening.
struct trouble {
  std::string what{};
  std::uint64_t offset{};   // from where the record begins
  bool later_build = false; // it is good, and this program does not know it; else: `what` says why it is damage
};

// Of a part of a block or a record: the first byte that is not as this program would have written it.
inline std::optional<trouble> strange_byte(byte_span own, byte_span found, std::string const& where) {
  auto const from = own.begin();
  auto const at = static_cast<std::size_t>(std::mismatch(from, own.end(), found.begin()).first - from);
  if (at == own.size()) return std::nullopt;
  return trouble{"the byte " + hex_byte(std::to_integer<unsigned>(found[at])) + " in " + where, at, true};
}
// The same of a whole block, whose checksum is good.
template <std::size_t N>
std::optional<trouble> strange_byte(block<N> const& unsealed, byte_span found, std::string const& where) {
  return strange_byte(byte_span{unsealed}.first(N - 4), found, where);
}

class replayer {
public:
  wal_log log{};
  node_state state{};    // that frames say
  log_index compacted{}; // by the evidence of base records and of the first head

  // Earlier segments, if there were any, have been dropped: all that they held is in this head or compacted.
  void begin(segment_head const& head) {
    log = wal_log{head.before};
    state = head.state;
    compacted = head.compacted;
  }

  // The next record of the segment, a whole one, at a log offset.
  std::optional<trouble> record(segment& s, byte_span whole, std::uint64_t at) {
    auto const head = record_head::decode(whole);
    auto const behind = whole.subspan(record_head::encoded_size);
    if (auto t = unknown_head(s, head, whole)) return t;
    switch (head.type) {
    case record_type::entries: return entries(s, head, behind, at);
    case record_type::truncate:
      if (head.first <= log.compacted()) return stray();
      s.lowest_cut = (std::min)(s.lowest_cut, head.first);
      log.truncate(head.first);
      return std::nullopt;
    case record_type::state: return next_state(s, behind);
    case record_type::base: return base(s, head, behind);
    case record_type::install: return install(s, head, behind);
    }
    return stray();
  }

private:
  static std::optional<trouble> stray() {
    return trouble{"the record is whole, but does not follow from those before it", 0, false};
  }

  static std::optional<trouble> unknown_head(segment const& s, record_head const& head, byte_span whole) {
    auto const newest = s.version < 3 ? record_type::base : last_enumerator(record_type{});
    if (head.type < record_type::entries || head.type > newest)
      return trouble{"the type " + std::to_string(static_cast<unsigned>(head.type)) + " of the record", 0, true};
    if (s.version < 3) return std::nullopt;
    if (head.flags != 0) return trouble{"the flag " + hex_byte(head.flags) + " of the record", 0, true};
    if (head.kind > last_enumerator(entry_kind{}))
      return trouble{"the kind " + std::to_string(static_cast<unsigned>(head.kind)) + " of the entries", 0, true};
    std::byte own[record_head::encoded_size];
    head.used().encode(own);
    std::copy_n(whole.begin() + 4, 4, own + 4); // the checksum, which is good
    return strange_byte(own, whole, "the record's head");
  }

  std::optional<trouble> entries(segment const& s, record_head const& head, byte_span behind, std::uint64_t at) {
    auto const p = payloads::parse(behind, head.count);
    if (!p || head.first != log.last() + 1 || head.kind > last_enumerator(entry_kind{})) return stray();
    if (head.kind == entry_kind::configuration) {
      auto i = head.first;
      bool known = true;
      p->for_each([&](payloads::bytes b) { known = known && configuration_form::read(b, i), i = i + known; });
      auto const which = "the configuration in entry " + std::to_string(i.value);
      if (!known && s.version < 3) return trouble{which + " can't be read", 0, false};
      if (!known) return trouble{which, 0, true};
    }
    return log.put(head.run(), *p, at, record_head::encoded_size) ? std::nullopt : stray();
  }

  std::optional<trouble> next_state(segment const& s, byte_span behind) {
    bool const earlier = s.version < 3;
    if (behind.size() != (earlier ? earlier::node_state_size : node_state::encoded_size)) return stray();
    byte_reader r{behind.data()};
    auto const next = earlier ? earlier::read_node_state(r) : node_state::read(r);
    if (!earlier) {
      std::byte own[node_state::encoded_size];
      byte_writer w{own};
      next.write(w);
      if (auto t = strange_byte(own, behind, "the record")) return t->offset += record_head::encoded_size, t;
    }
    if (next.sequence <= state.sequence) return stray();
    state = next;
    return std::nullopt;
  }

  std::optional<trouble> base(segment const& s, record_head const& head, byte_span behind) {
    if (head.first > log.last()) return stray();
    bool const gone = head.first < log.compacted(); // what was there is not known any more
    if (!gone && log.stamp_at(head.first) != head.written_at) return stray();
    if (s.version >= 3) {
      if (behind.size() != config_fields::encoded_size) return stray();
      byte_reader r{behind.data()};
      auto const config = config_fields::read(r);
      std::byte own[config_fields::encoded_size];
      byte_writer w{own};
      config_fields::write(w, config);
      if (auto t = strange_byte(own, behind, "the record")) return t->offset += record_head::encoded_size, t;
      if (!gone && log.config_at(head.first) != config) return stray();
    }
    compacted = (std::max)(compacted, head.first);
    log.compact(head.first);
    return std::nullopt;
  }

  // What stands above the mark stays or goes by the log as it stands here, as it did when this was written. It may
  // be the very place behind which the first segment that is left begins.
  [[gnu::cold]] std::optional<trouble> install(segment& s, record_head const& head, byte_span behind) {
    if (behind.size() != install_fields::encoded_size || head.first < log.compacted()) return stray();
    auto const fields = install_fields::decode(behind.data());
    std::byte own[install_fields::encoded_size];
    fields.encode(own);
    if (auto t = strange_byte(own, behind, "the record")) return t->offset += record_head::encoded_size, t;
    s.lowest_cut = (std::min)(s.lowest_cut, head.first + 1);
    compacted = (std::max)(compacted, head.first);
    log.install({head.first, head.written_at, fields.config}, fields.above);
    return std::nullopt;
  }
};

} // namespace quorate::wal
