// Scenarios P8, P14, P26, P27, P43, P62: Multi-Paxos on replicas, with their disks, proposals and outcomes.
// Scenario P12, a wiped disk, needs the handshake: transport/tcp_registry_wiped.cpp.
#include "replica/cluster.hpp"
#include "replica/tripping.hpp"

#include <algorithm>
#include <type_traits>

namespace quorate {
namespace {

using namespace test;
using cluster = protocol_cluster<multi_paxos_protocol, memory>;

// One whose disk refuses one write, that which the next message makes due, and would take the next.
struct refusing : protocol_cluster<multi_paxos_protocol, tripping<memory>> {
  std::uint32_t l = elect(), victim = other_than(l), third = other_than(l, victim);

  void refuse() {
    auto& disk = (*this)[victim].disk;
    disk.fails_at = disk.operations + 1;
    disk.recovers = true;
  }
  template <class M>
  bool said() {
    return std::ranges::any_of(net,
                               [&](auto const& p) { return p.from.value == victim && p.template holds<M>(); });
  }
  void mend() {
    crash(victim);
    (*this)[victim].disk.fails_at = 0;
    restart(victim);
  }
};

TEST_CASE("P8: a promise whose write fails is not said, though the core has made it, nor known after a restart") {
  refusing c;
  auto& v = c[c.victim];
  auto const before = v.disk.hard();
  auto const promised = from_hard_state<multi_paxos::promise_and_mark>(before)->promised;
  bool asked = false;
  while (!asked) // the leader is away, and the third asks for a promise
    c.run(1, [&](auto const& p) {
      if (p.from.value == c.l || p.to.value == c.l || asked) return false;
      asked = p.from.value == c.third && p.template holds<multi_paxos::prepare>();
      if (asked) c.refuse();
      return asked || !p.template holds<multi_paxos::prepare>();
    });
  CHECK(v->core().era() > promised); // changed first, written after: so there is no way back
  CHECK(v->stopped());
  c.run(200, cut_off(c.l));
  CHECK(!c.said<multi_paxos::promise>());
  CHECK(v.disk.asked_after == 0);
  CHECK(!c[c.third]->core().leads());
  c.mend();
  CHECK(v.disk.hard() == before);
  CHECK(v->core().era() == promised);
  CHECK(c.elect() != 0);
}

TEST_CASE("P8: a vote whose write fails is not said, and does not count") {
  refusing c;
  auto& v = c[c.victim];
  auto const last = v.disk.log().last();
  c.net.clear();
  auto const token = c.propose(c.l, 7);
  c.turn(c.l);
  c.refuse();
  c.run(200, cut_off(c.third));
  CHECK(v->stopped());
  CHECK(!c.said<multi_paxos::accepted>());
  CHECK(v.disk.asked_after == 0);
  CHECK(v.disk.log().last() == last);
  CHECK(!c[c.l].told.contains(token));
  c.mend();
  c.elect();
  c.run(400);
  CHECK(v.applied.size() == 1);
  c.book.check();
}

TEST_CASE("P14: a store copied to another node stops the replica there, which would vote twice with it") {
  cluster c;
  auto const l = c.elect();
  auto const f = c.other_than(l);
  c.crash(f);
  c[f].disk = c[l].disk;
  c.restart(f);
  CHECK(c[f]->stopped());
  CHECK(c[f]->failure().starts_with("this store belongs to node " + std::to_string(l) + " and not to node " +
                                    std::to_string(f)));
  CHECK(!c[f]->propose(1));
}

// Time passes without `old`, until another leads.
void depose(cluster& c, std::uint32_t old) {
  do c.run(1, cut_off(old));
  while (c.leader() == old || c.leader() == 0);
}
// And until `id` leads again.
void lead_again(cluster& c, std::uint32_t id) {
  for (int i = 0; i < 40 && c.leader() != id; ++i) {
    c.run(110, cut_off(c.leader()));
    c.run(20);
  }
  REQUIRE(c.leader() == id);
}

// A command that the leader and another have accepted, so that it is chosen; and nobody knows.
struct unheard : cluster {
  std::uint32_t l = elect(), f = other_than(l);
  std::uint64_t token = 0;

