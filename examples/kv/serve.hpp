// `kv serve`: one node. A client port, the TCP transport and the replica's turn on one thread.
#pragma once

#include "backend.hpp"
#include "client_port.hpp"
#include "cpu_time.hpp"
#include "descriptors.hpp"
#include "freed_memory.hpp"
#include "log.hpp"
#include "options.hpp"

#include "quorate/replica/wire.hpp"
#include "quorate/transport/known_stores.hpp"
#include "quorate/transport/node_loop.hpp"
#include "quorate/transport/tcp.hpp"

#include <asio.hpp>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace kv {

struct serve_options {
  quorate::node_id id{};
  quorate::cluster_id cluster_id{1};
  std::map<quorate::node_id, asio::ip::tcp::endpoint> cluster{}; // every node, this one included
  asio::ip::tcp::endpoint listen{};                              // for clients
  std::string data{};                                            // the directory; made if it is not there
  std::chrono::milliseconds election_timeout{500};
  std::chrono::milliseconds heartbeat{100};
  limits limit{};
  std::size_t peer_guests = 64; // connections at the peers' port that have not said yet who they are
  kv::protocol protocol = kv::protocol::raft;
  std::uint64_t snapshot_bytes = std::uint64_t{64}
                                 << 20; // of entries applied from one snapshot to the next; 0: none
  std::uint64_t transfer_rate = std::uint64_t{32} << 20; // of snapshots sent, bytes a second; 0: no limit
};

template <class Replica>
class server {
public:
  server(serve_options const& o, quorate::file_wal& disk, quorate::folder_snapshots& snapshots,
         quorate::known_stores& known, event_log& log)
      : options_{o}, disk_{disk}, known_{known}, log_{log},
        replica_{config(o), disk,
                 quorate::steady_timer{{o.election_timeout, o.heartbeat, o.limit.request_timeout},
                                       disk.identity().store.value ^ disk.identity().incarnation.value},
                 snapshots, machine_},
        backend_{*this}, transport_{transport_options(), io_, on_frame{this}, on_log{this}} {}

  // Serves until SIGTERM or SIGINT. Returns the exit status.
  int run() {
    if (replica_.stopped()) return fail(replica_.failure());
    if (auto const error = transport_.start())
      return fail("can't listen for peers at " + text(options_.cluster.at(options_.id)) + ": " + error.message());
    try {
      port_.emplace(io_, backend_, options_.limit, options_.listen);
    } catch (std::exception const& e) {
      return fail("can't listen for clients at " + text(options_.listen) + ": " + e.what());
    }
    backend_.serve(*port_);
    asio::signal_set signals{io_, SIGTERM, SIGINT};
    signals.async_wait([this](asio::error_code error, int) {
      if (!error) shut_down();
    });
    auto const id = disk_.identity();
    note("node " + std::to_string(id.node.value) + ", incarnation " + std::to_string(id.incarnation.value) +
         ": clients at " + text(port_->local_endpoint()) + ", peers at " + text(transport_.local_endpoint()));
    while (!finished()) turn();
    port_->abort();
    transport_.close();
    if (replica_.stopped()) return fail(replica_.failure());
    note("stopped");
    return 0;
  }

private:
  class backend : public backend_of<Replica, client_port<backend>> {
  public:
    explicit backend(server& s) : backend_of<Replica, client_port<backend>>{s.replica_, s.machine_}, server_{s} {}
    void warn(std::string const& text) { server_.log_(level::warning, text); }
    info report() const { // the addresses are known here
      auto i = backend_of<Replica, client_port<backend>>::report();
      auto const now = clock::now();
      i.uptime_seconds = static_cast<std::uint64_t>(
          std::chrono::duration_cast<std::chrono::seconds>(now - server_.began_).count());
      if (auto const since = server_.replica_.status().syncing_since)
        i.sync_under_way_ms = static_cast<std::uint64_t>(
            std::chrono::duration_cast<std::chrono::milliseconds>(now - *since).count());
      i.listen = text(server_.port_->local_endpoint());
      if (i.leader != 0) i.leader_address = text(server_.options_.cluster.at(quorate::node_id{i.leader}));
      i.sockets_max_cpu_usec = server_.sockets_.microseconds();
      i.client_slice_max_cpu_usec = server_.slices_.microseconds();
      i.turn_max_cpu_usec = server_.turns_.microseconds();
      for (auto& p : i.peers) {
        auto const link = server_.transport_.status(quorate::node_id{p.id});
        auto const& at = server_.options_.cluster.at(link.node);
        p.host = at.address().to_string();
        p.port = at.port();
        p.connected = link.connected;
        p.hearing = link.hearing;
        p.queued_bytes = link.queued_bytes;
      }
      return i;
    }

