#include "harness.hpp"

#include <random>

namespace quorate::test {
namespace {

struct pair_of_nodes {
  asio::io_context io{1};
  party a{io, 1, 2};
  party b{io, 2, 2};

  void open() {
    a.open();
    b.open();
    introduce({&a, &b});
    REQUIRE(meshed(io, {&a, &b}));
  }
};

} // namespace

TEST_CASE_FIXTURE(pair_of_nodes, "two nodes exchange frames in order, each with its sender and incarnation") {
  b.options.incarnation = incarnation_id{3};
  open();
  CHECK(a.send(2, "one"));
  CHECK(a.send(2, "two"));
  CHECK(b.send(1, "three"));
  REQUIRE(until(io, [&] { return b.got.size() == 2 && a.got.size() == 1; }));
  CHECK(b.got ==
        std::vector<received>{{node_id{1}, incarnation_id{1}, "one"}, {node_id{1}, incarnation_id{1}, "two"}});
  CHECK(a.got == std::vector<received>{{node_id{2}, incarnation_id{3}, "three"}});
  CHECK(a.times("connected to node 2 at 127.0.0.1:") == 1);
  CHECK(a.lines.size() == 1);
}

TEST_CASE("three nodes each hear the two others") {
  asio::io_context io{1};
  party a{io, 1, 3}, b{io, 2, 3}, c{io, 3, 3};
  for (auto* p : {&a, &b, &c}) p->open();
  introduce({&a, &b, &c});
  REQUIRE(meshed(io, {&a, &b, &c}));
  for (auto* p : {&a, &b, &c})
    for (std::uint32_t to = 1; to <= 3; ++to)
      CHECK(p->send(to, "from " + std::to_string(p->options.self.value)) == (node_id{to} != p->options.self));
  REQUIRE(until(io, [&] { return a.got.size() + b.got.size() + c.got.size() == 6; }));
  for (auto* p : {&a, &b, &c}) {
    REQUIRE(p->got.size() == 2);
    for (auto const& r : p->got) CHECK(r.bytes == "from " + std::to_string(r.from.value));
  }
}

TEST_CASE_FIXTURE(pair_of_nodes, "frames leave when they are flushed, and between others that are not, in order") {
  open();
  std::vector<std::string> sent;
  auto const send = [&](std::size_t size) {
    sent.push_back(std::string(size, static_cast<char>('a' + sent.size() % 26)));
    REQUIRE(a.send(2, sent.back()));
  };
  send(10);
  a.net->flush();
  for (std::size_t i = 0; i < 300; ++i) {
    send(1 + i);
    a.net->flush();
    send(100'000);
    if (i % 3 == 0) a.net->flush();
    if (i % 2 == 0) io.poll();
    REQUIRE(until(io, [&] { return b.got.size() + 20 > sent.size(); }));
  }
  REQUIRE(until(io, [&] { return b.got.size() == sent.size(); }));
  for (std::size_t i = 0; i < sent.size(); ++i) REQUIRE(b.got[i].bytes == sent[i]);
}

TEST_CASE_FIXTURE(pair_of_nodes, "a hundred thousand small frames of many sizes arrive as they were sent") {
  open();
  std::mt19937 random{42};
  std::vector<std::string> sent;
  std::size_t bytes = 0;
  for (int i = 0; i < 100'000; ++i) {
    auto const size = 1 + random() % 40;
    sent.push_back(std::string(size, static_cast<char>('a' + i % 26)));
    bytes += size + tcp::frame_head_bytes;
    REQUIRE(a.send(2, sent.back()));
    if (i % 1000 == 0) io.poll();
  }
  REQUIRE(until(io, [&] { return b.got.size() == sent.size(); }));
  bool same = true;
  for (std::size_t i = 0; i < sent.size(); ++i) same = same && b.got[i].bytes == sent[i];
  CHECK(same);
  CHECK(a.status(2).counters.frames_out == sent.size());
  CHECK(b.status(1).counters.frames_in == sent.size());
  CHECK(b.status(1).counters.bytes_in == bytes);
  CHECK(a.status(2).counters.bytes_out == bytes + tcp::record_head_bytes + tcp::confirm_bytes);
  CHECK(a.status(2).queued_bytes == 0);
}

TEST_CASE_FIXTURE(pair_of_nodes, "big frames arrive, up to what the peer takes and not beyond") {
  b.options.max_frame_bytes = 3'000'000;
  open();
  std::string big(3'000'000, '\0');
  for (std::size_t i = 0; i < big.size(); ++i) big[i] = static_cast<char>(i * 2654435761u >> 13);
  CHECK(a.send(2, "before"));
  CHECK(a.send(2, big));
  CHECK_FALSE(a.send(2, big + "x"));
  CHECK_FALSE(a.send(2, ""));
  CHECK(a.send(2, "after"));
  REQUIRE(until(io, [&] { return b.got.size() == 3; }));
  CHECK(b.got[0].bytes == "before");
  CHECK((b.got[1].bytes == big));
  CHECK(b.got[2].bytes == "after");
  CHECK(a.status(2).counters.dropped == 2);
  CHECK(a.status(2).counters.connects == 1);
}

TEST_CASE_FIXTURE(pair_of_nodes, "of a frame that is too large both sizes are told, once for a size") {
  b.options.max_frame_bytes = 1000;
  open();
  CHECK(a.times("node 2 takes frames of at most 1000 bytes, and this node of 16777216") == 1); // when it connects
  CHECK(b.times("takes frames of") == 0);
  for (int i = 0; i < 5; ++i) CHECK_FALSE(a.send(2, std::string(1001, 'x')));
  CHECK(a.times("a frame of 1001 bytes for node 2 was not sent: it takes at most 1000;") == 1);
  for (int i = 0; i < 5; ++i) CHECK_FALSE(a.send(2, std::string(5000, 'x')));
  CHECK(a.times("a frame of 5000 bytes for node 2 was not sent") == 1);
  CHECK(a.times("was not sent") == 2);
  CHECK(a.send(2, std::string(1000, 'x'))); // and nothing else is the worse for it
  REQUIRE(until(io, [&] { return b.got.size() == 1; }));
  CHECK(a.status(2).counters.connects == 1);
  CHECK(a.status(2).counters.dropped == 10);
}

TEST_CASE_FIXTURE(pair_of_nodes,
                  "what is sent before there is a connection is dropped and counted, and not encoded") {
  a.open();
  CHECK_FALSE(a.send(2, "too early"));
  CHECK_FALSE(a.net->send(node_id{2}, [](std::vector<std::byte>&) { FAIL("encoded for nobody"); }));
  CHECK(a.status(2).counters.dropped == 2);
  CHECK_FALSE(a.send(1, "to myself"));
  CHECK_FALSE(a.send(9, "to nobody"));
}

TEST_CASE_FIXTURE(pair_of_nodes, "an encoder that throws leaves no part of its frame behind") {
  open();
  CHECK(a.send(2, "one"));
  CHECK_THROWS_AS(a.net->send(node_id{2},
                              [](std::vector<std::byte>& out) {
                                out.resize(out.size() + 100);
                                throw 1;
                              }),
                  int);
  CHECK(a.send(2, "two"));
  REQUIRE(until(io, [&] { return b.got.size() == 2; }));
  CHECK(b.got[1].bytes == "two");
}

TEST_CASE_FIXTURE(pair_of_nodes, "an address in use is an error of start, and nothing stays open") {
  a.open();
  b.options.peers[node_id{2}] = a.at();
  party::transport t{b.options, io, [](auto...) { return std::string{}; }, [](std::string) {}};
  CHECK(t.start() == asio::error::address_in_use);
  CHECK(t.local_endpoint() == tcp::endpoint{});
  b.options.peers.erase(node_id{2});
  party::transport u{b.options, io, [](auto...) { return std::string{}; }, [](std::string) {}};
  CHECK(u.start() == std::errc::invalid_argument);
}

TEST_CASE_FIXTURE(pair_of_nodes, "closed with everything pending, it calls nobody and the loop runs dry") {
  open();
  for (int i = 0; i < 1000; ++i) {
    a.send(2, std::string(10'000, 'x'));
    b.send(1, std::string(10'000, 'y'));
  }
  io.poll_one();
  a.net->close();
  b.net->close();
  auto const frames = a.got.size() + b.got.size();
  auto const lines = a.lines.size() + b.lines.size();
  io.restart();
  io.run(); // returns because nothing is left to wait for
  CHECK(a.got.size() + b.got.size() == frames);
  CHECK(a.lines.size() + b.lines.size() == lines);
  CHECK_FALSE(a.send(2, "too late"));
  CHECK_FALSE(a.connected(2));
}

TEST_CASE("destroyed while dialling, waiting and shaking hands, nothing touches what is gone") {
  asio::io_context io{1};
  party a{io, 1, 4};
  a.open();
  asio::ip::tcp::acceptor silent{io, {asio::ip::address_v4::loopback(), 0}};
  a.meet(node_id{2}, silent.local_endpoint());               // takes the connection, says nothing
  a.meet(node_id{3}, {asio::ip::address_v4::loopback(), 1}); // refuses it
  bare stranger{io};
  stranger.dial(a.at());
  stranger.say(std::string_view{"quo"});
  for_a_while(io, 100ms);
  a.net.reset();
  io.restart();
  io.run();
  CHECK(a.lines.size() == 1);
}

TEST_CASE_FIXTURE(pair_of_nodes, "a handler may close the transport that called it") {
  open();
  SUBCASE("the frame handler, with more frames behind") {
    b.on_frame = [&] { b.net->close(); };
    for (int i = 0; i < 10; ++i) a.send(2, "x");
    REQUIRE(until(io, [&] { return !b.got.empty(); }));
    for_a_while(io, 50ms);
    CHECK(b.got.size() == 1);
  }
  SUBCASE("the log handler, told of a loss") {
    b.on_line = [&] { b.net->close(); };
    a.net->close();
    REQUIRE(until(io, [&] { return b.lines.size() == 2; }));
    for_a_while(io, 50ms);
    CHECK(b.lines.size() == 2);
  }
  SUBCASE("the log handler, told of a restart in the middle of a handshake") {
    b.on_line = [&] { b.net->close(); };
    bare again{io};
    a.options.incarnation = incarnation_id{2};
    pass_for(again, a, b);
    CHECK(again.hangs_up());
    CHECK(b.times("it has restarted") == 1);
  }
}

} // namespace quorate::test
