// What a TCP transport is told, and what it tells about itself.
#pragma once

#include "quorate/core/id.hpp"

#include <asio/ip/tcp.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

namespace quorate {

struct tcp_options {
  // Who this is. Every one of these goes into the handshake, and a peer that differs where it must agree is
  // refused.
  cluster_id cluster{};
  node_id self{};
  store_id store{};
  incarnation_id incarnation{};
  std::string protocol = "raft"; // at most 255 bytes
  std::uint32_t protocol_version = 1;

  // Every node of the cluster with its address; that of `self` is where to listen (port 0: the system
  // chooses, see local_endpoint()). A peer whose port is 0 is not dialled until relocate() gives it one.
  std::map<node_id, asio::ip::tcp::endpoint> peers{};

  // The largest frame taken from a peer. It is told in the handshake, and a peer never sends a larger one.
  std::uint32_t max_frame_bytes = 16u << 20;
  // How much may wait for one peer. What comes on top is dropped. (The buffers that hold it grow as vectors
  // do, so the memory behind it can be twice that.)
  std::size_t max_queued_bytes = 64u << 20;

  // Connections to our port that have not yet said who they are, at most: the oldest goes when one more comes. As
  // many
  // again may be about to be told why they were turned away. Each is a descriptor.
  std::size_t max_guests = 64;

  // How long to wait before dialling again: doubles from min to max, less a random part of up to a half.
  std::chrono::milliseconds backoff_min{50};
  std::chrono::milliseconds backoff_max{2000};
  // How long a connection may take from its first packet to the end of the handshake.
  std::chrono::milliseconds handshake_timeout{2000};
  // How long the other side's kernel may acknowledge nothing of what was written before the connection counts
  // as lost. Without it a healed partition would wait for TCP's own back-off, which goes up to two minutes.
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
  std::size_t queued_bytes{};
  tcp_counters counters{};
};

} // namespace quorate
