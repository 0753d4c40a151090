// Which configuration is in force: the last one that is chosen, whatever is accepted behind it.
#include "quorate/core/log_shape.hpp"
#include "quorate/effect/batch.hpp"
#include "quorate/multi_paxos/node.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <variant>

namespace quorate::test {
namespace {

using namespace multi_paxos;
using core = multi_paxos::node<>;

constexpr node_index A{0}, B{1}, D{3};
constexpr configuration founders{node_set<64>::first(3)};
constexpr configuration others{node_set<64>::of(A).with(D).with(node_index{4})};

constexpr std::uint64_t founding = 1; // its number: the slot of its entry

// Node A has accepted a configuration at slot 2 which nobody else has.
struct accepted_by_one {
  log_shape<32, 2> log{};
  core it{};
  batch<core> out{};

  explicit accepted_by_one(log_index chosen = log_index{1}) {
    auto const b = make_ballot(1, A);
    REQUIRE(log.put({log_index{1}, 1, stamp{}, entry_kind::configuration}, founders));
    REQUIRE(log.put({log_index{2}, 1, b, entry_kind::configuration}, others));
    it = core{A, promise_and_mark{b, chosen}, log};
  }
  template <class Event>
  void step(Event const& e) {
    out.clear();
    it.step(e, log, out);
  }
  template <class M>
  M const* said(std::size_t nth = 0) const {
    for (auto const& e : out.effects())
      if (auto const* m = std::get_if<batch<core>::message>(&e))
        if (auto const* what = std::get_if<M>(&m->message); what != nullptr && nth-- == 0) return what;
    return nullptr;
  }
};

TEST_CASE("M16: a configuration that is accepted and not chosen asks nobody and refuses nobody") {
  accepted_by_one a;
  a.step(timer::contact), a.step(timer::election);
  REQUIRE(a.said<canvass>() != nullptr);
  CHECK(a.said<canvass>()->config == founding);
  CHECK(a.said<canvass>(1) != nullptr);
  CHECK(a.said<canvass>(2) == nullptr); // the two other founders

  accepted_by_one asked;
  prepare const m{make_ballot(2, B), log_index{2}, founding};
  asked.step(from<prepare>{B, m});
  REQUIRE(asked.said<promise>() != nullptr);
  CHECK(asked.said<promise>()->ballot == m.ballot);
  CHECK(asked.said<promise>()->voted == make_ballot(1, A)); // its vote is told all the same

  accepted_by_one taught;
  auto const b = make_ballot(2, B);
  taught.step(from<accept>{B, {b, b, log_index{2}, log_index{1}, founding, 1, entry_kind::command}});
  CHECK(taught.it.state().promised == b);
  bool written = false;
  for (auto const& e : taught.out.effects()) written = written || std::get_if<entry_run>(&e) != nullptr;
  CHECK(written);
}

TEST_CASE("a configuration is in force once it is chosen") {
  accepted_by_one a{log_index{2}};
  prepare const of_founders{make_ballot(2, B), log_index{3}, founding};
  a.step(from<prepare>{B, of_founders});
  CHECK(a.said<promise>() == nullptr);
  REQUIRE(a.said<other_configuration>() != nullptr); // its own number, and what it knows to be chosen
  CHECK(*a.said<other_configuration>() == other_configuration{make_ballot(2, B), log_index{2}, 2});
  CHECK(a.it.state().promised == make_ballot(1, A));
  a.step(from<canvass>{B, {make_ballot(2, B), log_index{3}, founding}});
  CHECK(a.said<canvass_granted>() == nullptr);
  CHECK(a.said<other_configuration>() != nullptr);
  a.step(from<prepare>{D, {make_ballot(2, D), log_index{3}, std::uint64_t{2}}});
  CHECK(a.said<promise>() != nullptr);
}

TEST_CASE("a voter of both configurations that speaks in the earlier one is not heard in the later one") {
  auto const b = make_ballot(2, D);
  for (std::uint64_t const number : {0U, 1U, 2U, 3U}) {
    accepted_by_one asked{log_index{2}};
    asked.step(from<prepare>{D, {b, log_index{3}, number}});
    CHECK((asked.said<promise>() != nullptr) == (number == 2));
    CHECK((asked.said<other_configuration>() != nullptr) == (number != 2));
    CHECK((asked.it.state().promised == b) == (number == 2));

    accepted_by_one taught{log_index{2}};
    taught.step(from<accept>{D, {b, b, log_index{3}, log_index{2}, number, 1, entry_kind::command}});
    CHECK((taught.it.state().promised == b) == (number == 2));
  }
}

TEST_CASE(
    "who asks in a configuration that is not known here is told how far this node knows, and gets no promise") {
  accepted_by_one a;
  a.step(from<prepare>{peer{node_index{1}, member_id{7}}, {make_ballot(2, member_id{7}), log_index{9}, 8}});
  CHECK(a.said<promise>() == nullptr);
  REQUIRE(a.said<other_configuration>() != nullptr);
  CHECK(*a.said<other_configuration>() ==
        other_configuration{make_ballot(2, member_id{7}), log_index{1}, founding});
  CHECK(a.it.state().promised == make_ballot(1, A));
}

TEST_CASE("who hears of a later configuration gives its campaign up, and of an earlier one does not") {
  for (bool const promised : {false, true})
    for (std::uint64_t const theirs : {0U, 1U, 2U}) {
      accepted_by_one a;
      a.step(timer::contact), a.step(timer::election);
      auto const ballot = a.said<canvass>()->ballot;
      if (promised) a.step(from<canvass_granted>{B, {ballot, founding}});
      CHECK(a.it.campaigns() == promised);
      CHECK(a.it.state().canvassing != promised);
      a.step(from<other_configuration>{peer{no_node, member_id{9}}, {ballot, log_index{3}, 9}}); // of no member
      CHECK(a.it.campaigns() == promised);
      CHECK(a.it.state().canvassing != promised);
      a.step(from<other_configuration>{B, {ballot, log_index{3}, theirs}});
      bool const gone = theirs > founding;
      CHECK(a.it.campaigns() == (promised && !gone));
      CHECK(a.it.state().canvassing == (!promised && !gone));
    }
}

TEST_CASE("a place alone is nobody: the member that has it in the configuration in force is heard") {
  accepted_by_one a;
  auto const b = make_ballot(2, B);
  a.step(from<prepare>{peer{B, member_id{9}}, {make_ballot(2, member_id{9}), log_index{2}, founding}});
  CHECK(a.out.effects().empty()); // member 9 says it is at B's place
  a.step(from<prepare>{peer{no_node, member_id{2}}, {b, log_index{2}, founding}});
  CHECK(a.out.effects().empty());
  a.step(from<prepare>{B, {b, log_index{2}, founding}});
  CHECK(a.said<promise>() != nullptr);
}

} // namespace
} // namespace quorate::test