  explicit unheard(std::uint64_t command) {
    net.clear();
    token = propose(l, command);
    turn(l);
    deliver([&](auto const& p) { return p.to.value == f; });
    turn(f);
    net.clear();
  }
  std::size_t times(std::uint32_t id, std::uint64_t command) {
    return static_cast<std::size_t>(
        std::ranges::count_if((*this)[id].applied, [&](auto const& a) { return a.second == command; }));
  }
  void all_have_applied_once(std::uint64_t command) {
    for (std::uint32_t id = 1; id <= 3; ++id) CHECK(times(id, command) == 1);
    book.check();
  }
};

TEST_CASE("P26: a command chosen while its proposer hears nothing is told as unknown, once, and not as failed") {
  unheard c{61};
  c.run(c.settings.request - 1, cut_off(c.l));
  CHECK(!c[c.l].told.contains(c.token));
  c.run(2, cut_off(c.l));
  CHECK(c.fate_of(c.l, c.token) == fate::unknown);
  c.run(500);
  CHECK(c[c.l].told.size() == 1); // not `done` as well, now that it is
  c.all_have_applied_once(61);
}

TEST_CASE("P27: what was placed is not proposed again by its proposer, who may lead again") {
  unheard c{71};
  depose(c, c.l);
  c.run(50, cut_off(c.l)); // another leader has it chosen
  c.run(50);
  CHECK(c.fate_of(c.l, c.token) == fate::unknown); // whether that is the same command it can't tell
  lead_again(c, c.l);
  (void)c.propose(c.l, 72);
  c.run(c.settings.request + 100);
  c.all_have_applied_once(71);
  c.all_have_applied_once(72);
}

TEST_CASE("P27: nor is what was forwarded to a leader who is gone, nor what is compacted before the answer") {
  for (bool const compacts : {false, true}) {
    cluster c;
    auto const l = c.elect();
    auto const f = c.other_than(l);
    auto const token = c.propose(f, 73);
    c.run(20, [](auto const& p) { return !p.template holds<forward_placed>(); });
    REQUIRE(c.book.where.contains(73));
    REQUIRE(!c[f].told.contains(token));
    if (compacts)
      for (std::uint32_t id = 1; id <= 3; ++id) c[id]->compact(c[id]->applied_index());
    c.crash(l);
    c.elect();
    c.run(c.settings.request + 100);
    CHECK(c.fate_of(f, token) == fate::unknown);
    CHECK(c[f].told.size() == 1);
    CHECK(c[f].applied.size() == 1);
    c.book.check();
  }
}

// Slot s reaches nobody, slot s + 1 one follower: the next leader fills s with a no-op.
TEST_CASE("P43: a command displaced by a no-op is told as refused, its late accept changes nothing, and tried "
          "again it stands once") {
  cluster c;
  auto const l = c.elect();
  auto const f = c.other_than(l);
  c.net.clear();
  auto const displaced = c.propose(l, 51);
  c.turn(l);
  auto const late = c.take_out<multi_paxos::accept>();
  REQUIRE(late);
  auto const slot = std::get<multi_paxos::accept>(late->what).first;
  c.net.clear();
  auto const adopted = c.propose(l, 52);
  c.turn(l);
  c.deliver([&](auto const& p) { return p.to.value == f; });
  auto const era = c[l]->core().era();
  do {
    c.run(1, cut_off(l));
    if (c[late->to.value]->core().era() > era) c.hand_over(*late); // again and again, once another is promised
  } while (c.leader() == l || c.leader() == 0);
  c.run(50, cut_off(l));
  REQUIRE(c.book.where.at(52) == slot.value + 1);
  c.hand_over(*late);
  c.run(60);
  CHECK(c[l].disk.log().run_at(slot, 1).kind == entry_kind::no_op);
  CHECK(c.fate_of(l, displaced) == fate::refused);
  CHECK(c.reason_of(l, displaced) == refusal::superseded);
  CHECK(c.fate_of(l, adopted) == fate::unknown); // another's ballot: its own command, or not
  c.book.check();

  c.book.fates.erase(51); // a new request, with an outcome of its own
  auto const again = c.propose(l, 51);
  c.run(60);
  c.hand_over(*late);
  c.run(60);
  CHECK(c.fate_of(l, again) == fate::done);
  CHECK(c.book.where.at(51) > slot.value + 1);
  for (std::uint32_t id = 1; id <= 3; ++id) {
    REQUIRE(c[id].applied.size() == 2);
    CHECK(c[id].applied[0].second == 52);
    CHECK(c[id].applied[1].second == 51);
  }
  c.book.check();
}

// A group has one replica on each node and one at a time: no copy can be made of it (reject/copied_replica.cpp),
// and two processes can't have one store (storage/file_wal_refusals.cpp).
static_assert(!std::is_copy_constructible_v<cluster::replica> && !std::is_move_constructible_v<cluster::replica> &&
              !std::is_copy_assignable_v<cluster::replica> && !std::is_move_assignable_v<cluster::replica>);

TEST_CASE("P62: a leader that is deposed and leads again does not compete with what it said before") {
  cluster c;
  auto const l = c.elect();
  c.net.clear();
  auto const first = c.propose(l, 81);
  c.turn(l);
  auto const own_past = c.net; // its accepts, which come late
  c.net.clear();
  depose(c, l);
  c.run(50, cut_off(l));
  c.run(50);
  lead_again(c, l);
  auto const era = c[l]->core().era();
  auto const second = c.propose(l, 82);
  for (auto const& p : own_past) c.hand_over(p);
  c.run(60);
  CHECK(c.leader() == l);
  CHECK(c[l]->core().era() == era); // the refusals of its old ballot do not concern it
  CHECK(c.fate_of(l, second) == fate::done);
  CHECK(c.fate_of(l, first) != fate::done);
  for (std::uint32_t id = 1; id <= 3; ++id) CHECK(c[id].applied.back().second == 82);
  c.book.check();
}

} // namespace
} // namespace quorate
