// The handshake's records as bytes, and the first questions asked of them. No sockets here.
//
// A connection begins with three records: the dialler's hello, the acceptor's hello, the dialler's confirm, which
// holds the random number of the acceptor's hello. Before the confirm the dialler's hello has no effect.
// In the place of any record, and at any later time from the acceptor, may stand a refusal with the reason as
// text; then the sender hangs up. After the confirm the dialler sends frames: a length (4 bytes, little endian,
// never 0), then so many bytes.
//
// A record is: magic (8 bytes), format version (2), kind (1), zero (1), body length (4), body. Numbers are
// little endian. The head and the refusal stay as they are in every format version, so that also two versions
// can tell each other why not.
#pragma once

#include "quorate/core/id.hpp"
#include "quorate/transport/tcp_versions.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quorate::tcp {

inline constexpr std::array<unsigned char, 8> magic{'q', 'u', 'o', 'r', 'a', 't', 'e', 0x1a};
inline constexpr std::uint16_t format_version = 2;
inline constexpr std::size_t record_head_bytes = 16;
inline constexpr std::size_t confirm_bytes = 8;
inline constexpr std::size_t max_record_body_bytes = 512;
inline constexpr std::size_t frame_head_bytes = 4;

enum class record_kind : std::uint8_t { hello = 1, refusal = 3, confirm = 4 }; // 2 was a record of version 1

template <class Unsigned>
void put(std::vector<std::byte>& out, Unsigned v) {
  for (std::size_t i = 0; i < sizeof v; ++i) out.push_back(static_cast<std::byte>(v >> (8 * i)));
}

// Precondition: bytes.size() >= sizeof(Unsigned).
template <class Unsigned>
Unsigned get(std::span<std::byte const> bytes) {
  QUORATE_ASSERT(bytes.size() >= sizeof(Unsigned), "tcp: a number of ", sizeof(Unsigned), " bytes in ",
                 bytes.size());
  Unsigned v{};
  for (std::size_t i = 0; i < sizeof v; ++i)
    v = static_cast<Unsigned>(v | static_cast<Unsigned>(static_cast<Unsigned>(bytes[i]) << (8 * i)));
  return v;
}

struct record_head {
  std::uint16_t version{};
  record_kind kind{};
  std::uint32_t body_bytes{};
};

// What a node says of itself to one other.
struct hello {
  cluster_id cluster{};
  node_id from{};
  node_id to{}; // for whom it is meant: finds two nodes whose addresses were swapped
  store_id store{};
  incarnation_id incarnation{};
  version_range protocol_versions{};
  std::uint32_t max_frame_bytes{}; // the largest frame that this node takes
  std::uint64_t command_fingerprint{};
  std::uint64_t nonce{}; // of an acceptor: random, the confirm must hold it; of a dialler: 0
  std::string protocol{};

  friend bool operator==(hello const&, hello const&) = default;
};

inline void put_head(std::vector<std::byte>& out, record_kind kind, std::size_t body_bytes) {
  for (auto c : magic) out.push_back(static_cast<std::byte>(c));
  put(out, format_version);
  put(out, static_cast<std::uint8_t>(kind));
  put(out, std::uint8_t{});
  put(out, static_cast<std::uint32_t>(body_bytes));
}

// Nothing: these bytes were not written by one of us. Precondition: bytes.size() >= record_head_bytes.
inline std::optional<record_head> parse_head(std::span<std::byte const> bytes) {
  QUORATE_ASSERT(bytes.size() >= record_head_bytes, "tcp: a record's head in ", bytes.size(), " bytes");
  for (std::size_t i = 0; i < magic.size(); ++i)
    if (bytes[i] != static_cast<std::byte>(magic[i])) return {};
  record_head const head{get<std::uint16_t>(bytes.subspan(8)),
                         static_cast<record_kind>(get<std::uint8_t>(bytes.subspan(10))),
                         get<std::uint32_t>(bytes.subspan(12))};
  bool const known =
      head.kind == record_kind::hello || head.kind == record_kind::refusal || head.kind == record_kind::confirm;
  if (!known || bytes[11] != std::byte{} || head.body_bytes > max_record_body_bytes) return {};
  return head;
}

inline constexpr std::size_t hello_fixed_bytes = 8 + 4 + 4 + 8 + 8 + 4 + 4 + 4 + 8 + 8 + 1;

// Precondition: h.protocol.size() <= 255.
inline void put_hello(std::vector<std::byte>& out, hello const& h) {
  QUORATE_ASSERT(h.protocol.size() <= 255, "tcp: the protocol's name has ", h.protocol.size(), " bytes");
  put_head(out, record_kind::hello, hello_fixed_bytes + h.protocol.size());
  put(out, h.cluster.value);
  put(out, h.from.value);
  put(out, h.to.value);
  put(out, h.store.value);
  put(out, h.incarnation.value);
  put(out, h.protocol_versions.least);
  put(out, h.protocol_versions.greatest);
  put(out, h.max_frame_bytes);
  put(out, h.command_fingerprint);
  put(out, h.nonce);
  put(out, static_cast<std::uint8_t>(h.protocol.size()));
  for (char c : h.protocol) out.push_back(static_cast<std::byte>(c));
}

