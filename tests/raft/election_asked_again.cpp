// What a Raft node asks again once a heartbeat, and what its timer waits for: progress where messages are lost and
// disks are slow.
#include "quorate/effect/batch.hpp"
#include "support/raft_world.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <variant>

namespace quorate::test {
namespace {

using namespace raft;

TEST_CASE("who asks for pre-votes asks those again that have not answered") {
  world<5> w;
  w.expire(A, timer::election);
  CHECK(w.count<request_pre_vote>() == 4);
  w.lose_everything();
  w.receive(A, B, pre_vote_granted{term(1)});
  w.expire(A, timer::heartbeat);
  CHECK(w.count<request_pre_vote>() == 3);
  CHECK(w.count<request_pre_vote>(B) == 0);
  CHECK(w[A].ticking[static_cast<std::size_t>(timer::heartbeat)]);
}

TEST_CASE("a candidate asks again for the votes that it has not, once its own is durable") {
  world<5> w;
  w.expire(A, timer::election);
  for (auto const n : {B, C}) w.receive(A, n, pre_vote_granted{term(1)});
  w.lose_everything();
  w.expire(A, timer::heartbeat); // its own vote waits, and the requests with it
  CHECK(w[A].held.size() == 6);
  CHECK(w.in_flight() == 0);
  w.sync(A);
  CHECK(w.count<request_vote>() == 4);
  w.lose_everything();
  w.receive(A, D, vote_granted{term(1)});
  w.expire(A, timer::heartbeat);
  w.sync(A);
  CHECK(w.count<request_vote>() == 3);
  CHECK(w.count<request_vote>(D) == 0);
  w.receive(A, B, vote_granted{term(1)});
  REQUIRE(w.leads(A));
}

TEST_CASE("an own vote that a full outbox has dropped is said again") {
  world<3> w;
  w.expire(A, timer::election);
  w.receive(A, B, pre_vote_granted{term(1)});
  w[A].held = {};
  w.sync(A);
  w.receive(A, B, vote_granted{term(1)});
  CHECK_FALSE(w.leads(A)); // without its own it does not lead
  w.expire(A, timer::heartbeat);
  w.sync(A);
  CHECK(w.leads(A));
}

TEST_CASE("a follower whose heartbeat timer runs out late asks nobody") {
  world<3> w;
  w.expire(A, timer::election);
  w.receive(A, B, append_entries{term(1), at(1), term(0), term_id{}, at(0), 0, entry_kind::command});
  w.lose_everything();
  w.expire(A, timer::heartbeat);
  w.sync(A);
  CHECK(w.in_flight() == 0);
}

// The timer that a step arms, if it does, and after which write.
using effects = batch<node<>>;
struct one {
  one() { REQUIRE(log.put({at(1), 1, stamp{}, entry_kind::configuration}, {node_set<64>::first(3)})); }
  template <class Event>
  void step(Event const& e) {
    out.clear();
    it.step(e, log, out);
  }
  std::optional<armed<timer>> arms() const {
    std::optional<armed<timer>> found;
    for (auto const& e : out.effects())
      if (auto const* a = std::get_if<armed<timer>>(&e); a != nullptr && a->timer == timer::election) found = *a;
    return found;
  }
  bool disarms() const {
    for (auto const& e : out.effects())
      if (auto const* d = std::get_if<disarmed<timer>>(&e); d != nullptr && d->timer == timer::election)
        return true;
    return false;
  }
  log_shape<8> log{};
  node<> it{A, {}, log};
  effects out{};
};

TEST_CASE("the timer of who votes runs from when the vote is durable, and is put off by no repeat") {
  one o;
  o.step(from<request_vote>{B, {term(1), at(1), term(0)}});
  CHECK(o.arms() == armed<timer>{timer::election, 1, timing::campaign});
  o.step(from<request_vote>{B, {term(1), at(1), term(0)}}); // the answer is said again
  CHECK(!o.arms());
  o.step(from<request_vote>{C, {term(1), at(1), term(0)}}); // refused
  CHECK(!o.arms());
  o.step(from<request_vote>{C, {term(2), at(1), term(0)}});
  CHECK(o.arms() == armed<timer>{timer::election, 2, timing::campaign});
  CHECK(!o.disarms());
  o.step(from<heartbeat>{C, {term(2), at(0), 0}}); // which ends what counts campaigns
  CHECK(o.disarms());
  CHECK(o.arms() == armed<timer>{timer::election});
  o.step(from<heartbeat>{C, {term(2), at(0), 0}});
  CHECK(!o.disarms());
}

} // namespace
} // namespace quorate::test