  private:
    server& server_;
  };
  struct on_frame {
    server* self;
    std::string operator()(quorate::node_id from, quorate::incarnation_id,
                           std::span<std::byte const> frame) const {
      return quorate::closing(wire::deliver(self->replica_, from, frame));
    }
  };
  struct on_log {
    server* self;
    void operator()(std::string line) const { // of links: that one is there, or what is wrong with it
      self->log_(line.starts_with("connected to ") ? level::info : level::warning, line);
    }
  };
  using wire = quorate::wire_of<Replica>;

  static std::string text(asio::ip::tcp::endpoint const& e) { return text_of(e); }
  static quorate::replica_config config(serve_options const& o) {
    quorate::replica_config c{.self = o.id};
    c.max_command_bytes = o.limit.max_operation() + 64;
    c.staged_bytes = (std::size_t{4} << 20) + c.max_command_bytes;
    for (auto const& [node, address] : o.cluster) c.members.push_back(node);
    c.compaction.bytes = o.snapshot_bytes;
    if (o.transfer_rate != 0) { // a tick is a heartbeat interval
      auto const a_tick = o.transfer_rate * static_cast<std::uint64_t>(o.heartbeat.count()) / 1000;
      c.transfer.a_tick = std::max<std::uint64_t>(a_tick, 1);
    }
    return c;
  }
  quorate::tcp_options transport_options() {
    auto const id = disk_.identity();
    quorate::tcp_options t;
    t.cluster = id.cluster, t.self = id.node, t.store = id.store, t.incarnation = id.incarnation;
    wire::describe(t, replica_);
    t.peers = options_.cluster;
    t.max_guests = options_.peer_guests;
    t.max_queued_bytes = std::max(t.max_queued_bytes, 4 * replica_.max_frame_bytes());
    t.remembered = [this](quorate::node_id n) { return known_.find(n); };
    t.remember = [this](quorate::node_id n, quorate::store_id s) {
      if (!known_.remember(n, s)) {
        log_(level::error, known_.failure());
        replica_.stop(); // a peer that is not remembered could come back with a wiped disk unseen
      }
    };
    return t;
  }

  // Everything taken from the sockets shares one sync, which runs beside the turns. Each part is bounded: none of
  // them keeps the others waiting for long, whatever clients ask.
  void turn() {
    sockets_.time([this] { loop_.hear(); });
    slices_.time([this] { port_->work(); });
    auto const next = turns_.time([this] {
      return loop_.turn(wire::sender(transport_, replica_), quorate::hosted{machine_, backend_});
    });
    note_leader();
    note_snapshots();
    if (next.pending || port_->pending() || finished()) return;
    loop_.rest(next);
  }
  void note_leader() {
    auto const s = replica_.status();
    if (s.leader == leader_ && (!s.leader || s.era == era_)) return;
    bool const found = s.leader && !leader_;
    leader_ = s.leader;
    era_ = s.era;
    auto const ballot = ballot_text(replica_, s.era);
    auto const era = ballot.empty() ? "term " + std::to_string(s.era.value) : "ballot " + ballot;
    if (s.leader)
      note("node " + std::to_string(s.leader->value) + " leads " + era);
    else
      log_(level::warning, "no leader is known");
    if (found) port_->wake();
  }

