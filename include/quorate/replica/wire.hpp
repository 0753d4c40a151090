// What replicas say to each other, as the frames of a transport: the envelope's extra fields, the message, its
// payload.
#pragma once

#include "quorate/log/entry_message.hpp"
#include "quorate/message/codec.hpp"
#include "quorate/message/command_fingerprint.hpp"
#include "quorate/message/frame.hpp"
#include "quorate/policy/messages.hpp"
#include "quorate/replica/hands.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace quorate {

// What was wrong with a frame: its bytes, or what they say.
struct frame_fault {
  decode_error error = decode_error::none;
  char const* doubt = nullptr; // why no honest peer says that; nullptr unless the error is `doubted`
  friend bool operator==(frame_fault const& f, decode_error e) { return f.error == e; }
};
constexpr char const* text(frame_fault const& f) { return f.doubt != nullptr ? f.doubt : text(f.error); }
// For a transport: why the connection is to be closed; empty: nothing was wrong.
inline std::string closing(frame_fault const& f) {
  return f == decode_error::none ? std::string{} : std::string{"a frame was not taken: "} + text(f);
}

// What the frames hold, as a number; nodes that have none in common refuse each other
// (transport/tcp_versions.hpp). In version 1 a frame did not name its member, and ballots and votes named places.
inline constexpr std::uint8_t wire_version = 2;

// A frame is: the sender's member number (2 bytes), flags (1 byte), 0 (1 byte), the length of the message (4
// bytes), the message, the envelope's extra fields if the policy has any, and the payload. The node that sent it,
// and its incarnation, are the transport's to know. No flag is known yet: a frame that has one is refused, and
// never read as if it had none.
template <class Replica>
struct wire_of {
  using set = versioned<wire_version, typename Replica::wire>;
  using extra = typename Replica::messages_type::envelope_extra;

  // What two nodes must have in common to talk: where logs can forget, the messages have other numbers.
  static std::string protocol() {
    return std::string{Replica::core_type::protocol_name} +
           (forgets<typename Replica::core_type> ? ", snapshots" : "");
  }

  // Writes into a transport's options (transport/tcp_options.hpp) what the replica knows: the protocol, and
  // whether its nodes send each other snapshots, the version of its frames, the fingerprint of its commands, and
  // the largest frame that it sends.
  template <class Options>
  static void describe(Options& o, Replica const& r) {
    o.protocol = protocol();
    o.protocol_versions = {wire_version, wire_version};
    o.command_fingerprint = command_fingerprint<typename Replica::messages_type>();
    o.max_frame_bytes = static_cast<std::uint32_t>(r.max_frame_bytes());
  }

  // Appends the frame to `out`, of the member `from` (replica::member()). False: it can't be encoded, and `out` is
  // as it was.
  template <class M>
  static bool append(std::vector<std::byte>& out, member_id from, M const& m, payloads bytes,
                     extra const& x = {}) {
    auto const before = out.size();
    appender to{out};
    bool sound = encode(head{from}, to) && encode(static_cast<std::uint32_t>(encoded_message_size(m)), to) &&
                 encode_message(set{}, m, to);
    if constexpr (!std::is_empty_v<extra>) sound = sound && encode(x, to);
    if (!sound)
      out.resize(before);
    else
      out.insert(out.end(), bytes.whole().begin(), bytes.whole().end());
    return sound;
  }

  // What a turn sends with, over a transport that has send(to, fill) and flush() (transport/tcp.hpp). The
  // transport must outlive it. The envelope's extra fields stay as they begin.
  template <class Transport>
  struct frames {
    Transport& net;
    member_id from;
    template <class M>
    bool operator()(node_id to, M const& m, payloads bytes) const {
      return net.send(to, [&](std::vector<std::byte>& out) { append(out, from, m, bytes); });
    }
    void flush() const { net.flush(); }
  };
  template <class Transport>
  static frames<Transport> sender(Transport& net, Replica const& r) {
    return {net, r.member()};
  }

  // Decodes a frame and hands it to the replica; `seen(extra)` is called before. Every byte is taken for hostile:
  // a fault, and the replica hears nothing, or the whole of it. No honest peer sends a frame with a fault: the
  // connection that brought it should be closed, with what text() says of it.
  template <class Seen>
  static frame_fault deliver(Replica& to, node_id sender, std::span<std::byte const> frame, Seen&& seen) {
    reader in{frame};
    head from{};
    if (auto const bad = decode(in, from); bad != decode_error::none) return {bad};
    if (from.flags != 0 || from.reserved != 0) return {decode_error::doubted, unknown_flag};
    auto const known = to.member_of(sender);
    if (known != no_member && known != from.member) return {decode_error::doubted, other_member};
    std::span<std::byte const> message;
    if (auto const bad = decode(in, message); bad != decode_error::none) return {bad};
    extra x{};
    if constexpr (!std::is_empty_v<extra>)
      if (auto const bad = decode(in, x); bad != decode_error::none) return {bad};
    frame_fault result;
    auto const bad = decode_message<set>(message, [&](auto const& m) {
      auto const bytes = payloads::parse(in.rest(), carried(m));
      if (!bytes) return void(result = {decode_error::bad_value});
      // Who is not known is not heard.
      auto const why = known != no_member ? to.doubt(m, *bytes) : nullptr;
      if (why != nullptr) return void(result = {decode_error::doubted, why});
      seen(x);
      to.receive(sender, m, *bytes);
    });
    return bad != decode_error::none ? frame_fault{bad} : result;
  }
  static frame_fault deliver(Replica& to, node_id sender, std::span<std::byte const> frame) {
    return deliver(to, sender, frame, [](extra const&) {});
  }

private:
  struct head {
    member_id member{};
    std::uint8_t flags{};
    std::uint8_t reserved{};
    using fields = field_list<field<"member", &head::member>, field<"flags", &head::flags>,
                              field<"reserved", &head::reserved>>;
  };
  static constexpr char other_member[] = "a frame of another member than its node is";
  static constexpr char unknown_flag[] = "a flag of frames that this build does not know";

  // How many records travel beside m. Others count what they do not carry.
  template <class M>
  static std::uint32_t carried(M const& m) {
    if constexpr (entry_message<M>)
      return m.entries().count;
    else if constexpr (std::is_same_v<M, forward>)
      return m.count;
    else if constexpr (std::is_same_v<M, snapshot_head> || std::is_same_v<M, snapshot_piece>)
      return 1;
    else
      return 0;
  }
};

} // namespace quorate
