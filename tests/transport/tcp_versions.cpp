// Nodes that speak several versions of a protocol use the greatest that both speak.
#include "quorate/transport/tcp_versions.hpp"
#include "transport/harness.hpp"

#include <limits>

namespace quorate::test {
namespace {

constexpr auto most = std::numeric_limits<std::uint32_t>::max();

static_assert(common_version({1, 1}, {1, 1}) == 1u);
static_assert(common_version({1, 3}, {2, 5}) == 3u);
static_assert(common_version({2, 5}, {1, 3}) == 3u);
static_assert(common_version({1, 9}, {4, 6}) == 6u);
static_assert(common_version({4, 6}, {1, 9}) == 6u);
static_assert(common_version({1, 2}, {2, 3}) == 2u);
static_assert(common_version({0, most}, {most, most}) == most);
static_assert(common_version({0, 0}, {0, most}) == 0u);
static_assert(!common_version({1, 2}, {3, 4}));
static_assert(!common_version({3, 4}, {1, 2}));
static_assert(!common_version({3, 1}, {1, 3})); // a range that has nothing in it

struct versions {
  asio::io_context io{1};
  party a{io, 1, 2};
  party b{io, 2, 2};

  void speak(version_range of_a, version_range of_b) {
    a.options.protocol_versions = of_a;
    b.options.protocol_versions = of_b;
    a.open();
    b.open();
    introduce({&a, &b});
  }
};

} // namespace

TEST_CASE_FIXTURE(versions, "two nodes use the greatest version that both speak, and each says which") {
  std::uint32_t common = 0;
  SUBCASE("the ranges overlap") { speak({1, 3}, {2, 5}), common = 3; }
  SUBCASE("and the other way about") { speak({2, 5}, {1, 3}), common = 3; }
  SUBCASE("one is within the other") { speak({1, 9}, {4, 6}), common = 6; }
  SUBCASE("they have one version in common") { speak({1, 2}, {2, 3}), common = 2; }
  SUBCASE("the default") { speak({}, {}), common = 1; }
  CHECK_FALSE(a.status(2).protocol_version);
  REQUIRE(meshed(io, {&a, &b}));
  CHECK(a.status(2).protocol_version == common);
  CHECK(b.status(1).protocol_version == common);
  REQUIRE(a.send(2, "x"));
  CHECK(until(io, [&] { return !b.got.empty(); }));
}

TEST_CASE_FIXTURE(versions, "two nodes without a common version refuse each other, and name both ranges") {
  speak({1, 2}, {3, 7});
  auto const reason = "protocol version mismatch: node 2 has 3 to 7, node 1 has 1 to 2; run builds that have a "
                      "version in common"; // in a's words
  REQUIRE(until(io, [&] { return a.times(reason) == 1 && b.times("node 2 has 3 to 7") == 1; }));
  CHECK_FALSE(a.connected(2));
  CHECK_FALSE(b.connected(1));
  CHECK_FALSE(a.status(2).protocol_version);
}

TEST_CASE_FIXTURE(versions, "a node that comes back with later versions is spoken to in a later one") {
  speak({1, 4}, {1, 2});
  REQUIRE(meshed(io, {&a, &b}));
  CHECK(a.status(2).protocol_version == 2u);
  b.net.reset();
  b.options.incarnation = incarnation_id{2};
  b.options.protocol_versions = {1, 3};
  b.open();
  REQUIRE(meshed(io, {&a, &b}));
  CHECK(a.status(2).protocol_version == 3u);
  CHECK(b.status(1).protocol_version == 3u);
}

TEST_CASE_FIXTURE(versions, "a hello that is not confirmed agrees on no version") {
  a.options.protocol_versions = {1, 9};
  b.options.protocol_versions = {1, 5};
  a.open();
  bare s{io};
  auto const answer = greet_as(s, b, a);
  REQUIRE(answer);
  CHECK(answer->protocol_versions == version_range{1, 9});
  CHECK_FALSE(a.status(2).protocol_version);
  s.say(confirm_bytes(answer->nonce));
  CHECK(until(io, [&] { return a.status(2).protocol_version == 5u; }));
}

} // namespace quorate::test