  void note_snapshots() {
    auto const now = replica_.status().snapshots;
    if (now.failed != told_.failed)
      log_(level::warning, "a snapshot has failed: " + std::string{replica_.snapshot_failure()});
    if (now.fetching && !told_.fetching)
      note("fetching a snapshot: the leader keeps no more what this node needs");
    if (now.fetched != told_.fetched) note("a snapshot has come, at index " + std::to_string(now.newest.value));
    told_ = now;
  }

  void shut_down() {
    note("shutting down");
    port_->stop();
    deadline_ = clock::now() + options_.limit.request_timeout;
    wake_.expires_at(*deadline_);
    wake_.async_wait([](asio::error_code) {});
  }
  bool finished() const {
    return replica_.stopped() || (deadline_ && (port_->clients() == 0 || clock::now() >= *deadline_));
  }

  int fail(std::string const& why) {
    log_(level::error, why);
    return 1;
  }
  void note(std::string const& line) { log_(level::info, line); }

  serve_options options_;
  quorate::file_wal& disk_;
  quorate::known_stores& known_;
  event_log& log_;
  asio::io_context io_{1};
  machine machine_{};
  Replica replica_;
  backend backend_;
  quorate::tcp_transport<on_frame, on_log> transport_;
  quorate::node_loop<Replica> loop_{io_, replica_, disk_};
  std::optional<client_port<backend>> port_{};
  longest_slice sockets_;
  longest_slice slices_;
  longest_slice turns_;
  asio::steady_timer wake_{io_};
  std::optional<clock::time_point> deadline_{};
  std::optional<quorate::node_id> leader_{};
  quorate::stamp era_{};
  quorate::snapshot_status told_{};
  clock::time_point began_ = clock::now();
};

// Opens the data directory and serves. Returns the exit status.
template <class Replica>
int serve_with(serve_options const& o, event_log& log) {
  auto const complain = [&](std::string const& why) { return log(level::error, why), 1; };
  std::error_code error;
  std::filesystem::create_directories(o.data, error);
  if (error) return complain("can't make the data directory " + o.data + ": " + error.message());
  quorate::known_stores known{o.data};
  if (!known.failure().empty()) return complain(known.failure());
  auto opened =
      quorate::file_wal::open({.directory = o.data + "/log",
                               .cluster = o.cluster_id,
                               .node = o.id,
                               .protocol = std::string{Replica::core_type::protocol_name} + " 2",
                               .segment_bytes = std::size_t{16} << 20, // whole ones go, behind a snapshot
                               .expected_because = known.expects_log()});
  if (!opened) return complain(opened.error);
  for (auto const& note : opened.wal->recovered().notes) log(level::warning, note);
  auto kept = quorate::folder_snapshots::open({.directory = o.data + "/snapshots", .cluster = o.cluster_id});
  if (!kept) return complain(kept.error);
  if (auto const why = kept.store->failure(); !why.empty()) log(level::warning, why);
  // It is too large for the stack.
  auto const s = std::make_unique<server<Replica>>(o, *opened.wal, *kept.store, known, log);
  return s->run();
}
inline int serve(serve_options o) {
  give_freed_memory_back();
  auto const shares =
      share_descriptors(raised_descriptor_limit(), o.limit.max_clients, o.limit.operators, o.cluster.size() - 1);
  event_log log{"kv " + std::to_string(o.id.value)};
  if (!shares.note.empty()) log(level::warning, shares.note);
  if (!shares.wrong.empty()) return log(level::error, shares.wrong), 1;
  o.limit.max_clients = shares.clients;
  o.peer_guests = shares.guests;
  return o.protocol == protocol::raft ? serve_with<raft_replica>(o, log) : serve_with<multi_paxos_replica>(o, log);
}

} // namespace kv
