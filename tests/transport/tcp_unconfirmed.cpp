// Scenario K3: what a hello may not do before its sender has sent back the number of our answer.
#include "harness.hpp"

#include <algorithm>

namespace quorate::test {
namespace {

// A node that knows nobody yet, the honest node 2, and strangers that say they are node 2: with another store and
// the last of all incarnations.
struct lied_to {
  asio::io_context io{1};
  party a{io, 1, 3};
  party b{io, 2, 3};
  party liar{io, 2, 3};
  std::vector<std::pair<node_id, store_id>> remembered{};
  std::vector<std::unique_ptr<bare>> strangers{};

  lied_to() {
    liar.options.store = store_id{0xbad};
    liar.options.incarnation = incarnation_id{~std::uint64_t{0}};
    a.options.handshake_timeout = 300ms;
    a.options.remember = [this](node_id n, store_id s) { remembered.emplace_back(n, s); };
    a.open();
  }

  // Says hello as the liar, and hears the answer.
  std::optional<tcp::hello> lie() {
    strangers.push_back(std::unique_ptr<bare>{new bare{io}});
    return greet_as(*strangers.back(), liar, a);
  }

  void nothing_has_changed() {
    auto const s = a.status(2);
    CHECK_FALSE(s.store);
    CHECK(s.incarnation == incarnation_id{});
    CHECK_FALSE(s.hearing);
    CHECK_FALSE(s.connected);
    CHECK(s.counters.bytes_in == 0);
    CHECK(remembered.empty());
    CHECK(a.got.empty());
  }

