#include "harness.hpp"

#include <algorithm>

namespace quorate::test {
namespace {

struct trio {
  asio::io_context io{1};
  party a{io, 1, 3}, b{io, 2, 3}, c{io, 3, 3};

  trio() {
    for (auto* p : {&a, &b, &c}) p->options.max_queued_bytes = 1u << 20, p->options.max_frame_bytes = 1u << 19;
  }

  void open() {
    for (auto* p : {&a, &b, &c}) p->open();
    introduce({&a, &b, &c});
    REQUIRE(meshed(io, {&a, &b, &c}));
  }
};

// Answers at node 2's address by hand, and reads only when told to: a process that was stopped.
struct sleeper {
  asio::io_context& io;
  asio::ip::tcp::acceptor door{io, {asio::ip::address_v4::loopback(), 0}};
  bare line{io};

  void wake_for(party& caller, party const& played) {
    caller.meet(played.options.self, door.local_endpoint());
    visit();
    greet(caller, played);
  }

  // Somebody has dialled.
  void visit() {
    door.non_blocking(true);
    line.socket = asio::ip::tcp::socket{io};
    REQUIRE(until(io, [&] {
      std::error_code ec;
      door.accept(line.socket, ec);
      return !ec;
    }));
  }

  void greet(party const& caller, party const& played) {
    auto const name = caller.options.protocol.size();
    line.hear(tcp::record_head_bytes + tcp::hello_fixed_bytes + name);
    line.say(hello_bytes(hello_from(played, caller.options.self.value)));
    REQUIRE(line.hear(tcp::record_head_bytes + tcp::confirm_bytes) == confirm_bytes(0));
  }

