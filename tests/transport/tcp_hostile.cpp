#include "harness.hpp"

#include <random>

namespace quorate::test {
namespace {

// Two nodes that talk, and strangers at the first one's port.
struct besieged {
  asio::io_context io{1};
  party a{io, 1, 3};
  party b{io, 2, 3};
  party ghost{io, 3, 3}; // in the configuration; played by bare sockets

  besieged() {
    a.options.max_frame_bytes = 1u << 20;
    a.options.handshake_timeout = 300ms;
    a.open();
    b.open();
    introduce({&a, &b});
    REQUIRE(meshed(io, {&a, &b}));
  }

  // The siege has cost the two nothing.
  void still_talk() {
    auto const before = a.got.size();
    REQUIRE(a.connected(2));
    REQUIRE(b.send(1, "still here"));
    REQUIRE(until(io, [&] { return a.got.size() == before + 1; }));
    CHECK(a.got.back().bytes == "still here");
    CHECK(a.status(2).counters.connects == 1);
    CHECK(b.status(1).counters.connects == 1);
  }
};

} // namespace

TEST_CASE_FIXTURE(besieged, "every prefix of a real hello, left there, costs only that connection") {
  auto const whole = hello_bytes(hello_from(ghost, 1));
  for (std::size_t n = 0; n < whole.size(); ++n) {
    bare half{io};
    half.dial(a.at());
    half.say(std::span{whole}.first(n));
    half.socket.shutdown(asio::ip::tcp::socket::shutdown_send);
    CHECK(half.hangs_up());
  }
  CHECK_FALSE(a.status(3).hearing);
  still_talk();
}

TEST_CASE_FIXTURE(besieged, "every prefix of a real hello, followed by garbage, costs only that connection") {
  std::mt19937 random{7};
  auto const whole = hello_bytes(hello_from(ghost, 1));
  for (std::size_t n = 0; n < whole.size(); ++n) {
    auto bytes = whole;
    bytes[n] ^= static_cast<std::byte>(1 + random() % 255);
    for (std::size_t i = n + 1; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(random());
    bare liar{io};
    liar.dial(a.at());
    liar.say(bytes);
    liar.socket.shutdown(asio::ip::tcp::socket::shutdown_send);
    CHECK(liar.hangs_up());
  }
  still_talk();
}

TEST_CASE_FIXTURE(besieged, "random bytes cost only their connection and do not fill the log") {
  std::mt19937 random{1234};
  auto const lines = a.lines.size();
  for (int i = 0; i < 300; ++i) {
    std::vector<std::byte> noise(1 + random() % 3000);
    for (auto& x : noise) x = static_cast<std::byte>(random());
    bare one{io};
    one.dial(a.at());
    one.say(noise);
    one.socket.shutdown(asio::ip::tcp::socket::shutdown_send);
    CHECK(one.hangs_up());
  }
  CHECK(a.net->refused() == 300);
  CHECK(a.lines.size() <= lines + 3); // cut short, reset, or not a handshake: each said once
  still_talk();
}

TEST_CASE_FIXTURE(besieged, "random bytes in the place of frames cost only that connection") {
  std::mt19937 random{99};
  for (int i = 0; i < 50; ++i) {
    bare liar{io};
    pass_for(liar, ghost, a);
    std::vector<std::byte> noise(8 + random() % 3000);
    for (auto& x : noise) x = static_cast<std::byte>(random());
    noise[3] |= std::byte{0x80}; // else some would be frames, as far as anybody can tell
    liar.say(noise);
    CHECK(liar.hangs_up());
  }
  CHECK(a.times("we refuse it: expected a frame of 1 to 1048576 bytes") == 50);
  CHECK(a.got.empty());
  still_talk();
}

TEST_CASE_FIXTURE(besieged,
                  "a frame of no bytes or of too many ends the connection with a reason, on both sides") {
  bare liar{io};
  pass_for(liar, ghost, a);
  liar.say(frame_bytes(2, "ok"));
  REQUIRE(until(io, [&] { return a.got.size() == 1; }));
  std::string reason;
  SUBCASE("none") {
    liar.say(frame_bytes(0, ""));
    reason = "expected a frame of 1 to 1048576 bytes, but got one of 0; run the same build on both nodes";
  }
  SUBCASE("one too many") {
    liar.say(frame_bytes((1u << 20) + 1, "x"));
    reason = "expected a frame of 1 to 1048576 bytes, but got one of 1048577; run the same build on both nodes";
  }
  auto const answer = liar.hear(1000);
  CHECK(liar.closed);
  CHECK(a.times("a connection from node 3 at 127.0.0.1: we refuse it: " + reason) == 1);
  REQUIRE(answer.size() > tcp::record_head_bytes);
  CHECK(text_of(std::span{answer}.subspan(tcp::record_head_bytes)) == reason);
  CHECK(a.got.size() == 1);
  still_talk();
}

TEST_CASE_FIXTURE(besieged, "whoever is turned away while still sending hears the reason all the same") {
  party d{io, 3, 3};
  d.options.handshake_timeout = 1h;
  d.open();
  bare liar{io};
  pass_for(liar, b, d);
  liar.say(frame_bytes(0, ""));
  liar.say(std::string(10'000'000, 'x')); // more than the systems take without d's help
  CHECK_FALSE(liar.cut);                  // a reset could overtake the reason
  auto const answer = liar.hear(1000);
  REQUIRE(answer.size() > tcp::record_head_bytes);
  CHECK(text_of(std::span{answer}.subspan(tcp::record_head_bytes)).starts_with("expected a frame of 1 to"));
}

TEST_CASE_FIXTURE(besieged, "a length that is only announced allocates nothing") {
  bare liar{io};
  pass_for(liar, ghost, a);
  REQUIRE(until(io, [&] { return a.status(3).hearing; }));
  for_a_while(io, 20ms);
  heap_reset();
  liar.say(frame_bytes(1u << 20, "x")); // as large as it may be, but it does not come
  REQUIRE(until(io, [&] { return a.status(3).counters.bytes_in == 5; }));
  for_a_while(io, 20ms);
  CHECK(heap_largest_since_reset() < 10'000);
  liar.say(std::string(300'000, 'x'));
  REQUIRE(until(io, [&] { return a.status(3).counters.bytes_in == 300'005; }));
  CHECK(heap_largest_since_reset() <= 2 * (300'005 + 65'536));
  heap_reset();
  bare second{io};
  pass_for(second, ghost, a); // takes the first one's place
  second.say(frame_bytes(0xffffffff, "x"));
  CHECK(second.hangs_up());
  CHECK(heap_largest_since_reset() < 100'000);
  still_talk();
}

TEST_CASE_FIXTURE(besieged, "connections that say nothing are few and short") {
  std::vector<std::unique_ptr<bare>> mute;
  for (int i = 0; i < 100; ++i) {
    mute.push_back(std::unique_ptr<bare>{new bare{io}});
    mute.back()->dial(a.at());
    io.poll();
  }
  still_talk();
  for (auto& m : mute) CHECK(m->hangs_up());
  CHECK(a.times("the handshake took too long") == 1);
  still_talk();
}

TEST_CASE_FIXTURE(besieged, "when too many say nothing the oldest goes, so that a peer still gets in") {
  party d{io, 3, 3};
  d.options.handshake_timeout = 1h;
  d.open();
  std::vector<std::unique_ptr<bare>> mute;
  for (int i = 0; i < 70; ++i) {
    mute.push_back(std::unique_ptr<bare>{new bare{io}});
    mute.back()->dial(d.at());
    for_a_while(io, 1ms);
  }
  bare peer{io};
  pass_for(peer, b, d);
  CHECK(until(io, [&] { return d.status(2).hearing; }));
  for (std::size_t i = 0; i < mute.size(); ++i) {
    mute[i]->socket.non_blocking(true);
    std::byte one{};
    std::error_code ec;
    mute[i]->socket.read_some(asio::buffer(&one, 1), ec);
    CHECK((ec == asio::error::would_block) == (i >= 7)); // 70 and the peer, 64 places
  }
}

TEST_CASE_FIXTURE(besieged,
                  "an answerer that is not one of us, mute or noisy, is tried again and costs nothing else") {
  asio::ip::tcp::acceptor other{io, {asio::ip::address_v4::loopback(), 0}};
  other.non_blocking(true);
  a.meet(node_id{3}, other.local_endpoint());
  std::vector<asio::ip::tcp::socket> taken;
  int visits = 0;
  REQUIRE(until(io, [&] {
    std::error_code ec;
    auto s = other.accept(ec);
    if (ec) return visits == 6;
    std::string const noise = "HTTP/1.1 400 Bad Request\r\n\r\n";
    if (++visits % 2 == 0) asio::write(s, asio::buffer(noise), ec);
    taken.push_back(std::move(s));
    return visits == 6;
  }));
  CHECK(a.times("cannot reach node 3") == 1);
  CHECK_FALSE(a.connected(3));
  still_talk();
}

} // namespace quorate::test
