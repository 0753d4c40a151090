// One step of an acceptor: its exact effects, for every order in which the ballots that it compares can stand.
#include "quorate/paxos/acceptor.hpp"

#include "support/paxos_batch.hpp"

#include "quorate/paxos/invariant.hpp"

#include <doctest/doctest.h>

#include <cstdint>

namespace quorate::test {
namespace {

using namespace paxos;
using role = acceptor<number>;
using core = full_node<number>;
using fx = effects_of<core>;
using kept = acceptor_record<number>;

constexpr ballot at(std::uint64_t round, node_index owner) { return ballot_at(round, owner); }
constexpr node_index owner_of(ballot b) { return founded_place(b.owner()); }

// A has promised `promised` and accepted 5 at `voted`, if any.
role with(ballot promised, ballot voted) {
  return {A, roster::of(3), {promised, voted.none() ? vote<number>{} : vote<number>{voted, 5}}};
}

// Ballots of two owners in four rounds, and none, as they are ordered.
constexpr ballot all[] = {{}, at(1, B), at(1, C), at(2, B), at(2, C), at(3, B), at(3, C), at(4, B), at(4, C)};

TEST_CASE("the grid of prepares: promised above what was promised, said again at it, refused below it; the vote "
          "is reported with the ballot that it has") {
  for (auto const promised : all)
    for (auto const voted : all)
      for (auto const asked : all) {
        if (voted > promised || asked.none()) continue;
        CAPTURE(promised.value);
        CAPTURE(voted.value);
        CAPTURE(asked.value);
        auto a = with(promised, voted);
        auto const before = a;
        batch<core> out;
        auto const& did = hear(a, out, owner_of(asked), prepare{asked});
        auto const vote_now = before.state().kept.voted;
        if (asked < promised) {
          CHECK(fx::are(did, {fx::effect{fx::said{owner_of(asked), refused{asked, promised}, 0}}}));
          CHECK(a == before);
        } else if (asked == promised) {
          CHECK(fx::are(did, {fx::effect{fx::said{owner_of(asked), promise<number>{asked, vote_now}, 0}}}));
          CHECK(a == before);
        } else {
          CHECK(fx::are(did, {fx::effect{kept{asked, vote_now}},
                              fx::effect{fx::said{owner_of(asked), promise<number>{asked, vote_now}, 1}}}));
          CHECK(a.state().kept == kept{asked, vote_now});
        }
        CHECK(holds(a.state()));
        CHECK(follows(before.state(), a.state()));
      }
}

TEST_CASE("the grid of accepts: accepted at or above what was promised, and promised with it; refused below; said "
          "again at the ballot of the vote, and a conflict if the value differs") {
  for (auto const promised : all)
    for (auto const voted : all)
      for (auto const asked : all)
        for (number const value : {5U, 6U}) {
          if (voted > promised || asked.none()) continue;
          CAPTURE(promised.value);
          CAPTURE(voted.value);
          CAPTURE(asked.value);
          CAPTURE(value);
          auto a = with(promised, voted);
          auto const before = a;
          batch<core> out;
          auto const& did = hear(a, out, owner_of(asked), accept<number>{asked, value});
          accepted<number> const told{asked, value};
          if (asked < promised) {
            CHECK(fx::are(did, {fx::effect{fx::said{owner_of(asked), refused{asked, promised}, 0}}}));
            CHECK(a == before);
          } else if (asked == voted && value != 5) {
            CHECK(fx::are(did, {fx::effect{conflict{asked}}}));
            CHECK(a == before);
          } else if (asked == voted) {
            CHECK(fx::are(did, {fx::effect{fx::said{A, told, 0}}, fx::effect{fx::said{B, told, 0}},
                                fx::effect{fx::said{C, told, 0}}}));
            CHECK(a == before);
          } else {
            CHECK(fx::are(did, {fx::effect{kept{asked, {asked, value}}}, fx::effect{fx::said{A, told, 1}},
                                fx::effect{fx::said{B, told, 1}}, fx::effect{fx::said{C, told, 1}}}));
            CHECK(a.state().kept == kept{asked, {asked, value}});
          }
          CHECK(holds(a.state()));
          CHECK(follows(before.state(), a.state()));
        }
}

TEST_CASE("a ballot is heard only from its owner, and only from a proposer") {
  roster who = roster::of(3);
  who.proposers = node_set<64>{}.with(B);
  role a{A, who};
  auto const before = a;
  batch<core> out;
  CHECK(fx::are(hear(a, out, C, prepare{at(1, B)}), {}));
  CHECK(fx::are(hear(a, out, C, prepare{at(1, C)}), {}));
  CHECK(fx::are(hear(a, out, C, accept<number>{at(1, B), 5}), {}));
  CHECK(fx::are(hear(a, out, C, accept<number>{at(1, C), 5}), {}));
  CHECK(fx::are(hear(a, out, no_node, prepare{}), {}));
  CHECK(fx::are(hear(a, out, no_node, accept<number>{ballot{7}, 5}), {})); // of round 0: nobody's
  ballot const nobodys{ballot::names_member | founder_at(B).value};        // and this as well
  CHECK(fx::are(hear(a, out, B, prepare{nobodys}), {}));
  CHECK(fx::are(hear(a, out, B, accept<number>{nobodys, 5}), {}));
  CHECK(a == before);
}

TEST_CASE("what a learner asks for is told once there is a vote, and to nobody else") {
  roster who = roster::of(3);
  who.learners = node_set<64>{}.with(C);
  role a{A, who};
  batch<core> out;
  CHECK(fx::are(hear(a, out, C, inquiry{}), {}));
  (void)hear(a, out, B, accept<number>{at(1, B), 5});
  auto const written = out.latest().number();
  CHECK(fx::are(hear(a, out, B, inquiry{}), {}));
  CHECK(fx::are(hear(a, out, C, inquiry{}), {fx::effect{fx::said{C, accepted<number>{at(1, B), 5}, written}}}));
}

TEST_CASE("votes are told to the ballot's owner and to all learners, or to the distinguished ones") {
  roster who = roster::of(5);
  who.learners = node_set<64>{}.with(C).with(D).with(E);
  who.distinguished = node_set<64>::of(D);
  accepted<number> const told{at(1, B), 5};
  role all_told{A, who};
  batch<core> out;
  CHECK(fx::are(hear(all_told, out, B, accept<number>{at(1, B), 5}),
                {fx::effect{kept{at(1, B), {at(1, B), 5}}}, fx::effect{fx::said{B, told, 1}},
                 fx::effect{fx::said{C, told, 1}}, fx::effect{fx::said{D, told, 1}},
                 fx::effect{fx::said{E, told, 1}}}));

  acceptor<number, learning<distinguished>> one_told{A, who};
  batch<full_node<number, learning<distinguished>>> other;
  using ox = effects_of<full_node<number, learning<distinguished>>>;
  CHECK(ox::are(hear(one_told, other, B, accept<number>{at(1, B), 5}),
                {ox::effect{kept{at(1, B), {at(1, B), 5}}}, ox::effect{ox::said{B, told, 1}},
                 ox::effect{ox::said{D, told, 1}}}));
}

TEST_CASE("a register's acceptor tells the ballot's owner alone") {
  using cell = register_node<number>;
  using cx = effects_of<cell>;
  acceptor<number, rewritable<true>> a{A, roster::of(3)};
  batch<cell> out;
  CHECK(cx::are(
      hear(a, out, B, accept<number>{at(1, B), 5}),
      {cx::effect{kept{at(1, B), {at(1, B), 5}}}, cx::effect{cx::said{B, accepted<number>{at(1, B), 5}, 1}}}));
}

} // namespace
} // namespace quorate::test