  void the_honest_node_connects() {
    b.open();
    introduce({&a, &b});
    REQUIRE(meshed(io, {&a, &b}));
    REQUIRE(b.send(1, "honest"));
    REQUIRE(until(io, [&] { return !a.got.empty(); }));
    CHECK(a.got == std::vector<received>{{node_id{2}, incarnation_id{1}, "honest"}});
    CHECK(remembered == std::vector{std::pair{node_id{2}, store_id{1002}}});
  }
};

std::string refusal_in(std::vector<std::byte> const& b) {
  auto const head = b.size() < tcp::record_head_bytes ? std::nullopt : tcp::parse_head(b);
  if (!head || head->kind != tcp::record_kind::refusal) return "no refusal";
  return text_of(std::span{b}.subspan(tcp::record_head_bytes));
}

} // namespace

TEST_CASE_FIXTURE(lied_to, "K3: hellos that are never confirmed change nothing and lock nobody out") {
  int hellos = 0;
  SUBCASE("one") { hellos = 1; }
  SUBCASE("two") { hellos = 2; }
  SUBCASE("three") { hellos = 3; }
  for (int i = 0; i < hellos; ++i) REQUIRE(lie());
  nothing_has_changed();
  the_honest_node_connects(); // the strangers are still there
  for (auto& s : strangers) CHECK(s->hangs_up());
}

TEST_CASE_FIXTURE(lied_to,
                  "K3: a thousand hellos that are never confirmed take no more than the places of guests") {
  a.options.max_guests = 8;
  a.options.handshake_timeout = 1h; // only the bound on guests ends them
  a.net.reset();
  a.open();
  for (int i = 0; i < 20; ++i) REQUIRE(lie());
  auto const live = heap_live_bytes();
  for (int i = 0; i < 1000; ++i) {
    REQUIRE(lie());
    strangers.erase(strangers.begin());
  }
  CHECK(heap_live_bytes() < live + 20'000);
  for (std::size_t i = 0; i < strangers.size(); ++i) {
    auto& s = strangers[i]->socket;
    s.non_blocking(true);
    std::byte one{};
    std::error_code ec;
    s.read_some(asio::buffer(&one, 1), ec);
    CHECK((ec == asio::error::would_block) == (i >= strangers.size() - 8)); // the last 8 have their places
  }
  nothing_has_changed();
  the_honest_node_connects();
}

TEST_CASE_FIXTURE(lied_to, "K3: hellos of a later incarnation do not end a connection that is up") {
  the_honest_node_connects();
  liar.options.store = b.options.store; // the only thing that is wrong is who says it
  for (int i = 0; i < 3; ++i) REQUIRE(lie());
  for_a_while(io, 50ms);
  CHECK(a.status(2).incarnation == incarnation_id{1});
  CHECK(b.status(1).counters.connects == 1);
  CHECK(a.status(2).counters.connects == 1);
  REQUIRE(b.send(1, "still here"));
  CHECK(until(io, [&] { return a.got.size() == 2; }));
}

TEST_CASE_FIXTURE(lied_to, "K3: a confirm with another number is refused, and nothing has changed") {
  auto const answer = lie();
  REQUIRE(answer);
  std::uint64_t wrong = 0;
  SUBCASE("none") { wrong = 0; }
  SUBCASE("one bit") { wrong = answer->nonce ^ 1; }
  SUBCASE("the upper half") { wrong = answer->nonce ^ std::uint64_t{1} << 63; }
  SUBCASE("the number of another connection") {
    auto const other = lie();
    REQUIRE(other);
    wrong = other->nonce;
  }
  auto& s = *strangers.front();
  s.say(confirm_bytes(wrong));
  s.say(frame_bytes(4, "lies"));
  CHECK(refusal_in(s.hear(1000)) ==
        "its confirm does not have the number of our hello: expected the number that was sent to it, but got "
        "another; dial again");
  CHECK(s.closed);
  nothing_has_changed();
  the_honest_node_connects();
}

TEST_CASE_FIXTURE(lied_to, "the number is another one for each connection") {
  std::vector<std::uint64_t> drawn;
  for (int i = 0; i < 20; ++i) {
    auto const answer = lie();
    REQUIRE(answer);
    CHECK(std::find(drawn.begin(), drawn.end(), answer->nonce) == drawn.end());
    drawn.push_back(answer->nonce);
  }
  std::uint64_t bits = 0;
  for (auto const n : drawn) bits |= n;
  CHECK((bits >> 32) > 0xffff); // all of it is drawn
  CHECK((bits & 0xffff'ffff) > 0xffff);
}

TEST_CASE_FIXTURE(lied_to, "a hello takes effect with its confirm") {
  bare s{io};
  auto const answer = greet_as(s, b, a);
  REQUIRE(answer);
  nothing_has_changed();
  s.say(confirm_bytes(answer->nonce));
  REQUIRE(until(io, [&] { return a.status(2).hearing; }));
  CHECK(a.status(2).store == store_id{1002});
  CHECK(a.status(2).incarnation == incarnation_id{1});
  CHECK(remembered == std::vector{std::pair{node_id{2}, store_id{1002}}});
}

TEST_CASE_FIXTURE(lied_to, "of two hellos the first that is confirmed counts, and the other is asked again") {
  bare honest{io};
  auto const lie_answered = lie();
  auto const answer = greet_as(honest, b, a);
  REQUIRE((lie_answered && answer));
  honest.say(confirm_bytes(answer->nonce));
  REQUIRE(until(io, [&] { return a.status(2).hearing; }));
  strangers.back()->say(confirm_bytes(lie_answered->nonce));
  CHECK(refusal_in(strangers.back()->hear(1000)).starts_with("node 2 has come back with another store"));
  CHECK(a.status(2).store == store_id{1002});
  CHECK(a.status(2).incarnation == incarnation_id{1});
  honest.say(frame_bytes(4, "here"));
  CHECK(until(io, [&] { return a.got.size() == 1; }));
}

TEST_CASE_FIXTURE(lied_to, "a confirm of another length, or of another version, is refused") {
  auto const answer = lie();
  REQUIRE(answer);
  auto confirm = confirm_bytes(answer->nonce);
  std::string reason;
  SUBCASE("length") {
    confirm.push_back(std::byte{});
    confirm[12] = static_cast<std::byte>(tcp::confirm_bytes + 1);
    reason = "its confirm does not have the number of our hello";
  }
  SUBCASE("version") {
    confirm[8] = std::byte{1};
    reason = "format mismatch: handshakes of version 1 and 2";
  }
  strangers.back()->say(confirm);
  CHECK(refusal_in(strangers.back()->hear(1000)).starts_with(reason));
  nothing_has_changed();
}

TEST_CASE_FIXTURE(lied_to, "a confirm before the hello ends the connection") {
  bare s{io};
  s.dial(a.at());
  s.say(confirm_bytes(0));
  CHECK(s.hangs_up());
  CHECK(a.times("expected a hello, but got a confirm") == 1);
  nothing_has_changed();
  the_honest_node_connects();
}

TEST_CASE_FIXTURE(lied_to, "a second hello in the place of the confirm ends the connection") {
  REQUIRE(lie());
  strangers.back()->say(hello_bytes(hello_from(liar, 1)));
  CHECK(strangers.back()->hangs_up());
  CHECK(a.times("expected a confirm, but got a hello") == 1);
  nothing_has_changed();
  the_honest_node_connects();
}

TEST_CASE_FIXTURE(lied_to, "a second confirm is no frame, and ends the connection") {
  bare s{io};
  auto const answer = greet_as(s, b, a);
  REQUIRE(answer);
  s.say(confirm_bytes(answer->nonce));
  REQUIRE(until(io, [&] { return a.status(2).hearing; }));
  s.say(confirm_bytes(answer->nonce));
  CHECK(refusal_in(s.hear(1000)).starts_with("expected a frame of 1 to "));
  CHECK(s.closed);
  CHECK_FALSE(a.status(2).hearing);
  CHECK(a.got.empty());
  the_honest_node_connects();
}

TEST_CASE_FIXTURE(lied_to, "a hello and then silence is closed when the time for a handshake is up") {
  REQUIRE(lie());
  for_a_while(io, 100ms);
  CHECK(a.lines.empty()); // not yet
  CHECK(strangers.back()->hangs_up());
  CHECK(a.times("the handshake took too long") == 1);
  nothing_has_changed();
  the_honest_node_connects();
}

} // namespace quorate::test
