// The Messages policy: what is replicated, and how it becomes the bytes of an entry.
#pragma once

#include "quorate/core/payloads.hpp"

#include <concepts>
#include <cstddef>

namespace quorate {

// No extra fields of the user's own.
struct no_extra {
  friend constexpr bool operator==(no_extra, no_extra) = default;
};

// | expression                | returns / meaning                                                                |
// | M::command                | the type that is proposed and applied; it may be a view that borrows its bytes   |
// | M::entry_extra            | given at propose, stored with the command, seen at apply on every node           |
// | M::envelope_extra         | stamped at send, seen at receive, for each message anew; stored nowhere          |
// | M::entry_size(c, x)       | std::size_t: how many bytes the entry takes                                      |
// | M::encode_entry(c, x, at) | writes exactly that many at `at`                                                 |
// | M::decode_entry(b, c, x)  | bool: fills c and x from the bytes, which c may go on to borrow; false: no entry |
// | M::fingerprint            | need not be there; std::uint64_t: nodes with another one are refused (below)     |
//
// | M::check_entry(b)         | optional, bool: would decode_entry take these bytes? For who can tell with less  |
//
// decode_entry(encode_entry(c, x)) gives c and x back, on every node that takes part. The bytes come from the log
// and through it from other nodes: they may hold anything. What a peer sends and decode_entry does not take never
// gets into the log (replica::doubt): there, every node would stop at it.
//
// An entry's extra is the second argument of a replica's propose, and `extra` of what is applied. An envelope's is
// the last argument of wire_of<replica>::append, which makes a frame, and what wire_of<replica>::deliver shows
// before the replica hears the message (replica/wire.hpp); the codec must take it. No replica and no core sees it,
// and a transport without frames, as loopback, has none. Of an empty type, as no_extra, neither takes a byte.
//
// Two builds that do not understand each other's entries must not be in one cluster. A transport compares a number
// for that (message/command_fingerprint.hpp), which is made of the types' fields. A policy that writes its own
// bytes gives a `fingerprint` of its own. It stays the same as long as older builds can read the entries.
template <class M>
concept message_policy = std::default_initializable<typename M::command> &&
    std::default_initializable<typename M::entry_extra> &&
    std::default_initializable<typename M::envelope_extra> &&
    requires(typename M::command const& c, typename M::entry_extra const& x, std::byte* at, payloads::bytes bytes,
             typename M::command& c_out, typename M::entry_extra& x_out) {
  { M::entry_size(c, x) } -> std::same_as<std::size_t>;
  M::encode_entry(c, x, at);
  { M::decode_entry(bytes, c_out, x_out) } -> std::same_as<bool>;
};

} // namespace quorate
