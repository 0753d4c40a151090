// Options by keyword: in any order, each with a default. What must not compile is in reject/.
#include "quorate/policy/keyword.hpp"

#include "quorate/core/log_shape.hpp"
#include "quorate/effect/batch.hpp"
#include "quorate/raft/node.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <type_traits>

namespace quorate {
namespace {

struct colour_axis;
struct size_axis;
template <int N>
struct colour {
  using axis = colour_axis;
  static constexpr int value = N;
};
template <bool On>
struct large : switched<size_axis, On> {};

template <class... Keywords>
constexpr int colour_of = pick<colour_axis, colour<7>, Keywords...>::value;
template <class... Keywords>
constexpr bool is_large = pick<size_axis, large<off>, Keywords...>::value;

static_assert(colour_of<> == 7 && !is_large<>);
static_assert(colour_of<large<on>> == 7 && is_large<large<on>>);
static_assert(colour_of<colour<1>, large<on>> == 1 && is_large<colour<1>, large<on>>);
static_assert(colour_of<large<on>, colour<1>> == 1 && is_large<large<on>, colour<1>>);
static_assert(!is_large<large<off>>);
static_assert(std::is_same_v<pick<colour_axis, colour<7>, large<on>, colour<2>>, colour<2>>);

// The keywords that all protocols know, as Raft takes them up.
struct all_of_them {
  static constexpr bool met(quorum_phase, node_set<64> acks, configuration const& c) {
    return !c.voters.empty() && (acks & c.voters) == c.voters;
  }
};
using few = limits<limit_values{.nodes = 3, .window = 2}>;

static_assert(std::is_same_v<raft::options<>::quorum_type, majority>);
static_assert(std::is_same_v<raft::options<few, quorum<all_of_them>>::quorum_type, all_of_them>);
static_assert(raft::options<quorum<all_of_them>, few>::limit.nodes == 3);
static_assert(raft::options<>::limit.nodes == limit_values{}.nodes);

// Each of Raft's own turns one thing off, alone or among others, and everything is on by default.
template <class... Keywords>
constexpr unsigned switches() {
  using o = raft::options<Keywords...>;
  return (o::pre_votes ? 1U : 0U) | (o::checks_quorum ? 2U : 0U) | (o::appends_first_entry ? 4U : 0U) |
         (o::pipelines ? 8U : 0U) | (o::answers_stale ? 16U : 0U) | (o::tells_commit ? 32U : 0U) |
         (o::reads ? 64U : 0U);
}
static_assert(switches<>() == 127);
static_assert(switches<raft::pre_vote<off>>() == 126 && switches<raft::check_quorum<off>>() == 125);
static_assert(switches<raft::first_entry<off>>() == 123 && switches<raft::pipelining<off>>() == 119);
static_assert(switches<raft::answer_stale<off>>() == 111 && switches<raft::eager_commit<off>>() == 95);
static_assert(switches<raft::read_index<off>>() == 63);
static_assert(switches<raft::read_index<off>, few, raft::pre_vote<off>>() == 62);
static_assert(switches<raft::pre_vote<off>, quorum<majority>, raft::read_index<off>>() == 62);
static_assert(switches<raft::pre_vote<on>, raft::check_quorum<on>>() == 127);

template <class Core>
bool leads_after_two_votes_of_three() {
  log_shape<1> log;
  CHECK(log.put({log_index{1}, 1, stamp{}, entry_kind::configuration}, {node_set<64>::first(3)}));
  Core core{node_index{0}, {}, log};
  batch<Core> out;
  core.step(raft::timer::election, log, out);
  for (std::uint8_t i = 0; i < 2; ++i) core.step(from<raft::vote_granted>{node_index{i}, {term_id{1}}}, log, out);
  return core.leads();
}

TEST_CASE("a core asks the quorum system that its keyword names") {
  CHECK(leads_after_two_votes_of_three<raft::node<raft::pre_vote<off>>>());
  CHECK(!leads_after_two_votes_of_three<raft::node<raft::pre_vote<off>, quorum<all_of_them>>>());
}

} // namespace
} // namespace quorate
