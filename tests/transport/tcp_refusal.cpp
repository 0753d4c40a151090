#include "harness.hpp"

#include "quorate/message/command_fingerprint.hpp"
#include "quorate/message/messages.hpp"
#include "quorate/multi_paxos/node.hpp"
#include "quorate/raft/node.hpp"

#include <algorithm>

namespace quorate::test {
namespace {

// Two nodes that have something against each other: both logs must say why, and however often they try again
// they say it once.
struct misfits {
  asio::io_context io{1};
  party a{io, 1, 2};
  party b{io, 2, 2};
};

// Neither store's id is in it.
constexpr auto other_store =
    "node 2 has come back with another store than node 1 remembers: what it had acknowledged "
    "may be gone; give it its own disk back, or leave it off";

} // namespace

TEST_CASE_FIXTURE(misfits, "a node of another cluster is refused, and both logs say so") {
  b.options.cluster = cluster_id{78};
  a.open();
  b.open();
  introduce({&a, &b});
  auto const to_a = "cluster mismatch: node 2 has 78, node 1 has 77"; // a's words
  auto const to_b = "cluster mismatch: node 1 has 77, node 2 has 78"; // b's words
  REQUIRE(until(io, [&] { return a.lines.size() == 2 && b.lines.size() == 2; }));
  for_a_while(io, 1s);
  for (auto* p : {&a, &b}) {
    CHECK(p->lines.size() == 2);
    CHECK(p->times(to_a) + p->times(to_b) == 2);
    CHECK(p->got.empty());
    CHECK(p->net->refused() > 4);
  }
  CHECK(a.times("we refuse it: cluster mismatch") == 1 + (b.times("it refuses us: cluster mismatch") == 0));
  CHECK_FALSE(a.connected(2));
  CHECK_FALSE(b.connected(1));
}

TEST_CASE_FIXTURE(
    misfits,
    "whoever answers the dialler refuses other protocols, versions and commands, and the dialler hears why") {
  std::string reason;
  SUBCASE("protocol: Raft refuses Multi-Paxos") {
    a.options.protocol = raft::node<>::protocol_name;
    b.options.protocol = multi_paxos::node<>::protocol_name;
    reason =
        "protocol mismatch: node 2 has 'multi-paxos', node 1 has 'raft'; start both nodes with the same protocol";
  }
  SUBCASE("protocol: Multi-Paxos refuses Raft") {
    a.options.protocol = multi_paxos::node<>::protocol_name;
    b.options.protocol = raft::node<>::protocol_name;
    reason =
        "protocol mismatch: node 2 has 'raft', node 1 has 'multi-paxos'; start both nodes with the same protocol";
  }
  SUBCASE("commands") {
    a.options.command_fingerprint = command_fingerprint<messages<std::string>>();
    b.options.command_fingerprint = command_fingerprint<messages<std::uint64_t>>();
    reason = "command mismatch: node 2 has the fingerprint " + tcp::hex(b.options.command_fingerprint) +
             ", node 1 has " + tcp::hex(a.options.command_fingerprint) +
             "; run builds with the same command and extra fields, and let both call wire_of<replica>::describe";
  }
  SUBCASE("protocol version") {
    b.options.protocol_versions = {9, 10};
    reason = "protocol version mismatch: node 2 has 9 to 10, node 1 has 1 to 1; run builds that have a version in "
             "common";
  }
  a.open();
  b.open();
  b.meet(node_id{1}, a.at()); // only b dials
  REQUIRE(until(io, [&] { return !a.lines.empty() && !b.lines.empty(); }));
  for_a_while(io, 500ms);
  REQUIRE(a.lines.size() == 1);
  REQUIRE(b.lines.size() == 1);
  CHECK(a.lines[0] == "a connection from node 2 at 127.0.0.1: we refuse it: " + reason);
  CHECK(b.lines[0] == "node 1 at " + tcp::name_of(a.at()) + ": it refuses us: " + reason);
  CHECK_FALSE(b.connected(1));
}

TEST_CASE_FIXTURE(misfits, "the dialler too refuses whom it reaches, and who answered hears why") {
  a.options.remembered = [](node_id) { return store_id{4711}; };
  a.open();
  b.open();
  a.meet(node_id{2}, b.at()); // only a dials, and only a has an objection
  std::string const reason = other_store;
  REQUIRE(until(io, [&] { return !a.lines.empty() && !b.lines.empty(); }));
  for_a_while(io, 500ms);
  REQUIRE(a.lines.size() == 1);
  REQUIRE(b.lines.size() == 1);
  CHECK(a.lines[0] == "node 2 at " + tcp::name_of(b.at()) + ": we refuse it: " + reason);
  CHECK(b.lines[0] == "a connection from node 1 at 127.0.0.1: it refuses us: " + reason);
  CHECK_FALSE(a.send(2, "x"));
  CHECK_FALSE(b.status(1).hearing);
}

TEST_CASE_FIXTURE(misfits, "a peer whose frame is not taken is hung up on, hears why, and may come again") {
  a.open();
  b.open();
  introduce({&a, &b});
  REQUIRE(meshed(io, {&a, &b}));
  a.hang_up = "it lies";
  REQUIRE(b.send(1, "a lie"));
  REQUIRE(b.send(1, "what is behind a lie"));
  auto const told = [&](party const& p, std::string_view what) {
    return std::ranges::any_of(p.lines, [&](auto const& l) { return l.find(what) != l.npos; });
  };
  CHECK(until(io, [&] { return told(a, "we refuse it: it lies") && told(b, "it refuses us: it lies"); }));
  CHECK(a.net->refused() == 1);
  REQUIRE(until(io, [&] { return b.connected(1); }));
  REQUIRE(b.send(1, "true"));
  REQUIRE(until(io, [&] { return a.got.size() == 2; }));
  CHECK(a.got[0].bytes == "a lie");
  CHECK(a.got[1].bytes == "true");
  CHECK(a.connected(2)); // what goes the other way is another connection
  CHECK(b.status(1).counters.connects == 2);
}

TEST_CASE_FIXTURE(misfits, "a node that is not in the configuration is refused") {
  party c{io, 3, 3};
  a.open();
  c.open();
  c.meet(node_id{1}, a.at());
  REQUIRE(until(io, [&] { return !a.lines.empty() && !c.lines.empty(); }));
  CHECK(a.lines[0] == "a connection from 127.0.0.1: we refuse it: node 3 is not in the configuration of node 1; "
                      "start all nodes with the same list of nodes");
  CHECK(c.times("it refuses us: node 3 is not in the configuration of node 1") == 1);
}

TEST_CASE_FIXTURE(misfits, "two nodes whose addresses were swapped find out") {
  a.open();
  b.open();
  party c{io, 3, 3};
  c.open();
  c.meet(node_id{2}, a.at());
  REQUIRE(until(io, [&] { return !c.lines.empty(); }));
  CHECK(c.times("it refuses us: address mismatch: node 3 looks for node 2 where node 1 is") == 1);
}

TEST_CASE_FIXTURE(misfits, "M8: a node that comes back with a wiped disk is refused by everyone who knew it") {
  a.open();
  b.open();
  introduce({&a, &b});
  REQUIRE(meshed(io, {&a, &b}));
  b.net.reset();
  b.options.store = store_id{0xbad};
  b.options.incarnation = incarnation_id{1};
  b.lines.clear();
  b.open();
  std::string const reason = other_store;
  REQUIRE(until(io, [&] { return a.times(reason) == 2 && b.times(reason) == 2; }));
  for_a_while(io, 1s);
  CHECK_FALSE(a.send(2, "x"));
  CHECK_FALSE(b.connected(1));
  CHECK(a.times(reason) == 2); // one for each direction, not one for each try
  CHECK(b.times(reason) == 2);
  CHECK_FALSE(a.status(2).hearing);
  CHECK(a.status(2).store == store_id{1002});

  b.net.reset(); // the right disk is found again
  b.options.store = store_id{1002};
  b.options.incarnation = incarnation_id{2};
  b.open();
  CHECK(meshed(io, {&a, &b}));
}

TEST_CASE_FIXTURE(misfits, "another format version is told so in the words that every version knows") {
  a.open();
  std::string version;
  SUBCASE("an earlier one") { version = "1"; }
  SUBCASE("a later one") { version = "3"; }
  auto const reason =
      "format mismatch: handshakes of version " + version + " and 2; run builds of quorate with the same version";
  bare other{io};
  other.dial(a.at());
  auto hello = hello_bytes(hello_from(b, 1));
  hello[8] = static_cast<std::byte>(std::stoi(version));
  other.say(hello);
  auto const answer = other.hear(1000);
  CHECK(other.closed);
  REQUIRE(answer.size() > tcp::record_head_bytes);
  CHECK(tcp::parse_head(answer)->kind == tcp::record_kind::refusal);
  CHECK(text_of(std::span{answer}.subspan(tcp::record_head_bytes)) == reason);
  CHECK(a.times(reason) == 1);
}

TEST_CASE_FIXTURE(misfits, "the dialler hears the refusal of another format version") {
  asio::ip::tcp::acceptor door{io, {asio::ip::address_v4::loopback(), 0}};
  a.open();
  a.meet(node_id{2}, door.local_endpoint());
  bare other{io};
  door.non_blocking(true);
  REQUIRE(until(io, [&] {
    std::error_code ec;
    door.accept(other.socket, ec);
    return !ec;
  }));
  std::vector<std::byte> refusal;
  tcp::put_refusal(refusal, "format mismatch: handshakes of version 2 and 1");
  refusal[8] = std::byte{1};
  other.say(refusal);
  CHECK(until(io, [&] { return a.times("it refuses us: format mismatch: handshakes of version 2 and 1") == 1; }));
}

} // namespace quorate::test
