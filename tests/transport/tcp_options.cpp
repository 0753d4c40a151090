// Every number that a transport is told is refused with a sentence that names it, or works: two nodes connect, and
// a frame comes through.
#include "support/rows.hpp"
#include "transport/harness.hpp"

#include <cstdint>
#include <limits>

namespace quorate::test {
namespace {

// What the log of the first node said when it would not start; empty: the two have met.
std::string outcome_of(std::function<void(tcp_options&)> const& change) {
  asio::io_context io{1};
  party a{io, 1, 2}, b{io, 2, 2};
  for (auto* p : {&a, &b}) change(p->options);
  if (!misfit(a.options).empty()) {
    std::string said;
    auto const log = [&](std::string line) { said = std::move(line); };
    auto const frame = [](node_id, incarnation_id, std::span<std::byte const>) {};
    tcp_transport t{a.options, io, frame, log};
    CHECK(t.start() == std::errc::invalid_argument);
    CHECK(t.local_endpoint() == tcp::endpoint{});
    CHECK(said == misfit(a.options));
    return said;
  }
  a.open();
  b.open();
  introduce({&a, &b});
  CHECK(meshed(io, {&a, &b}));
  CHECK(a.send(2, "x"));
  CHECK(until(io, [&] { return b.got.size() == 1; }));
  return {};
}

// Goes through 0, 1, the default and the largest; returns which work, as "0", "1", "d", "m".
template <class Set>
std::string those_that_work(std::string const& name, auto number, Set&& set) {
  std::string works;
  std::size_t i = 0;
  for (auto const value : tried_values(number)) {
    CAPTURE(name);
    CAPTURE(value);
    auto const said = outcome_of([&](tcp_options& o) { set(o, value); });
    if (said.empty())
      works += "01dm"[i];
    else
      CHECK_MESSAGE((said.find("tcp_options::" + name) == 0 && said.find("expected") != said.npos), said);
    ++i;
  }
  return works;
}

TEST_CASE("tcp_options: each number is refused by name, or works") {
  tcp_options const usual{};
  // A new field does not compile without a row.
  auto const& [cluster, self, store, incarnation, protocol, protocol_versions, fingerprint, peers, max_frame_bytes,
               max_queued_bytes, max_guests, backoff_min, backoff_max, handshake_timeout, stall_timeout,
               jitter_seed, remembered, remember] = usual;
  (void)cluster, (void)self, (void)store, (void)incarnation, (void)protocol, (void)peers, (void)remembered;
  (void)remember;
  using u64 = std::uint64_t;
  using o = tcp_options;
  CHECK(those_that_work("cluster", u64{77}, [](o& t, u64 v) { t.cluster = cluster_id{v}; }) == "01dm");
  CHECK(those_that_work("store", u64{8}, [](o& t, u64 v) { t.store = store_id{v}; }) == "01dm");
  auto const incarnation_is = [](o& t, u64 v) { t.incarnation = incarnation_id{v}; };
  CHECK(those_that_work("incarnation", u64{1}, incarnation_is) == "01dm");
  auto const [least, greatest] = protocol_versions; // of both alike; the other number stays 1
  CHECK(those_that_work("protocol_versions", least,
                        [](o& t, std::uint32_t v) { t.protocol_versions.least = v; }) == "01d");
  CHECK(those_that_work("protocol_versions", greatest,
                        [](o& t, std::uint32_t v) { t.protocol_versions.greatest = v; }) == "1dm");
  CHECK(those_that_work("command_fingerprint", fingerprint, // of both alike
                        [](o& t, u64 v) { t.command_fingerprint = v; }) == "01dm");
  CHECK(those_that_work("max_", max_frame_bytes, [](o& t, std::uint32_t v) { t.max_frame_bytes = v; }) == "1d");
  CHECK(those_that_work("max_queued_bytes", max_queued_bytes,
                        [](o& t, std::size_t v) { t.max_queued_bytes = v; }) == "dm");
  CHECK(those_that_work("max_guests", max_guests, [](o& t, std::size_t v) { t.max_guests = v; }) == "1dm");
  CHECK(those_that_work("jitter_seed", jitter_seed, [](o& t, u64 v) { t.jitter_seed = v; }) == "01dm");
  using ms = std::chrono::milliseconds;
  CHECK(those_that_work("backoff_m", backoff_min.count(), [](o& t, auto v) { t.backoff_min = ms{v}; }) == "1d");
  CHECK(those_that_work("backoff_max", backoff_max.count(), [](o& t, auto v) { t.backoff_max = ms{v}; }) == "d");
  CHECK(those_that_work("handshake_timeout", handshake_timeout.count(),
                        [](o& t, auto v) { t.handshake_timeout = ms{v}; }) == "1d");
  CHECK(those_that_work("stall_timeout", stall_timeout.count(), [](o& t, auto v) { t.stall_timeout = ms{v}; }) ==
        "01d");
}

TEST_CASE("tcp_options: who this is must be one of the nodes, and no node is 0") {
  tcp_options o;
  o.self = node_id{3};
  o.peers[node_id{1}] = {};
  CHECK(misfit(o) == "tcp_options::self is 3: expected one of the nodes in tcp_options::peers");
  o.self = node_id{0};
  o.peers[node_id{0}] = {};
  CHECK(misfit(o).find("tcp_options::peers names a node 0: expected") == 0);
}

TEST_CASE("tcp_options: the least version stands before the greatest") {
  tcp_options o;
  o.self = node_id{1};
  o.peers[o.self] = {};
  o.protocol_versions = {3, 2};
  CHECK(misfit(o) == "tcp_options::protocol_versions is 3 to 2: expected the least version, then the greatest");
}

} // namespace
} // namespace quorate::test
