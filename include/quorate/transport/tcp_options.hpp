// What a TCP transport is told, and what it tells about itself.
#pragma once

#include "quorate/core/id.hpp"
#include "quorate/transport/tcp_versions.hpp"

#if !__has_include(<asio/ip/tcp.hpp>)
#error "quorate/transport/tcp.hpp needs Asio's headers, with ASIO_STANDALONE: Debian's libasio-dev"
#endif
#include <asio/ip/tcp.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

namespace quorate {

// Numbers outside the bounds named here are refused by start(). A time is at most a day.
struct tcp_options {
  // Who this is. Every one of these goes into the handshake, and a peer that differs where it must agree is
  // refused.
  cluster_id cluster{};
  node_id self{}; // 1 or more, as every peer's
  store_id store{};
  incarnation_id incarnation{};
  std::string protocol = "raft"; // at most 255 bytes
  // The versions of the protocol, or of what the frames hold, that this node speaks. Two nodes use the greatest
  // that both speak (tcp_peer_status::protocol_version); without a common one they refuse each other. To go from
  // version 1 to 2 while the others run: give every node {1, 2}, and then every node {2, 2}.
  version_range protocol_versions{1, 1};
  // What the frames' commands are made of (wire_of<replica>::describe sets it): the same on every node, so that
  // two builds with different commands do not write into one log. 0: not said; it is compared as any number is.
  std::uint64_t command_fingerprint = 0;

  // Every node of the cluster with its address; that of `self` is where to listen (port 0: the system
  // chooses, see local_endpoint()). A peer whose port is 0 is not dialled until relocate() gives it one.
  std::map<node_id, asio::ip::tcp::endpoint> peers{};

  // The largest frame taken from a peer, and so the largest that peers with the same options can be sent: a
  // replica's max_frame_bytes(), or more; at least 1. It is told in the handshake: a larger frame is never sent,
  // and the log says so once, with both sizes; a peer that takes less than this node is told of when it connects.
  std::uint32_t max_frame_bytes = 16u << 20;
  // How much may wait for one peer: at least one of the largest frames, and 4 bytes. What comes on top is dropped.
  // (The buffers that hold it grow as vectors do, so the memory behind it can be twice that.)
  std::size_t max_queued_bytes = 64u << 20;

  // Connections to our port whose handshake is not done, at most; at least 1. The oldest goes when one more comes.
  // As many again may be about to be told why they were turned away. Each is a descriptor.
  std::size_t max_guests = 64;

  // How long to wait before dialling again: doubles from min, which is at least 1 ms, to max, less a random part
  // of up to a half.
  std::chrono::milliseconds backoff_min{50};
  std::chrono::milliseconds backoff_max{2000};
  // How long a connection may take from its first packet to the end of the handshake: at least 1 ms.
  std::chrono::milliseconds handshake_timeout{2000};
  // How long the other side's kernel may acknowledge nothing of what was written before the connection counts
  // as lost; 0: as long as the system thinks fit. Without it a healed partition would wait for TCP's own back-off,
  // which goes up to two minutes.
  std::chrono::milliseconds stall_timeout{10000};
  // What the jitter is drawn from; 0 takes it from the ids, so that no two nodes keep step.
  std::uint64_t jitter_seed = 0;

  // Which store a node had, if that is known from earlier runs of this process, and where to keep it for
  // later ones. `remembered` is asked once for each peer at construction; `remember` is told each time a
  // store is first seen, and what it keeps must be as durable as the memory should be. Both may be empty:
  // then the memory is the process's.
  std::function<std::optional<store_id>(node_id)> remembered{};
  std::function<void(node_id, store_id)> remember{};
};

// What is wrong with the options: which number, what came, what is expected; empty: nothing.
inline std::string misfit(tcp_options const& o) {
  auto const is = [](char const* name, auto came, std::string const& expected) {
    return std::string{"tcp_options::"} + name + " is " + std::to_string(came) + ": expected " + expected;
  };
  auto const time = [&](char const* name, std::chrono::milliseconds came, std::int64_t least) -> std::string {
    std::int64_t const most = std::chrono::milliseconds{std::chrono::hours{24}}.count();
    if (came.count() >= least && came.count() <= most) return {};
    return is(name, came.count(), std::to_string(least) + " to " + std::to_string(most) + " (milliseconds)");
  };
  if (o.peers.contains(node_id{})) return "tcp_options::peers names a node 0: expected ids of 1 or more";
  if (!o.peers.contains(o.self)) return is("self", o.self.value, "one of the nodes in tcp_options::peers");
  if (o.protocol.size() > 255) return is("protocol's length", o.protocol.size(), "at most 255");
  if (o.protocol_versions.least > o.protocol_versions.greatest)
    return "tcp_options::protocol_versions is " + text_of(o.protocol_versions) +
           ": expected the least version, then the greatest";
  if (o.max_frame_bytes == 0) return is("max_frame_bytes", 0, "at least 1, and a replica's max_frame_bytes()");
  if (o.max_queued_bytes < std::size_t{o.max_frame_bytes} + 4)
    return is("max_queued_bytes", o.max_queued_bytes,
              "at least 4 more than max_frame_bytes, which is " + std::to_string(o.max_frame_bytes));
  if (o.max_guests == 0) return is("max_guests", 0, "at least 1, or no peer could ever connect");
  if (auto why = time("backoff_min", o.backoff_min, 1); !why.empty()) return why;
  if (auto why = time("backoff_max", o.backoff_max, 1); !why.empty()) return why;
  if (o.backoff_max < o.backoff_min)
    return is("backoff_max", o.backoff_max.count(),
              "at least backoff_min, which is " + std::to_string(o.backoff_min.count()));
  if (auto why = time("handshake_timeout", o.handshake_timeout, 1); !why.empty()) return why;
  return time("stall_timeout", o.stall_timeout, 0);
}

// What has passed between this node and one peer, since the transport was made.
struct tcp_counters {
  std::uint64_t frames_in{};
  std::uint64_t frames_out{}; // queued; whether they arrived is not known
  std::uint64_t bytes_in{};
  std::uint64_t bytes_out{};
  std::uint64_t dropped{};  // frames that send() refused: not connected, too large, or the queue was full
  std::uint64_t lost{};     // frames that were queued when their connection went
  std::uint64_t connects{}; // how often dialling succeeded; all but the first are reconnects
};

struct tcp_peer_status {
  node_id node{};
  asio::ip::tcp::endpoint address{};
  bool connected{}; // what is sent to it goes out
  bool hearing{};   // it has a connection to us
  std::optional<store_id> store{};
  incarnation_id incarnation{}; // the highest seen; 0: none yet
  // The version that both speak, as agreed when a connection last came up; nothing: none yet. It can change only
  // with the incarnation.
  std::optional<std::uint32_t> protocol_version{};
  std::size_t queued_bytes{};
  tcp_counters counters{};
};

} // namespace quorate
