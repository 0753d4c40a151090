// What a replica is asked of frames before it hears them: nothing that can't be applied gets into a log, and what
// no honest peer says changes nothing.
#include "protocols.hpp"
#include "quorate/message/messages.hpp"
#include "quorate/replica/wire.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace quorate::test {
namespace {

using numbers_8 = messages<std::uint64_t>; // a record of a command has eight bytes
// It can tell a command by its first byte.
struct cheaply : numbers_8 {
  static inline int asked = 0;
  static bool check_entry(payloads::bytes b) { return ++asked, b.size() == 8 && b[0] != std::byte{0xee}; }
};

// Records of these sizes, each byte of which is `fill`.
std::vector<std::byte> records(std::initializer_list<std::uint32_t> sizes, std::byte fill = {}) {
  std::vector<std::byte> out;
  for (auto const size : sizes) {
    out.resize(out.size() + payloads::prefix);
    payloads::put_length(out.data() + out.size() - payloads::prefix, size);
    out.resize(out.size() + size, fill);
  }
  return out;
}

// One of three, which hears what node 2 says.
template <class Protocol, class Messages = numbers_8>
struct one_of_three {
  using node = typename Protocol::template replica<Messages, memory, manual_timer>;
  using wire = wire_of<node>;
  memory disk{{.identity = {.node = node_id{1}, .incarnation = incarnation_id{1}}, .entries = 128, .bytes = 4096}};
  node r{{node_id{1}, {node_id{1}, node_id{2}, node_id{3}}}, disk, manual_timer{{100, 30, 400}, 1}};

