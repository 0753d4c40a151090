// A replica with its UDP socket. Who waits for datagrams and for the time, and how, is not its business.
#pragma once
#include "quorate/message/messages.hpp"
#include "quorate/raft.hpp"
#include "quorate/replica/wire.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/steady.hpp"
#include "udp_sockets.hpp"

// A datagram holds 65,507 bytes, so what is sent at once is bounded below that; where fragments get lost, 1,300 is
// better. A larger command is refused when it is proposed.
constexpr std::uint32_t at_once = 32'000;
using udp_replica = quorate::raft::replica<quorate::messages<int>, quorate::memory, quorate::steady_timer,
                                           quorate::limits<quorate::limit_values{.append_bytes = at_once}>>;

struct udp_node {
  udp_sockets& all;
  udp_socket& own;
  quorate::memory disk{};
  udp_replica raft;
  static constexpr auto pulse = std::chrono::milliseconds{100};
  static quorate::node_id id(std::uint32_t n) { return quorate::node_id{n}; }
  udp_node(std::uint32_t self, udp_sockets& sockets)
      : all{sockets}, own{all[self - 1]}, raft{config_of(id(self)), disk, {{3 * pulse, pulse, 50 * pulse}, self}} {
  }
  static quorate::replica_config config_of(quorate::node_id self) {
    return {.self = self, .members = {id(1), id(2), id(3)}, .max_command_bytes = at_once};
  }

  bool hear() { // one datagram; false: there is none. What is no message of a member's has no effect
    std::byte frame[1 << 16];
    sockaddr_in from{};
    socklen_t size = sizeof from;
    auto const n = ::recvfrom(own.fd, frame, sizeof frame, 0, udp_socket::general(from), &size);
    for (std::uint32_t peer = 1; n > 0 && peer <= all.size(); ++peer)
      if (all[peer - 1].at.sin_port == from.sin_port)
        (void)quorate::wire_of<udp_replica>::deliver(raft, id(peer), {frame, static_cast<std::size_t>(n)});
    return n >= 0;
  }
  template <class Machine>
  steady::time_point turn(Machine&& machine) { // when to come again, if nothing is heard before
    std::vector<std::byte> frame;
    auto const send = [&](quorate::node_id to, auto const& m, quorate::payloads bytes) {
      frame.clear();
      auto& peer = all[to.value - 1];
      return quorate::wire_of<udp_replica>::append(frame, raft.member(), m, bytes) &&
             ::sendto(own.fd, frame.data(), frame.size(), 0, udp_socket::general(peer.at), peer.size) > 0;
    };
    auto const next = raft.turn(steady::now(), send, machine);
    return next.pending ? steady::now() : next.deadline.value_or(steady::time_point::max());
  }
};
