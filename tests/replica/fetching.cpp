// A snapshot's transfer: what comes is what was sent, whatever the network does, and a window is all that is sent
// twice after a cut.
#include "quorate/replica/fetching.hpp"
#include "quorate/replica/serving.hpp"
#include "quorate/snapshot/memory_snapshots.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <variant>
#include <vector>

namespace quorate {
namespace {

using bytes = std::vector<std::byte>;
constexpr peer leader{node_index{0}, member_id{1}}, other{node_index{1}, member_id{2}},
    needy{node_index{2}, member_id{3}};
constexpr transfer_limits small{.piece = 100, .window = 400, .a_tick = 0, .patience = 20};

bytes entry_of(configuration const& c) {
  bytes b;
  configuration_form::write(
      c, [&](std::byte x) { b.push_back(x); },
      [&](node_index n) {
        return member_row{n, c.member_at(n), node_id{n.value + 1U}, {}, {}};
      });
  return b;
}
bytes state_of(std::uint64_t seed, std::size_t size) {
  std::mt19937_64 draw{seed};
  bytes b(size);
  for (auto& x : b) x = static_cast<std::byte>(draw());
  return b;
}
void keep(memory_snapshots& s, std::uint64_t at, bytes const& state) {
  configuration c{node_set<64>::first(3)};
  c.number = log_index{1};
  REQUIRE(s.begin({log_index{at}, stamp{7}, c}, entry_of(c)));
  REQUIRE(s.write(state));
  REQUIRE(s.seal());
}
bytes kept(memory_snapshots& s) {
  auto const info = s.newest();
  REQUIRE(info);
  bytes b(static_cast<std::size_t>(info->size));
  REQUIRE(s.read(info->id, 0, b) == b.size());
  return b;
}

struct message {
  peer from, to;
  std::variant<snapshot_ask, snapshot_head, snapshot_piece> what;
  bytes with;
};

// One that fetches, one that has, and what is on its way between them.
struct link {
  memory_snapshots theirs{}, ours{};
  incarnation_id server{4}, asker{9};
  snapshot_serve<memory_snapshots, 3> serve{theirs, server, small};
  snapshot_fetch<memory_snapshots> fetch{ours, asker, 20};
  std::vector<message> net{};
  std::size_t sent_bytes = 0;