  std::string frame() {
    auto const head = line.hear(tcp::frame_head_bytes);
    return head.size() < tcp::frame_head_bytes ? "" : text_of(line.hear(tcp::get<std::uint32_t>(head)));
  }
};

std::string numbered(int i, std::size_t size) {
  auto s = std::to_string(i) + " ";
  s.resize(size, '.');
  return s;
}

} // namespace

TEST_CASE_FIXTURE(trio, "a node that was closed and opened again is found again, with its new incarnation") {
  open();
  for (int life = 2; life <= 4; ++life) {
    b.net.reset();
    REQUIRE(until(io, [&] { return !a.connected(2) && !c.connected(2); }));
    CHECK_FALSE(a.send(2, "to nobody"));
    CHECK(a.send(3, "meanwhile"));
    b.options.incarnation = incarnation_id{static_cast<std::uint64_t>(life)};
    b.open();
    REQUIRE(meshed(io, {&a, &b, &c}));
    a.got.clear();
    CHECK(b.send(1, "back"));
    REQUIRE(until(io, [&] { return a.got.size() == 1; }));
    CHECK(a.got[0] == received{node_id{2}, b.options.incarnation, "back"});
  }
  CHECK(a.status(2).counters.connects == 4);
  CHECK(a.times("lost node 2") == 3);
  CHECK(a.times("connected to node 2") == 4);
  CHECK(a.times("node 3") == 1); // the others have noticed nothing
}

TEST_CASE_FIXTURE(trio, "a node that stays away is one line in the log, however often it is dialled") {
  open();
  auto const before = a.lines.size();
  b.net.reset();
  for_a_while(io, 1500ms);
  CHECK(a.lines.size() == before + 1);
  CHECK(a.lines.back().starts_with("lost node 2 at 127.0.0.1:"));
}

TEST_CASE_FIXTURE(trio, "a node that is not there yet is one line too, and is met when it comes") {
  a.open();
  b.open();
  introduce({&a, &b});
  auto const address = b.at();
  b.net.reset();
  for_a_while(io, 1s);
  CHECK(a.times("cannot reach node 2") + a.times("lost node 2") == 1);
  b.open();
  CHECK(b.at() == address);
  CHECK(meshed(io, {&a, &b}));
}

TEST_CASE_FIXTURE(trio,
                  "a node that vanished without a word and comes back replaces its earlier incarnation at once") {
  a.open();
  sleeper old{io}; // never closes: the cable was pulled
  old.wake_for(a, b);
  bare old_out{io};
  pass_for(old_out, b, a);
  old_out.say(frame_bytes(5, "early"));
  REQUIRE(until(io, [&] { return a.got.size() == 1; }));

  bare new_out{io};
  b.options.incarnation = incarnation_id{2};
  pass_for(new_out, b, a);
  REQUIRE(until(io, [&] { return a.status(2).incarnation == incarnation_id{2}; }));
  old_out.say(frame_bytes(4, "late"));
  new_out.say(frame_bytes(3, "now"));
  REQUIRE(until(io, [&] { return a.got.size() == 2; }));
  for_a_while(io, 50ms);
  CHECK(a.got.size() == 2);
  CHECK(a.got[1] == received{node_id{2}, incarnation_id{2}, "now"});
  CHECK(old_out.hangs_up());
  CHECK(old.line.hangs_up()); // what we had dialled was to the dead one
  CHECK(a.times("it has restarted") == 1);

  bare ghost{io};
  b.options.incarnation = incarnation_id{1};
  ghost.dial(a.at());
  ghost.say(hello_bytes(hello_from(b, 1)));
  CHECK(ghost.hangs_up());
  CHECK(a.times("node 2 of incarnation 1 was superseded by 2") == 1);
  CHECK(a.status(2).hearing); // the one that was let in stays
}

TEST_CASE_FIXTURE(trio, "a slow handshake of an earlier incarnation does not replace a later one") {
  a.open();
  bare slow{io};
  auto const answer = greet_as(slow, b, a);
  REQUIRE(answer);
  b.options.incarnation = incarnation_id{2};
  bare quick{io};
  pass_for(quick, b, a);
  REQUIRE(until(io, [&] { return a.status(2).hearing; }));
  slow.say(confirm_bytes(answer->nonce));
  slow.say(frame_bytes(3, "old"));
  CHECK(slow.hangs_up());
  quick.say(frame_bytes(3, "new"));
  REQUIRE(until(io, [&] { return !a.got.empty(); }));
  CHECK(a.got == std::vector<received>{{node_id{2}, incarnation_id{2}, "new"}});
}

TEST_CASE_FIXTURE(trio, "the same incarnation that dials again takes its own earlier connection's place") {
  a.open();
  bare first{io}, second{io};
  pass_for(first, b, a);
  REQUIRE(until(io, [&] { return a.status(2).hearing; }));
  pass_for(second, b, a);
  CHECK(first.hangs_up());
  second.say(frame_bytes(2, "hi"));
  REQUIRE(until(io, [&] { return a.got.size() == 1; }));
  CHECK(a.status(2).hearing);
}

TEST_CASE_FIXTURE(
    trio, "a peer that stops reading costs memory up to the limit, then drops, and all is well when it reads") {
  std::size_t const limit = 4u << 20;
  a.options.max_queued_bytes = limit;
  a.options.stall_timeout = 10min;
  a.open();
  c.open();
  introduce({&a, &c});
  sleeper s{io};
  s.wake_for(a, b);
  REQUIRE(until(io, [&] { return a.connected(2) && a.connected(3); }));
  auto const live = heap_live_bytes();
  std::size_t peak = 0;
  int sent = 0, last = -1;
  for (int i = 0; i < 1000; ++i) { // 64 MB
    if (a.send(2, numbered(i, 64'000))) ++sent, last = i;
    CHECK(a.send(3, "tick"));
    io.poll();
    CHECK(a.status(2).queued_bytes <= limit);
    peak = std::max(peak, heap_live_bytes() - live);
  }
  CHECK(peak < 5 * limit); // two buffers of up to twice the limit, and what c got
  for (int i = 1000; a.send(2, numbered(i, 64'000)); ++i) ++sent, last = i;
  CHECK(a.status(2).queued_bytes > limit - 64'004);
  CHECK(a.status(2).counters.frames_out == static_cast<std::uint64_t>(sent));
  CHECK(a.status(2).counters.dropped > 0);
  REQUIRE(until(io, [&] { return c.got.size() == 1000; }));

  int before = -1; // it goes on: whole frames, in order, those that were taken
  for (int n = 0; n < sent; ++n) {
    auto const f = s.frame();
    REQUIRE(f.size() == 64'000);
    int const i = std::stoi(f);
    CHECK(i > before);
    before = i;
  }
  CHECK(before == last);
  CHECK(a.send(2, "awake"));
  CHECK(s.frame() == "awake");
  CHECK(a.status(2).counters.connects == 1);
  CHECK(until(io, [&] { return a.status(2).queued_bytes == 0; }));
  CHECK(heap_live_bytes() - live < limit); // and the memory was given back
}

TEST_CASE_FIXTURE(trio, "a peer whose system takes nothing for too long is given up and dialled anew") {
  a.options.stall_timeout = 300ms;
  a.open();
  sleeper s{io};
  s.wake_for(a, b);
  REQUIRE(until(io, [&] { // what its system and ours take without its help
    while (a.send(2, numbered(0, 64'000))) {}
    return a.status(2).counters.dropped > 0 && !a.connected(2);
  }));
  CHECK(a.times("lost node 2") == 1);
  s.visit();
}

TEST_CASE_FIXTURE(trio, "for a queue that is full to the last byte nothing more is encoded") {
  a.options.max_queued_bytes = 1000, a.options.max_frame_bytes = 996;
  a.open();
  sleeper s{io};
  s.wake_for(a, b);
  REQUIRE(until(io, [&] { return a.status(2).queued_bytes == 0; }));
  CHECK_FALSE(a.send(2, std::string(997, 'x')));
  CHECK(a.send(2, std::string(996, 'x')));
  CHECK(a.status(2).queued_bytes == 1000);
  CHECK_FALSE(a.net->send(node_id{2}, [](std::vector<std::byte>&) { FAIL("encoded in vain"); }));
  CHECK(s.frame().size() == 996);
}

TEST_CASE_FIXTURE(trio, "the back-off doubles up to its bound, and starts anew only after a link that lasted") {
  a.options.backoff_min = 20ms;
  a.options.backoff_max = 400ms;
  a.open();
  sleeper s{io};
  a.meet(node_id{2}, s.door.local_endpoint());
  auto const waited = [&] {
    auto const from = std::chrono::steady_clock::now();
    s.visit();
    return std::chrono::steady_clock::now() - from;
  };
  waited();
  for (auto least : {10ms, 20ms, 40ms, 80ms, 160ms, 200ms, 200ms}) {
    s.line.socket.close();
    CHECK(waited() >= least - 1ms);
  }
  s.greet(a, b);
  s.line.socket.close();
  CHECK(waited() >= 199ms); // up, but not for long
  s.greet(a, b);
  for_a_while(io, 450ms);
  s.line.socket.close();
  CHECK(waited() < 150ms);
}

TEST_CASE_FIXTURE(trio, "a peer that dials us is dialled at once, whatever is left of the back-off") {
  a.options.backoff_min = a.options.backoff_max = 1h;
  a.open();
  sleeper s{io};
  a.meet(node_id{2}, s.door.local_endpoint());
  s.visit();
  s.line.socket.close();
  for_a_while(io, 20ms);
  bare in{io};
  pass_for(in, b, a);
  s.visit();
  s.greet(a, b);
  CHECK(until(io, [&] { return a.connected(2); }));
}

TEST_CASE_FIXTURE(trio, "what one turn of the loop sends goes out as one write, in order") {
  a.open();
  sleeper s{io};
  s.wake_for(a, b);
  REQUIRE(
      until(io, [&] { return a.status(2).counters.bytes_out == tcp::record_head_bytes + tcp::confirm_bytes; }));
  for (int i = 0; i < 10; ++i) REQUIRE(a.send(2, numbered(i, 100)));
  CHECK(a.status(2).queued_bytes == 1040);
  REQUIRE(until(io, [&] { return a.status(2).queued_bytes < 1040; }));
  CHECK(a.status(2).counters.bytes_out == tcp::record_head_bytes + tcp::confirm_bytes + 1040);
  for (int i = 0; i < 10; ++i) CHECK(s.frame() == numbered(i, 100));
}

TEST_CASE_FIXTURE(trio, "frames that were queued when the connection went are counted as lost") {
  a.open();
  {
    sleeper s{io};
    s.wake_for(a, b);
    for (int i = 0; i < 200; ++i) {
      a.send(2, numbered(i, 64'000));
      io.poll();
    }
    REQUIRE(a.status(2).queued_bytes > 0);
  }
  REQUIRE(until(io, [&] { return !a.connected(2); }));
  CHECK(a.status(2).counters.lost > 0);
  CHECK(a.status(2).queued_bytes == 0);
}

} // namespace quorate::test
