// In my Asio program: three processes over TCP, their logs on disk, agree on what is in stock.
//
// The replica is a value that you call; it has no thread and no socket. Your io_context runs, and its loop has
// five parts, which `serve` shows in this order:
//
// 1. Open the file of peers (known_stores), the log (file_wal), the replica, the transport; start() it.
// 2. Hear what has arrived before you take a turn: poll the io_context, as many handlers as you like at once. The
//    frame handler gives each frame to the replica (wire_of<node>::deliver), and hangs up on a peer that sends
//    what no honest one does. Your own handlers may call propose() and read() at any time between two turns.
// 3. turn(send, machine): all that was heard becomes one write and one sync. What need not wait for the sync
//    leaves before it: `send` has a flush() for that (wire_of<node>::sender). The sync runs beside the turns:
//    node_loop has a thread that waits for it, while heartbeats, reads and further appends go on.
// 4. `machine` gets each committed command, and the outcome of each token (answer.cpp: how a client hears of it).
// 5. next.pending: take another turn at once. Else rest(next): until a handler has run, next.deadline has come or
//    the sync has ended.
//
// One thread calls the replica, the transport and the machine: with several threads on the io_context, post to one
// strand. A stopped replica stays so: end the process, and say failure().
//
// The order to end in: leave the loop and destroy it, then the transport, then the replica, then the log. Whoever
// has only coroutines: coroutine.cpp. UDP or another transport: udp.cpp; `send` is yours, and receive() takes what
// came.
#include "quorate/transport/tcp.hpp"
#include "quorate/message/hana.hpp"
#include "quorate/message/messages.hpp"
#include "quorate/raft.hpp"
#include "quorate/replica/wire.hpp"
#include "quorate/storage/file_wal.hpp"
#include "quorate/timer/steady.hpp"
#include "quorate/transport/known_stores.hpp"
#include "quorate/transport/node_loop.hpp"
#include <asio.hpp>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <poll.h>
#include <sys/wait.h>

struct delivery {
  std::string item;
  std::uint32_t pieces;
};
BOOST_HANA_ADAPT_STRUCT(delivery, item, pieces);

using namespace quorate;
using namespace std::chrono_literals;
using node = raft::replica<messages<delivery>, file_wal, steady_timer>;
using addresses = std::map<node_id, asio::ip::tcp::endpoint>;

int complain(node_id self, std::string const& why) {
  std::fprintf(stderr, "node %u: %s\n", self.value, why.c_str());
  return 1;
}

tcp_options options(node_id self, addresses const& all, store_identity const& store, known_stores& known,
                    node& raft) {
  tcp_options o{.cluster = store.cluster, .self = self, .store = store.store, .incarnation = store.incarnation};
  o.peers = all;
  wire_of<node>::describe(o, raft); // protocol, commands and the largest frame, which all nodes must agree on
  o.remembered = [&](node_id n) { return known.find(n); };
  o.remember = [&](node_id n, store_id s) {
    if (!known.remember(n, s)) raft.stop(); // a peer that is not remembered could come back with a wiped disk
  };
  return o;
}

// One node, until SIGTERM. Writes one byte to `done` when there are 42 apples.
int serve(node_id self, addresses const& all, std::string const& folder, int done) {
  known_stores known{folder};
  if (!known.failure().empty()) return complain(self, known.failure());
  auto opened = file_wal::open({.directory = folder + "/log",
                                .cluster = cluster_id{1},
                                .node = self,
                                .protocol = "raft 1",
                                .expected_because = known.expects_log()});
  if (!opened) return complain(self, opened.error);
  replica_config config{.self = self, .max_command_bytes = 1 << 16}; // of the largest delivery, encoded
  for (auto const& [id, address] : all) config.members.push_back(id);
  auto const identity = opened.wal->identity();
  steady_timer const timer{{300ms, 60ms, 5s}, identity.store.value ^ identity.incarnation.value};
  auto const raft = std::make_unique<node>(config, *opened.wal, timer); // too large for the stack

  asio::io_context io{1};
  tcp_transport net{options(self, all, identity, known, *raft), io,
                    [&](node_id from, incarnation_id, std::span<std::byte const> frame) {
                      return closing(wire_of<node>::deliver(*raft, from, frame)); // who lies is hung up on
                    },
                    [](std::string const&) {}}; // what it has to say of its connections
  if (auto const error = net.start()) return complain(self, "can't listen: " + error.message());
  node_loop loop{io, *raft, *opened.wal};
  bool over = false, propose = true, told = false;
  asio::signal_set signals{io, SIGTERM};
  signals.async_wait([&](asio::error_code, int) { over = true; });

  std::map<std::string, std::uint32_t> stock;
  while (!over && !raft->stopped()) {
    if (std::exchange(propose, false)) (void)raft->propose({"apples", 14});
    loop.hear();
    auto const next = loop.turn(wire_of<node>::sender(net, *raft), [&](auto const& event) {
      if constexpr (requires { event.command; }) stock[event.command.item] += event.command.pieces;
      if constexpr (std::is_same_v<decltype(event), proposal_outcome const&>)
        propose = event.what == fate::refused; // it has not happened: again
    });
    if (!told && stock["apples"] == 42) told = ::write(done, "!", 1) == 1;
    if (!next.pending && !propose) loop.rest(next);
  }
  return raft->stopped() ? complain(self, raft->failure()) : 0;
}

addresses free_addresses() { // each is free as long as nobody else takes it
  asio::io_context io;
  std::vector<asio::ip::tcp::acceptor> held;
  addresses all;
  for (std::uint32_t id = 1; id <= 3; ++id)
    all[node_id{id}] =
        held.emplace_back(io, asio::ip::tcp::endpoint{asio::ip::address_v4::loopback(), 0}).local_endpoint();
  return all;
}

int main() {
  char root[] = "/tmp/quorate_tcp_XXXXXX";
  int done[2];
  if (::mkdtemp(root) == nullptr || ::pipe(done) != 0) return 1;
  auto const all = free_addresses();
  std::vector<::pid_t> processes;
  for (auto const& [id, address] : all) {
    auto const folder = root + ("/" + std::to_string(id.value));
    std::filesystem::create_directory(folder);
    if (processes.emplace_back(::fork()) != 0) continue;
    ::alarm(30); // whatever becomes of its parent
    ::_exit(serve(id, all, folder, done[1]));
  }
  int agreed = 0;
  for (::pollfd told{done[0], POLLIN, 0}; agreed < 3 && ::poll(&told, 1, 20'000) == 1; ++agreed)
    if (char c; ::read(done[0], &c, 1) != 1) break;
  int failed = 0;
  for (auto const process : processes) {
    int status = 1;
    if (process <= 0 || ::kill(process, SIGTERM) != 0 || ::waitpid(process, &status, 0) != process || status != 0)
      ++failed;
  }
  std::filesystem::remove_all(root);
  std::printf("%d of 3 processes have 42 apples in stock, %d failed\n", agreed, failed);
  return agreed == 3 && failed == 0 ? 0 : 1;
}
