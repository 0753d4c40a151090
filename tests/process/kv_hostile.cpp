// What one peer of three may do to the others, with real processes: a thousand hellos that are never confirmed,
// and a table of frames (hostile_frames.hpp), said to the leader and to a follower in the name of a node whose
// process was killed. Each frame is heard or closes the connection with its sentence. No node stops, no term
// moves, memory stays bounded, and the node itself is let in again.
//
//   kv_hostile PROGRAM PROTOCOL
#include "hostile_frames.hpp"

#include "../../examples/kv/cluster.hpp"

#include "quorate/storage/file_wal.hpp"
#include "quorate/transport/known_stores.hpp"
#include "quorate/transport/tcp.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <functional>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using namespace quorate;
using namespace quorate::test;
using namespace std::chrono_literals;
using clock_type = std::chrono::steady_clock;

int wrong = 0;
void expect(bool good, std::string const& what) {
  std::printf("%s: %s\n", good ? "ok" : "WRONG", what.c_str());
  std::fflush(stdout);
  if (!good) ++wrong;
}

std::string told(kv::cluster const& c, std::size_t node, std::string_view what) {
  kv::client client{2s};
  return client.connect(c.port(node)) ? kv::ask_info(client, what).value_or("") : "";
}
bool writes(kv::cluster const& c, std::size_t node) {
  kv::client client{5s};
  auto const r = client.connect(c.port(node)) ? client.call({"SET", "a", "1"}) : std::nullopt;
  return r && r->text == "OK";
}
std::uint64_t resident_kib(kv::cluster& c, std::size_t node) {
  std::ifstream in{"/proc/" + std::to_string(c.node(node).pid()) + "/status"};
  for (std::string word; in >> word;)
    if (std::uint64_t kib = 0; word == "VmRSS:" && in >> kib) return kib;
  throw std::runtime_error{"/proc tells no VmRSS of node " + std::to_string(node + 1)};
}
template <class Done>
bool soon(Done&& done, std::chrono::milliseconds patience = 10s) {
  for (auto const until = clock_type::now() + patience; clock_type::now() < until;) {
    if (done()) return true;
    std::this_thread::sleep_for(5ms);
  }
  return done();
}

// Speaks as a node whose process is dead, with its store: what an honest transport lets through, but any frame.
class impostor {
public:
  explicit impostor(tcp_options const& o) : net_{o, io_, ignore{}, note{this}} {
    if (auto const error = net_.start()) throw std::runtime_error{"the impostor can't listen: " + error.message()};
  }
  void greet(node_id to) {
    if (!run_until([&] { return net_.connected(to); }, 10s))
      throw std::runtime_error{"node " + std::to_string(to.value) + " lets nobody in: " + last_};
  }
  // What the connection was closed with; empty if it stays.
  std::string say(node_id to, hostile_frame const& f) {
    greet(to);
    last_.clear();
    auto const connects = net_.status(to).counters.connects;
    if (!net_.send(to, f.bytes)) throw std::runtime_error{f.name + ": was not sent"};
    net_.flush();
    auto const closed = [&] { return !net_.connected(to) || net_.status(to).counters.connects != connects; };
    bool const ended = run_until(closed, f.closes.empty() ? 60ms : 5000ms);
    return ended && last_.empty() ? "closed without a word" : last_;
  }

private:
  struct ignore {
    void operator()(node_id, incarnation_id, std::span<std::byte const>) const {}
  };
  struct note {
    impostor* self;
    void operator()(std::string const& line) const {
      if (line.find("refuses us") != std::string::npos) self->last_ = line;
    }
  };
  template <class Done>
  bool run_until(Done&& done, std::chrono::milliseconds patience) {
    auto const until = clock_type::now() + patience;
    while (!done() && clock_type::now() < until) io_.run_one_until(std::min(until, clock_type::now() + 10ms));
    return done();
  }
  asio::io_context io_{1};
  std::string last_{};
  tcp_transport<ignore, note> net_;
};

template <class Replica>
class siege {
public:
  siege(std::string const& program, std::string protocol) : c_{program, {"--protocol", std::move(protocol)}} {}

