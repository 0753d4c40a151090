// What breaks one of its promises (mutant/careless.hpp) does its work as long as nothing goes wrong, and does
// break that promise when something does.
#include "quorate/mutant/careless.hpp"

#include "quorate/message/messages.hpp"
#include "quorate/raft.hpp"
#include "quorate/timer/manual.hpp"
#include "quorate/transport/loopback.hpp"
#include "support/each_rule.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

namespace quorate::test {
namespace {

hard_state voted(std::uint64_t term, member_id vote) {
  return to_hard_state(raft::term_and_vote{term_id{term}, vote});
}

struct pen : ticket_source {
  using ticket_source::next;
  using ticket_source::order;
};

// Three replicas agree on ten numbers.
template <duty D>
void a_quiet_life() {
  CAPTURE(std::string{name_of(D)});
  using disk = careless_memory<D>;
  using node = raft::replica<messages<std::uint64_t>, disk, manual_timer>;
  std::vector<node_id> const ids{node_id{1}, node_id{2}, node_id{3}};
  std::deque<disk> disks;
  std::deque<node> nodes;
  loopback<node> net;
  std::map<std::uint64_t, std::uint64_t> applied[3], told[3]; // how often
  for (auto id : ids)
    net.attach(id, nodes.emplace_back(replica_config{id, ids}, disks.emplace_back(),
                                      manual_timer{{10, 3, 99}, id.value}));
  for (std::uint64_t now = 0; now < 300; ++now, net.deliver_all())
    for (std::size_t i = 0; i < 3; ++i) {
      if (now >= 100 && now < 110 && i == 0) REQUIRE(nodes[i].propose(now));
      careless_turn<D>(nodes[i], disks[i], now, net.sender(ids[i]), [&](auto const& event) {
        if constexpr (requires { event.command; })
          ++applied[i][event.command];
        else if constexpr (requires { event.what; })
          ++told[i][event.first.value];
      });
    }
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(!nodes[i].stopped());
    CHECK(applied[i].size() == 10);
    for (auto const& [command, times] : applied[i]) CHECK(times == (D == duty::commands_are_applied_once ? 2 : 1));
    for (auto const& [token, times] : told[i]) CHECK(times == (D == duty::outcomes_are_told_once ? 2 : 1));
  }
  CHECK(!told[0].empty());
}

TEST_CASE("without any one duty of storage, outbox and turn a cluster works as long as nothing goes wrong") {
  each_rule<duty, duties>([]<duty D>() { a_quiet_life<D>(); });
}

// What a power cut leaves of: term 1 with a vote, and an entry, synced; term 2 with another vote, not synced.
struct left {
  hard_state hard{};
  std::uint64_t last{};
  incarnation_id life{};
};
template <duty D>
left after_a_power_cut() {
  careless_memory<D> disk{{.identity = {.incarnation = incarnation_id{1}}}};
  pen p;
  auto const sync = [&] { REQUIRE(disk.sync(p.order())); };
  auto const empty = std::vector<std::byte>(2 * payloads::prefix);
  REQUIRE(disk.put(voted(1, member_id{2})));
  (void)p.next();
  sync();
  REQUIRE(disk.put(entry_run{log_index{1}, 2, term_id{1}, entry_kind::no_op}, payloads::trusted(empty, 2)));
  (void)p.next();
  sync();
  REQUIRE(disk.put(voted(2, member_id{3})));
  disk.crash();
  return {disk.hard(), disk.log().last().value, disk.identity().incarnation};
}

TEST_CASE("a careless storage keeps all of its promises but one") {
  auto const kept = voted(1, member_id{2});
  each_rule<duty, duties>([&]<duty D>() {
    CAPTURE(std::string{name_of(D)});
    auto const l = after_a_power_cut<D>();
    bool const none = D == duty::syncs_store_what_they_cover;
    if (none || D == duty::hard_states_outlive_crashes)
      CHECK(l.hard == hard_state{});
    else if (D == duty::votes_outlive_crashes)
      CHECK(l.hard == voted(1, no_member));
    else if (D == duty::hard_states_are_whole)
      CHECK(l.hard == voted(2, member_id{2}));
    else
      CHECK(l.hard == kept);
    CHECK(l.last == (none || D == duty::syncs_answer_last ? 0 : D == duty::tails_outlive_crashes ? 1 : 2));
    CHECK((l.life > incarnation_id{1}) == (D != duty::incarnations_rise));
  });
}

// A log of three entries is made to begin behind a mark at the second, one that differs and one that agrees, and
// then the power goes: the last entry, the voters at the mark, and where the log begins afterwards.
struct installed {
  std::uint64_t differing{}, agreeing{};
  node_set<64> voters{};
  std::uint64_t begins{};
};
template <duty D>
installed what_is_installed() {
  installed out;
  for (std::uint64_t const term : {2U, 1U}) {
    careless_memory<D> disk{{.identity = {.incarnation = incarnation_id{1}}}};
    auto const empty = std::vector<std::byte>(3 * payloads::prefix);
    REQUIRE(disk.put(entry_run{log_index{1}, 3, term_id{1}, entry_kind::no_op}, payloads::trusted(empty, 3)));
    REQUIRE(disk.sync(world::numbers::order_upto(1)));
    snapshot_mark const m{log_index{2}, stamp{term}, configuration{node_set<64>::first(3)}};
    REQUIRE(disk.install(m, above_mark::if_agreeing));
    (term == 2 ? out.differing : out.agreeing) = disk.log().last().value;
    out.voters = disk.log().config_at(m.at).voters;
    disk.crash();
    out.begins = disk.log().compacted().value;
  }
  return out;
}

TEST_CASE("a careless storage installs as it must, but for one thing") {
  each_rule<duty, duties>([&]<duty D>() {
    CAPTURE(std::string{name_of(D)});
    auto const i = what_is_installed<D>();
    CHECK(i.differing == (D == duty::installs_drop_what_differs ? 3 : 2));
    CHECK(i.agreeing == (D == duty::installs_keep_what_agrees ? 2 : 3));
    CHECK(i.voters.empty() == (D == duty::installs_set_configurations));
    CHECK(i.begins == (D == duty::installs_are_whole ? 2 : 0));
  });
}

TEST_CASE("a leaking outbox releases what no sync has covered") {
  leaking_outbox<4, raft::vote_granted> leaks;
  outbox<4, raft::vote_granted> holds;
  pen p;
  auto early = p.order();
  auto const late = p.next();
  leaks.hold(node_index{1}, raft::vote_granted{}, late);
  holds.hold(node_index{1}, raft::vote_granted{}, late);
  auto const token = std::move(early).succeeded();
  int leaked = 0, released = 0;
  leaks.release(token, [&](peer, auto const&) { ++leaked; });
  holds.release(token, [&](peer, auto const&) { ++released; });
  CHECK(leaked == 1);
  CHECK(released == 0);
}

} // namespace
} // namespace quorate::test
