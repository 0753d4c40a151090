// What a replica asks of a message before it hears it, where peers are not trusted: would an honest one say it?
// The core knows what its protocol's peers say (log/doubt.hpp); here stands what entries may hold.
#pragma once

#include "quorate/core/payloads.hpp"
#include "quorate/log/doubt.hpp"
#include "quorate/log/entry_message.hpp"
#include "quorate/replica/message.hpp"
#include "quorate/replica/transfer_message.hpp"

#include <cstddef>
#include <type_traits>

namespace quorate::detail {

template <class Messages>
bool is_entry(payloads::bytes record) {
  if constexpr (requires { Messages::check_entry(record); }) {
    return Messages::check_entry(record);
  } else {
    typename Messages::command c{};
    typename Messages::entry_extra x{};
    return Messages::decode_entry(record, c, x);
  }
}

// Why entries of that kind do not have those bytes, or nullptr.
template <class Messages, class Ids>
char const* doubt_records(entry_kind kind, payloads records, Ids const& ids) {
  bool sound = true;
  records.for_each([&](payloads::bytes record) {
    if (kind == entry_kind::command)
      sound = sound && is_entry<Messages>(record);
    else if (kind == entry_kind::no_op)
      sound = sound && record.empty();
    else
      sound = sound && ids.is_named_by(record);
  });
  if (sound) return nullptr;
  switch (kind) {
  case entry_kind::command: return "an entry that is no command of this Messages policy: is it another program's?";
  case entry_kind::no_op: return "a no-op with bytes";
  case entry_kind::hole: return "a hole with bytes";
  default: return "a configuration with other members: membership is fixed";
  }
}

// Of a snapshot's transfer.
template <class Body>
char const* doubt_transfer(Body&, snapshot_ask const& m, payloads) {
  return m.at > last_index_believed ? "an index that no log has" : nullptr;
}
template <class Body>
char const* doubt_transfer(Body& b, snapshot_head const& m, payloads records) {
  if (m.at > last_index_believed || m.config > m.at) return "a snapshot at an index that no log has";
  if (m.id == snapshot_id{}) return "a snapshot without a name";
  if (m.size > most_snapshot_bytes) return "a snapshot of more bytes than there are";
  return b.ids.is_named_by(records.front())
             ? nullptr
             : "a snapshot of a configuration with other members: membership is fixed";
}
template <class Body>
char const* doubt_transfer(Body&, snapshot_piece const& m, payloads records) {
  auto const n = records.front().size();
  return n == 0 || m.from > most_snapshot_bytes ? "a piece of a snapshot that none has" : nullptr;
}

template <class Messages, class Body, class M>
char const* doubt(Body& b, M const& m, payloads records) {
  using core = typename Body::core_type;
  if constexpr (core::messages::template contains<M> && requires { b.core.doubt(m, b.log(), witness{}); }) {
    auto const why = b.core.doubt(m, b.log(), witness{b.leaps, b.core.era() != b.first_era});
    if (why == core::too_far) ++b.leaps;
    if (why != nullptr) return why;
  }
  if constexpr (requires { m.index; })
    if (m.index > last_index_believed) return "an index that no log has";
  if constexpr (transfer_messages::contains<M>) {
    return doubt_transfer(b, m, records);
  } else if constexpr (std::is_same_v<M, forward>) {
    return doubt_records<Messages>(entry_kind::command, records, b.ids);
  } else if constexpr (entry_message<M>) {
    return doubt_records<Messages>(m.entries().kind, records, b.ids);
  } else {
    return nullptr;
  }
}

} // namespace quorate::detail