  auto says(peer from) {
    return [this, from](peer to, auto const& m, std::span<std::byte const> with = {}) {
      sent_bytes += std::holds_alternative<snapshot_piece>(decltype(message::what){m}) ? with.size() : 0;
      net.push_back({from, to, m, {with.begin(), with.end()}});
    };
  }
  void want(std::uint64_t at, peer whose = leader, stamp era = stamp{7}) {
    fetch.want(whose, era, log_index{at}, says(needy));
  }
  void hand_over(message const& m) {
    if (auto const* ask = std::get_if<snapshot_ask>(&m.what)) return serve.heard(m.from, *ask, says(m.to));
    if (auto const* head = std::get_if<snapshot_head>(&m.what))
      return fetch.heard(m.from, *head, m.with, says(m.to));
    fetch.heard(m.from, std::get<snapshot_piece>(m.what), m.with, says(m.to));
  }
  void tick() { fetch.tick(says(needy)), serve.tick(says(leader)); }
  void settle() {
    for (std::size_t i = 0; i < net.size(); ++i) {
      auto const m = net[i];
      hand_over(m);
    }
    net.clear();
  }
};

TEST_CASE("what is fetched is what was kept, of any size, with its mark and its configuration's entry") {
  for (std::size_t const size : {0U, 1U, 99U, 100U, 101U, 400U, 5000U}) {
    link l;
    auto const state = state_of(size, size);
    keep(l.theirs, 30, state);
    l.want(20);
    l.settle();
    REQUIRE(l.fetch.complete());
    auto const mark = l.fetch.sealed();
    REQUIRE(mark);
    CHECK(*mark == l.theirs.newest()->mark);
    CHECK(kept(l.ours) == state);
    CHECK(!l.fetch.under_way());
    CHECK(l.sent_bytes == size); // and nothing twice
    auto const entry = *l.ours.entry(l.ours.newest()->id), sent = *l.theirs.entry(l.theirs.newest()->id);
    CHECK(std::equal(entry.begin(), entry.end(), sent.begin(), sent.end()));
  }
}

TEST_CASE("S6, S14: whatever is lost, comes twice or late, what is sealed is one snapshot of one leader") {
  std::size_t sealed = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 draw{seed};
    link l;
    auto state = state_of(seed, 1500);
    keep(l.theirs, 30, state);
    memory_snapshots others; // another leader has another one, of the same index
    keep(others, 30, state_of(~seed, 1500));
    snapshot_serve<memory_snapshots, 3> beside{others, incarnation_id{5}, small};
    for (int step = 0; step < 4000 && !l.fetch.complete(); ++step) {
      auto const dice = draw() % 100;
      if (dice < 8) {
        l.tick(), beside.tick(l.says(other));
        l.want(20, draw() % 12 == 0 ? other : leader);
      } else if (dice == 8) { // a newer one takes its place
        keep(l.theirs, l.theirs.newest()->mark.at.value + 1, state_of(draw(), 1500));
        if (draw() % 2 == 0) l.theirs.drop(l.theirs.before(l.theirs.newest()->id)->id);
      } else if (!l.net.empty()) {
        auto const i = static_cast<std::ptrdiff_t>(draw() % std::min<std::size_t>(l.net.size(), 6));
        auto const m = l.net[static_cast<std::size_t>(i)];
        if (dice < 90) l.net.erase(l.net.begin() + i); // else it comes again
        if (dice < 15) continue;                       // lost
        auto const* ask = std::get_if<snapshot_ask>(&m.what);
        if (ask != nullptr && m.to == other)
          beside.heard(m.from, *ask, l.says(other));
        else
          l.hand_over(m);
      }
    }
    if (!l.fetch.complete()) continue;
    auto const mark = l.fetch.sealed();
    REQUIRE(mark);
    auto const got = kept(l.ours);
    bool same = got == kept(others);
    for (auto s = l.theirs.newest(); s && !same; s = l.theirs.before(s->id)) {
      bytes b(static_cast<std::size_t>(s->size));
      REQUIRE(l.theirs.read(s->id, 0, b) == b.size());
      same = b == got && s->mark == *mark;
    }
    // Or it was dropped since, and its checksum has said that it was whole.
    CHECK((same || mark->at < l.theirs.newest()->mark.at));
    ++sealed;
  }
  CHECK(sealed > 250);
}

TEST_CASE("after a cut the transfer goes on where it stood, and at most a window is sent twice") {
  link l;
  auto const state = state_of(3, 10'000);
  keep(l.theirs, 30, state);
  l.want(20);
  while (l.fetch.got() < 9'000) {
    auto const m = l.net.front();
    l.net.erase(l.net.begin());
    l.hand_over(m);
  }
  l.net.clear(); // the cut
  for (int i = 0; i < 10; ++i) {
    l.tick();
    l.net.clear();
  }
  CHECK(l.fetch.got() == 9'000);
  auto const before = l.sent_bytes;
  // What was asked again while the link was cut has been sent in vain: a window for each time.
  l.sent_bytes = 0;
  l.tick();
  l.settle();
  CHECK(l.fetch.complete());
  CHECK(l.sent_bytes <= 1'000 + small.window);
  CHECK(before >= 9'000);
  CHECK(l.fetch.sealed());
  CHECK(kept(l.ours) == state);
}

TEST_CASE("S18: a transfer that is slow is not given up, one that stands still is") {
  link l;
  keep(l.theirs, 30, state_of(4, 2'000));
  l.want(20);
  for (int age = 0; age < 10; ++age) {
    for (int i = 0; i < 15; ++i) l.tick(); // fifteen ticks, and then one piece comes
    l.net.erase(l.net.begin(), l.net.end() - 1);
    auto const got = l.fetch.got();
    for (std::size_t i = 0; i < l.net.size() && l.fetch.got() == got; ++i) {
      auto const m = l.net[i];
      l.hand_over(m);
    }
    l.net.clear();
    REQUIRE(l.fetch.under_way());
    CHECK(l.fetch.got() == got + 100);
  }
  for (int i = 0; i < 21; ++i) l.tick();
  CHECK(!l.fetch.under_way());
  l.net.clear();
  l.want(20); // and the next offer begins anew
  l.settle();
  CHECK(l.fetch.complete());
}

TEST_CASE("a window bounds what is on its way, and a rate what leaves from one tick to the next") {
  link l;
  keep(l.theirs, 30, state_of(5, 5'000));
  auto const id = l.theirs.newest()->id;
  auto const pieces = [](peer, auto const&, std::span<std::byte const>) {};
  std::size_t n = 0;
  auto const count = [&](peer, auto const&, std::span<std::byte const> b) { n += b.size(); };
  l.serve.heard(needy, {l.asker, log_index{20}, id, 0, false}, count);
  CHECK(n == 400);
  l.serve.tick(count);
  CHECK(n == 400);
  l.serve.heard(needy, {l.asker, log_index{20}, id, 100, false}, count);
  CHECK(n == 500);
  l.serve.heard(needy, {l.asker, log_index{20}, id, 50, false}, count); // of an earlier moment
  CHECK(n == 500);

  auto slow = small;
  slow.a_tick = 150;
  snapshot_serve<memory_snapshots, 3> limited{l.theirs, l.server, slow};
  n = 0;
  limited.heard(needy, {l.asker, log_index{20}, id, 0, false}, count);
  CHECK(n == 150);
  limited.heard(other, {l.asker, log_index{20}, id, 0, false}, count);
  CHECK(n == 150);
  for (int i = 1; i <= 4; ++i) {
    limited.tick(count);
    CHECK(n == 150U * static_cast<unsigned>(i + 1)); // both together
  }
  for (int i = 0; i <= 20; ++i) limited.tick(pieces);
  CHECK(!limited.in_use(id)); // whoever asks for nothing is forgotten
  CHECK(l.serve.in_use(id));
}

TEST_CASE("what is not of that leader, life or snapshot changes nothing; what is damaged is not sealed") {
  link l;
  keep(l.theirs, 30, state_of(6, 150));
  auto const say = [](peer, auto const&) {};
  l.want(20);
  auto const head = [&] {
    auto const i = *l.theirs.newest();
    return snapshot_head{l.asker, l.server,  i.id, i.mark.at, i.mark.written_at, i.mark.config.number,
                         i.size,  i.checksum};
  }();
  auto const entry = *l.theirs.entry(head.id);
  auto other_life = head;
  other_life.asker = incarnation_id{8};
  l.fetch.heard(leader, other_life, entry, say);
  l.fetch.heard(other, head, entry, say);
  auto early = head;
  early.at = log_index{19};
  l.fetch.heard(leader, early, entry, say);
  l.fetch.heard(leader, head, entry.first(entry.size() - 1), say); // no configuration
  bytes piece(100);
  l.fetch.heard(leader, snapshot_piece{l.asker, l.server, head.id, 0}, piece, say); // before its head
  CHECK(l.fetch.got() == 0);
  l.fetch.heard(leader, head, entry, say);
  l.fetch.heard(leader, snapshot_piece{l.asker, incarnation_id{3}, head.id, 0}, piece, say);
  l.fetch.heard(leader, snapshot_piece{l.asker, l.server, snapshot_id{99}, 0}, piece, say);
  l.fetch.heard(other, snapshot_piece{l.asker, l.server, head.id, 0}, piece, say);
  l.fetch.heard(leader, snapshot_piece{l.asker, l.server, head.id, 50}, piece, say);
  l.fetch.heard(leader, snapshot_piece{l.asker, l.server, head.id, 0}, bytes(151), say); // more than there is
  CHECK(l.fetch.got() == 0);
  l.fetch.heard(leader, snapshot_piece{l.asker, l.server, head.id, 0}, piece, say);
  l.fetch.heard(leader, snapshot_piece{l.asker, l.server, head.id, 100}, bytes(50), say);
  REQUIRE(l.fetch.complete());
  CHECK(!l.fetch.sealed()); // zeros, which are not what the checksum is of
  CHECK(!l.fetch.under_way());
}

TEST_CASE("a new era ends a transfer, and one that has nothing to give is silent") {
  link l;
  l.want(20);
  l.settle();
  CHECK(l.fetch.got() == 0);
  keep(l.theirs, 10, state_of(7, 300)); // below what is wanted
  l.want(20);
  l.tick(), l.tick();
  l.settle();
  CHECK(l.fetch.got() == 0);
  keep(l.theirs, 30, state_of(8, 300));
  l.tick();
  auto m = l.net.front();
  l.net.clear();
  l.hand_over(m); // it is told which
  m = l.net.front();
  l.net.clear();
  l.hand_over(m);
  l.want(20, leader, stamp{8});
  CHECK(l.fetch.era() == stamp{8});
  CHECK(l.fetch.got() == 0);
  l.settle();
  CHECK(l.fetch.complete());
  l.fetch.end();
  CHECK(!l.fetch.sealed());
}

} // namespace
} // namespace quorate
