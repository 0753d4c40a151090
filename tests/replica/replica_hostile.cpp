// Messages that no honest member would send, at the door of a replica. Members are not assumed to lie about
// the protocol (that would be another problem), but what comes from nobody, from itself or in the wrong shape
// is dropped.
#include "cluster.hpp"

namespace quorate {
namespace {

using namespace test;

// Everything that can be seen of a node from outside.
struct visible {
  raft::node<> core{};
  log_index last{};
  hard_state hard{};
  log_index applied{};
  bool stopped = false;
  friend bool operator==(visible const&, visible const&) = default;
};
visible look(cluster& c, std::uint32_t id) {
  return {c[id]->core(), c[id].disk.log().last(), c[id].disk.hard(), c[id]->applied_index(), c[id]->stopped()};
}

template <class Say>
void say_everything(Say&& say) {
  static std::byte const record[12]{std::byte{8}};
  auto const one = payloads::trusted(record, 1);
  term_id const t{99};
  log_index const i{1};
  say(raft::request_pre_vote{t, i, t}, payloads{});
  say(raft::pre_vote_granted{t}, payloads{});
  say(raft::pre_vote_refused{t}, payloads{});
  say(raft::request_vote{t, i, t}, payloads{});
  say(raft::vote_granted{t}, payloads{});
  say(raft::vote_refused{t}, payloads{});
  say(raft::append_entries{t, i, term_id{}, t, i, 1, entry_kind::command}, one);
  say(raft::appended{t, i, 1}, payloads{});
  say(raft::rejected{t, i, i, t}, payloads{});
  say(raft::heartbeat{t, i, 0}, payloads{});
  say(raft::heartbeat_answer{t, log_index{~std::uint64_t{0}}, 0}, payloads{});
  say(forward{incarnation_id{1}, 1, t, 1}, one);
  say(forward_placed{incarnation_id{1}, 1, 1, i, t}, payloads{});
  say(forward_refused{incarnation_id{1}, 1, 1, refusal::busy}, payloads{});
  say(read_request{incarnation_id{1}, 1}, payloads{});
  say(read_answer{incarnation_id{1}, 1, i}, payloads{});
}

TEST_CASE("T6: what comes from a stranger or from itself changes nothing, on a leader and on a follower") {
  cluster c;
  auto const l = c.elect();
  c.run(20);
  for (auto const id : {l, c.other_than(l)}) {
    for (auto const sender : {node_id{0}, node_id{4}, node_id{255}, node_id{0xffffffff}, node_id{id}}) {
      auto const before = look(c, id);
      auto const dropped = c[id]->status().counters.dropped_in;
      say_everything([&](auto const& m, payloads p) { c[id]->receive(sender, m, p); });
      CHECK(look(c, id) == before);
      CHECK(c[id]->status().counters.dropped_in == dropped + 16);
    }
  }
  c.run(100);
  CHECK(c.leader() == l);
}

TEST_CASE("a count that is not that of the records beside it is dropped") {
  cluster c;
  auto const l = c.elect();
  auto const f = c.other_than(l);
  std::byte const records[24]{std::byte{8}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, std::byte{8}};
  auto const two = payloads::trusted(records, 2);
  auto const era = c[l]->core().era();
  auto const last = c[f].disk.log().last();
  for (std::uint32_t const count : {0U, 1U, 3U, 0xffffffffU}) {
    auto const at_f = look(c, f), at_l = look(c, l);
    c[f]->receive(node_id{l}, raft::append_entries{era, last, era, era, last, count, entry_kind::command}, two);
    CHECK(look(c, f) == at_f);
    c[l]->receive(node_id{f}, forward{incarnation_id{1}, 1, era, count}, two);
    CHECK(look(c, l) == at_l);
  }
  c[l]->receive(node_id{f}, forward{incarnation_id{1}, 1, era, 0}, payloads{}); // of nothing
  c[l]->receive(node_id{f}, forward{incarnation_id{1}, 5, era, 2}, two);        // and a right one
  CHECK(c[l].disk.log().last() == last + 2);
}

TEST_CASE("indices at the ends of their range are taken for what they are") {
  cluster c;
  auto const l = c.elect();
  auto const f = c.other_than(l);
  auto const era = c[l]->core().era();
  log_index const far{~std::uint64_t{0}};
  auto const before = look(c, f);
  for (auto const i : {far, far - 1, far - 4096, c[f].disk.log().last() + 1}) {
    c[f]->receive(node_id{l}, raft::append_entries{era, i, era, era, far, 0, entry_kind::command});
    CHECK(c[f].disk.log().last() == before.last);
    CHECK(c[f]->core().commit_index() <= before.last);
    c[l]->receive(node_id{f}, raft::appended{era, i, 255});
    CHECK(c[l]->core().commit_index() <= c[l].disk.log().last());
    c[l]->receive(node_id{f}, raft::rejected{era, i, i, era});
    c[l]->receive(node_id{f}, raft::heartbeat_answer{era, i, ~std::uint64_t{0}});
  }
  auto const token = c.propose(l, 1);
  c.run(100);
  CHECK(c.fate_of(l, token) == fate::done);
  CHECK(c[f].applied.size() == 1);
}

TEST_CASE("a flood between two turns is cut, not stored, and the node goes on") {
  cluster c;
  auto const l = c.elect();
  auto const f = c.other_than(l);
  auto const dropped = c[l]->status().counters.dropped_in;
  for (int i = 0; i < 100000; ++i) // each of these is answered
    c[l]->receive(node_id{f}, raft::request_pre_vote{term_id{1}, log_index{1}, term_id{1}});
  CHECK(c[l]->status().counters.dropped_in > dropped + 90000);
  c.run(50);
  auto const token = c.propose(f, 1);
  c.run(30);
  CHECK(c.fate_of(f, token) == fate::done);
}

} // namespace
} // namespace quorate
