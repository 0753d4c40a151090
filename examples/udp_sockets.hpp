// Three UDP sockets of the loopback interface, and how to wait for them.
#pragma once
#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <chrono>
#include <poll.h>
#include <unistd.h>
using steady = std::chrono::steady_clock;

struct udp_socket { // on any free port
  int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  sockaddr_in at{AF_INET, 0, {htonl(INADDR_LOOPBACK)}, {}};
  socklen_t size = sizeof at;
  bool bound = ::bind(fd, general(at), size) == 0 && ::getsockname(fd, general(at), &size) == 0;
  static sockaddr* general(sockaddr_in& a) { return reinterpret_cast<sockaddr*>(&a); }
  ~udp_socket() { ::close(fd); }
};
using udp_sockets = std::array<udp_socket, 3>; // of nodes 1 to 3

// Until one of them has something to hear, or it is `wake`.
inline void wait_for_any(udp_sockets const& all, steady::time_point wake) {
  pollfd polled[]{{all[0].fd, POLLIN, 0}, {all[1].fd, POLLIN, 0}, {all[2].fd, POLLIN, 0}};
  auto const left = std::chrono::ceil<std::chrono::milliseconds>(wake - steady::now());
  ::poll(polled, 3, static_cast<int>(std::max(left, std::chrono::milliseconds{0}).count()));
}