// Nothing: the body is shorter or longer than what it says of itself.
inline std::optional<hello> parse_hello(std::span<std::byte const> body) {
  if (body.size() < hello_fixed_bytes) return {};
  if (body.size() != hello_fixed_bytes + get<std::uint8_t>(body.subspan(60))) return {};
  hello h{cluster_id{get<std::uint64_t>(body)},
          node_id{get<std::uint32_t>(body.subspan(8))},
          node_id{get<std::uint32_t>(body.subspan(12))},
          store_id{get<std::uint64_t>(body.subspan(16))},
          incarnation_id{get<std::uint64_t>(body.subspan(24))},
          {get<std::uint32_t>(body.subspan(32)), get<std::uint32_t>(body.subspan(36))},
          get<std::uint32_t>(body.subspan(40)),
          get<std::uint64_t>(body.subspan(44)),
          get<std::uint64_t>(body.subspan(52)),
          {}};
  for (auto b : body.subspan(hello_fixed_bytes)) h.protocol.push_back(static_cast<char>(b));
  return h;
}

inline void put_confirm(std::vector<std::byte>& out, std::uint64_t nonce) {
  put_head(out, record_kind::confirm, confirm_bytes);
  put(out, nonce);
}

// Nothing: the body does not have the length of a confirm.
inline std::optional<std::uint64_t> parse_confirm(std::span<std::byte const> body) {
  if (body.size() != confirm_bytes) return {};
  return get<std::uint64_t>(body);
}

// What does not fit is cut off.
inline void put_refusal(std::vector<std::byte>& out, std::string_view reason) {
  reason = reason.substr(0, max_record_body_bytes);
  put_head(out, record_kind::refusal, reason.size());
  for (char c : reason) out.push_back(static_cast<std::byte>(c));
}

// Text from elsewhere as it may stand in a log: one line of printable ASCII.
inline std::string printable(std::string_view text) {
  std::string s{text};
  std::replace_if(
      s.begin(), s.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return s;
}

inline std::string printable(std::span<std::byte const> text) {
  std::string s;
  for (auto b : text) s.push_back(static_cast<char>(b));
  return printable(std::string_view{s});
}

inline std::string hex(std::uint64_t n) {
  char text[24];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(n));
  return text;
}

inline std::string name_of(node_id n) { return "node " + std::to_string(n.value); }

inline std::string name_of(record_kind k) {
  return k == record_kind::hello ? "hello" : k == record_kind::confirm ? "confirm" : "refusal";
}

// What a refusal says is heard by strangers too: none of these sentences tells a store id.
inline std::string version_mismatch(std::uint16_t theirs) {
  return "format mismatch: handshakes of version " + std::to_string(theirs) + " and " +
         std::to_string(format_version) + "; run builds of quorate with the same version";
}

inline std::string malformed_hello(std::span<std::byte const> body) {
  return "its hello is malformed: expected " + std::to_string(hello_fixed_bytes) +
         " bytes and as many as the protocol's name has, but got " + std::to_string(body.size()) +
         "; run the same build on both nodes";
}

inline std::string out_of_turn(record_kind expected, record_kind came) {
  return "it does not keep to the protocol: expected a " + name_of(expected) + ", but got a " + name_of(came);
}

inline std::string address_mismatch(node_id looks, node_id for_whom, node_id there) {
  return "address mismatch: " + name_of(looks) + " looks for " + name_of(for_whom) + " where " + name_of(there) +
         " is; correct the address of " + name_of(for_whom) + " in the options of " + name_of(looks);
}

// Why these two may not talk, in words that are true on both sides; empty when they may.
inline std::string mismatch(hello const& theirs, hello const& ours) {
  auto const says = [&](std::string const& what, std::string const& a, std::string const& b,
                        std::string const& remedy) {
    return what + " mismatch: " + name_of(theirs.from) + " has " + a + ", " + name_of(ours.from) + " has " + b +
           "; " + remedy;
  };
  if (theirs.protocol != ours.protocol)
    return says("protocol", "'" + printable(theirs.protocol) + "'", "'" + printable(ours.protocol) + "'",
                "start both nodes with the same protocol");
  if (!common_version(theirs.protocol_versions, ours.protocol_versions))
    return says("protocol version", text_of(theirs.protocol_versions), text_of(ours.protocol_versions),
                "run builds that have a version in common");
  if (theirs.cluster != ours.cluster)
    return says("cluster", std::to_string(theirs.cluster.value), std::to_string(ours.cluster.value),
                "correct the cluster id, or the address that was dialled");
  if (theirs.command_fingerprint != ours.command_fingerprint)
    return says("command", "the fingerprint " + hex(theirs.command_fingerprint), hex(ours.command_fingerprint),
                "run builds with the same command and extra fields, and let both call wire_of<replica>::describe");
  if (theirs.to != ours.from) return address_mismatch(theirs.from, theirs.to, ours.from);
  return {};
}

} // namespace quorate::tcp