  template <class M>
  std::string hear(M const& m, std::vector<std::byte> const& bytes = {}, std::uint32_t count = 0) {
    std::vector<std::byte> frame;
    REQUIRE(wire::append(frame, member_id{2}, m, payloads::trusted(bytes, count)));
    auto const core = r.core();
    auto const last = disk.log().last();
    auto const fault = wire::deliver(r, node_id{2}, frame);
    if (fault == decode_error::none) return "";
    CHECK(fault == decode_error::doubted);
    CHECK(r.core() == core);
    CHECK(disk.log().last() == last);
    CHECK(r.status().counters.dropped_in == 0);
    CHECK_FALSE(r.stopped());
    return text(fault);
  }
};

// Entries 2 and so on, as a leader that has begun to lead would send them.
raft::append_entries entries(raft_protocol, std::uint32_t count, entry_kind kind) {
  return {term_id{1}, log_index{1}, term_id{}, term_id{1}, log_index{1}, count, kind};
}
multi_paxos::accept entries(multi_paxos_protocol, std::uint32_t count, entry_kind kind) {
  auto const b = multi_paxos::make_ballot(1, node_index{1});
  return {b, b, log_index{2}, log_index{1}, 1, count, kind};
}
raft::append_entries founding(raft_protocol) {
  return {term_id{1}, log_index{}, term_id{}, term_id{}, log_index{1}, 1, entry_kind::configuration};
}
multi_paxos::accept founding(multi_paxos_protocol) {
  return {multi_paxos::make_ballot(1, node_index{1}),
          stamp{},
          log_index{1},
          log_index{1},
          1,
          1,
          entry_kind::configuration};
}

// A configuration's entry as it was in versions 1 and 2 of the formats.
std::vector<std::byte> earlier_record(std::initializer_list<std::uint8_t> ids) {
  auto out = records({static_cast<std::uint32_t>(8 + 4 * ids.size())});
  out[payloads::prefix] = static_cast<std::byte>((1U << ids.size()) - 1);
  auto at = payloads::prefix + 8;
  for (auto const id : ids) out[at] = static_cast<std::byte>(id), at += 4;
  return out;
}

bool is_about(std::string_view sentence, std::string_view what) {
  return sentence.find(what) != std::string_view::npos;
}

template <class Protocol>
void lets_no_poison_in() {
  Protocol const p;
  auto const command = entry_kind::command;
  for (auto const& bad : {records({1}), records({0}), records({9})})
    CHECK(is_about(one_of_three<Protocol>{}.hear(entries(p, 1, command), bad, 1), "no command"));
  CHECK(is_about(one_of_three<Protocol>{}.hear(entries(p, 3, command), records({8, 8, 7}), 3), "no command"));
  CHECK(one_of_three<Protocol>{}.hear(entries(p, 3, command), records({8, 8, 8}), 3).empty());
  CHECK(is_about(one_of_three<Protocol>{}.hear(entries(p, 1, entry_kind::no_op), records({8}), 1), "no-op"));
  CHECK(one_of_three<Protocol>{}.hear(entries(p, 1, entry_kind::no_op), records({0}), 1).empty());

  forward const asked{incarnation_id{1}, 1, stamp{1}, 2};
  CHECK(is_about(one_of_three<Protocol>{}.hear(asked, records({8, 1}), 2), "no command"));
  CHECK(one_of_three<Protocol>{}.hear(asked, records({8, 8}), 2).empty());
}
TEST_CASE("K1: a record that is no command never gets into a log: Raft") { lets_no_poison_in<raft_protocol>(); }
TEST_CASE("K1: a record that is no command never gets into a log: Multi-Paxos") {
  lets_no_poison_in<multi_paxos_protocol>();
}

template <class Protocol>
void knows_its_members() {
  Protocol const p;
  membership<7> ids, others;
  REQUIRE(ids.assign(std::vector{node_id{1}, node_id{2}, node_id{3}}));
  REQUIRE(others.assign(std::vector{node_id{1}, node_id{2}, node_id{4}}));
  CHECK(one_of_three<Protocol>{}.hear(founding(p), ids.record(), 1).empty());
  CHECK(one_of_three<Protocol>{}.hear(founding(p), earlier_record({1, 2, 3}), 1).empty());
  for (auto const& bad : {others.record(), earlier_record({1, 2, 4}), earlier_record({1, 2}), records({1}),
                          records({0}), records({64})})
    CHECK(is_about(one_of_three<Protocol>{}.hear(founding(p), bad, 1), "other members"));
}
TEST_CASE("a configuration that is not the own one is not taken: Raft") { knows_its_members<raft_protocol>(); }
TEST_CASE("a configuration that is not the own one is not taken: Multi-Paxos") {
  knows_its_members<multi_paxos_protocol>();
}

TEST_CASE("who can tell a command with less than decoding it is asked instead") {
  using node = one_of_three<raft_protocol, cheaply>;
  CHECK(node{}.hear(entries(raft_protocol{}, 1, entry_kind::command), records({8}), 1).empty());
  CHECK(cheaply::asked == 1);
  CHECK(is_about(node{}.hear(entries(raft_protocol{}, 1, entry_kind::command), records({8}, std::byte{0xee}), 1),
                 "no command"));
}

TEST_CASE("what a core doubts is not heard, nor are numbers that would wrap") {
  using node = one_of_three<raft_protocol>;
  term_id const last{~std::uint64_t{0}};
  log_index const nowhere{~std::uint64_t{0}};
  CHECK(is_about(node{}.hear(raft::request_vote{last, log_index{1}, {}}), "term"));
  CHECK(is_about(node{}.hear(raft::heartbeat{term_id{1}, log_index{5}, 0}),
                 "beyond what this node has acknowledged"));
  CHECK(is_about(node{}.hear(forward_placed{incarnation_id{1}, 1, 1, nowhere, stamp{1}}), "no log has"));
  CHECK(is_about(node{}.hear(read_answer{incarnation_id{1}, 1, nowhere}), "no log has"));
  CHECK(node{}.hear(read_answer{incarnation_id{1}, 1, log_index{9}}).empty());
}

TEST_CASE("a node whose term was raised in steps that were believed is understood in the end") {
  one_of_three<raft_protocol> node;
  REQUIRE(node.hear(raft::heartbeat{term_id{1}, {}, 0}).empty());
  raft::heartbeat const far{term_id{1 + 3 * raft::most_terms_missed}, {}, 0};
  CHECK(is_about(node.hear(far), "2^32"));
  CHECK(is_about(node.hear(far), "2^32"));
  CHECK(node.hear(far).empty());
  CHECK(node.r.core().era() == far.term);
}

TEST_CASE("in a term that it was not in when it started a node knows what it has acknowledged") {
  one_of_three<raft_protocol> node;
  REQUIRE(node.hear(raft::heartbeat{term_id{1}, {}, 0}).empty());
  CHECK(
      is_about(node.hear(raft::heartbeat{term_id{1}, log_index{5}, 0}), "beyond what this node has acknowledged"));
  CHECK_FALSE(node.r.stopped());
}

} // namespace
} // namespace quorate::test