  void run() {
    c_.start(0), c_.start(1);
    auto const leader = c_.leader(20s);
    if (!leader) throw std::runtime_error{"no node leads, before anything was done"};
    leader_ = *leader, liar_ = 2, other_ = 1 - leader_;
    expect(writes(c_, other_), "two nodes serve");
    bool const of_raft = Replica::core_type::rewrites == false;
    expect(told(c_, leader_, "peer3").ends_with(of_raft ? ",state=probe" : ",state=replicate"),
           "what the leader knows of the third: " + told(c_, leader_, "peer3"));
    c_.start(liar_);
    std::optional<store_id> known;
    auto const met = [&] {
      known = known_stores{c_.data(leader_)}.find(id(liar_));
      return known && told(c_, liar_, "leader") == std::to_string(leader_ + 1);
    };
    if (!soon(met)) throw std::runtime_error{"the third node was started, and is not in the cluster"};
    expect(soon([&] { return told(c_, leader_, "peer3").ends_with(",state=replicate"); }),
           "and once it is there: " + told(c_, leader_, "peer3"));
    c_.kill(liar_);
    auto const before = state();
    auto const memory = resident_kib(c_, leader_) + resident_kib(c_, other_);
    unconfirmed(*known);
    frames(*known);
    expect(lives(leader_) && lives(other_), "both are still there");
    expect(state() == before, "the same node leads, in the same term: " + before + ", and " + state());
    expect(writes(c_, leader_) && writes(c_, other_), "both serve");
    auto const grown = resident_kib(c_, leader_) + resident_kib(c_, other_);
    expect(grown < memory + (64u << 10),
           "memory: " + std::to_string(memory) + " KiB, and now " + std::to_string(grown));
    c_.start(liar_);
    expect(soon([&] { return told(c_, liar_, "leader") == std::to_string(leader_ + 1); }),
           "the node itself is let in, and follows");
    expect(soon([&] { return writes(c_, liar_); }), "and serves");
    expect(c_.stop_all(10s), "all stop cleanly");
    if (wrong != 0) c_.show_logs();
  }

private:
  static node_id id(std::size_t place) { return node_id{static_cast<std::uint32_t>(place + 1)}; }
  bool lives(std::size_t place) { return !c_.node(place).wait_for(0ms).has_value(); }
  std::string state() const {
    return told(c_, leader_, "role") + " " + told(c_, leader_, "term") + told(c_, leader_, "ballot") + ", " +
           told(c_, other_, "leader") + " " + told(c_, other_, "term") + told(c_, other_, "ballot");
  }
  tcp_options options(store_id store, incarnation_id life) const {
    tcp_options o;
    o.protocol_versions = {wire_version, wire_version};
    o.cluster = cluster_id{1}, o.self = id(liar_), o.store = store, o.incarnation = life;
    o.protocol = wire_of<Replica>::protocol();
    o.command_fingerprint = command_fingerprint<typename Replica::messages_type>();
    asio::ip::tcp::endpoint const any{asio::ip::address_v4::loopback(), 0};
    o.peers[id(liar_)] = any;
    for (auto const n : {leader_, other_}) o.peers[id(n)] = {any.address(), c_.peer_port(n)};
    o.backoff_min = 1ms, o.backoff_max = 10ms;
    return o;
  }
  // Hellos in the name of the dead node, of a store that it never had and of a life far ahead, whose number nobody
  // sends back.
  void unconfirmed(store_id store) {
    for (auto const n : {leader_, other_}) {
      asio::io_context io{1};
      for (int i = 0; i < 1000; ++i) {
        auto const odd = i % 2 != 0;
        tcp::registry const as{options(odd ? store : store_id{store.value + 1}, incarnation_id{greatest - 1})};
        std::vector<std::byte> hello;
        tcp::put_hello(hello, as.hello_to(id(n)));
        asio::ip::tcp::socket s{io};
        asio::error_code ignored;
        s.connect({asio::ip::address_v4::loopback(), c_.peer_port(n)}, ignored);
        asio::write(s, asio::buffer(hello), ignored);
      }
    }
    expect(writes(c_, leader_) && writes(c_, other_), "a thousand hellos that nobody confirms: both serve");
  }
  void frames(store_id store) {
    // Its next life but for the log, which the node itself will open after us.
    auto opened = file_wal::open({.directory = c_.data(liar_) + "/log",
                                  .cluster = cluster_id{1},
                                  .node = id(liar_),
                                  .protocol = std::string{Replica::core_type::protocol_name} + " 2"});
    if (!opened) throw std::runtime_error{opened.error};
    auto const life = opened.wal->identity().incarnation;
    using core = typename Replica::core_type;
    auto const hard = from_hard_state<typename core::hard_type>(opened.wal->hard());
    if (!hard) throw std::runtime_error{"the dead node's store is of another protocol"};
    auto const t = core{node_index{static_cast<std::uint8_t>(liar_)}, *hard, opened.wal->log()}.era();
    opened.wal.reset();
    impostor liar{options(store, life)};
    std::size_t said = 0, closed = 0;
    for (auto const n : {leader_, other_}) {
      hostile_view const v{t, log_index{kv::as_number(told(c_, n, "last_index"))}, n == leader_,
                           node_index{static_cast<std::uint8_t>(liar_)}};
      for (auto const& f : frames_for(static_cast<Replica const*>(nullptr), v)) {
        auto const why = liar.say(id(n), f);
        bool const good = f.closes.empty() ? why.empty() : why.find(f.closes) != std::string::npos;
        if (!good || !lives(n))
          expect(false, f.name + ", to the " + (v.leads ? "leader" : "follower") + ": expected \"" +
                            std::string{f.closes} + "\", and it was \"" + why + "\"");
        ++said, closed += f.closes.empty() ? 0 : 1;
      }
    }
    expect(said >= 80,
           std::to_string(said) + " frames, of which " + std::to_string(closed) + " end the connection");
  }

  kv::cluster c_;
  std::size_t leader_ = 0, liar_ = 0, other_ = 0;
};

} // namespace

int main(int argc, char** argv) {
  std::string_view const protocol = argc == 3 ? argv[2] : "";
  if (protocol != "raft" && protocol != "multi-paxos") {
    std::fputs("usage: kv_hostile PROGRAM raft|multi-paxos\n", stderr);
    return 2;
  }
  try {
    if (protocol == "raft")
      siege<kv::raft_replica>{argv[1], "raft"}.run();
    else
      siege<kv::multi_paxos_replica>{argv[1], "multi-paxos"}.run();
  } catch (std::exception const& e) {
    std::fprintf(stderr, "kv_hostile: %s\n", e.what());
    return 1;
  }
  return wrong == 0 ? 0 : 1;
}
