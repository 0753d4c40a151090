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

// Node A has accepted a configuration at slot 2 which nobody else has.
struct accepted_by_one {
  log_shape<32> log{};
  core it{};
  batch<core> out{};

  explicit accepted_by_one(log_index chosen = log_index{1}) {
    auto const b = make_ballot(1, A);
    REQUIRE(log.put({log_index{1}, 1, stamp{}, entry_kind::configuration}, founders));
    REQUIRE(log.put({log_index{2}, 1, b, entry_kind::configuration}, others));
    it = core{A, hard_state{b, no_node, chosen}, log};
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

TEST_CASE("a configuration that is accepted and not chosen asks nobody and refuses nobody") {
  accepted_by_one a;
  a.step(timer::contact), a.step(timer::election);
  REQUIRE(a.said<canvass>() != nullptr);
  CHECK(a.said<canvass>()->config == founders.voters.bits);
  CHECK(a.said<canvass>(1) != nullptr);
  CHECK(a.said<canvass>(2) == nullptr); // the two other founders

  accepted_by_one asked;
  prepare const m{make_ballot(2, B), log_index{2}, founders.voters.bits};
  asked.step(from<prepare>{B, m});
  REQUIRE(asked.said<promise>() != nullptr);
  CHECK(asked.said<promise>()->ballot == m.ballot);
  CHECK(asked.said<promise>()->voted == make_ballot(1, A)); // its vote is told all the same

  accepted_by_one taught;
  auto const b = make_ballot(2, B);
  taught.step(from<accept>{B, {b, b, log_index{2}, log_index{1}, founders.voters.bits, 1, entry_kind::command}});
  CHECK(taught.it.state().promised == b);
  bool written = false;
  for (auto const& e : taught.out.effects()) written = written || std::get_if<entry_run>(&e) != nullptr;
  CHECK(written);
}

TEST_CASE("a configuration is in force once it is chosen") {
  accepted_by_one a{log_index{2}};
  prepare const of_founders{make_ballot(2, B), log_index{3}, founders.voters.bits};
  a.step(from<prepare>{B, of_founders});
  CHECK(a.said<promise>() == nullptr);
  a.step(from<prepare>{D, {make_ballot(2, D), log_index{3}, others.voters.bits}});
  CHECK(a.said<promise>() != nullptr);
}

} // namespace
} // namespace quorate::test
