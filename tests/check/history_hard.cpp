// Histories of many clients that a seed draws: how many states it takes to judge them, and how much memory.
#include "client_histories.hpp"
#include "quorate/history/formats.hpp"
#include "quorate/history/history.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace quorate::test {
namespace {

using namespace quorate::check;

judgement judged(client_plan const& plan, budget const& limit = {}) {
  client_world clients{plan};
  std::string error;
  auto h = read_history("drawn", clients.run(), error);
  INFO(error);
  REQUIRE(h.has_value());
  REQUIRE(clients.stale() == plan.stale_keys);
  return std::visit([&](auto& r) { return check_history(r.model, r.operations, limit); }, *h);
}

TEST_CASE("ten keys, five of which hold a stale read: refuted in few states and little memory") {
  for (std::uint64_t const unknown : {5U, 20U})
    for (std::uint64_t const puts : {0U, 10U, 30U, 50U}) {
      CAPTURE(unknown);
      CAPTURE(puts);
      auto const j = judged({.stale_keys = 5, .puts = puts, .appends = 50 - puts, .unknown = unknown});
      CHECK(j.found == verdict::not_linearizable);
      CHECK(j.spent.states < 200'000);
      CHECK(j.spent.bytes < std::uint64_t{32} << 20);
    }
}

TEST_CASE("the same without a stale read has an order") {
  for (std::uint64_t const puts : {0U, 10U, 30U, 50U}) {
    auto const j = judged({.puts = puts, .appends = 50 - puts});
    CHECK(j.found == verdict::linearizable);
    CHECK(j.spent.states < 100'000);
  }
}

TEST_CASE("one hard key of 230 operations is decided") {
  for (std::uint64_t const puts : {0U, 10U, 50U})
    for (std::size_t const stale : {0U, 1U}) {
      auto const j = judged({.keys = 1,
                             .clients = 25,
                             .operations = 230,
                             .stale_keys = stale,
                             .puts = puts,
                             .appends = 50 - puts,
                             .unknown = 10});
      CHECK(j.found == (stale == 0 ? verdict::linearizable : verdict::not_linearizable));
      CHECK(j.spent.states < 200'000);
    }
}

} // namespace
} // namespace quorate::test
