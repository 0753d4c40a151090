// Who takes part: the members and their places, and the bytes of a configuration's entry.
#include "quorate/core/configuration.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace quorate {
namespace {

using bytes = std::vector<std::byte>;
using form = configuration_form;

constexpr node_index A{0}, B{1}, C{2}, D{3};

static_assert(configuration{node_set<64>::first(3)}.at(B) == peer{B, member_id{2}});
static_assert(configuration{node_set<64>::first(3)}.last_member == member_id{3});
static_assert(peer{B} == peer{B, member_id{2}} && peer{no_node} == peer{} && founder_at(no_node) == no_member);
static_assert(founded_place(member_id{64}) == node_index{63} && founded_place(member_id{65}) == no_node);
static_assert(founded_place(no_member) == no_node);

// Member 4 has the place of member 1, who is gone; member 3 learns.
configuration later() {
  configuration c;
  c.number = log_index{9};
  c.voters = node_set<64>::of(A).with(B);
  c.outgoing = node_set<64>::of(B);
  c.learners = node_set<64>::of(C);
  c.lease = 77;
  c.last_member = member_id{4};
  c.members[0] = member_id{4}, c.members[1] = member_id{2}, c.members[2] = member_id{3};
  return c;
}
bytes entry_of(configuration const& c, bytes const& user = {std::byte{0xaa}, std::byte{0xbb}}) {
  bytes out;
  form::write(
      c, [&](std::byte b) { out.push_back(b); },
      [&](node_index place) {
        return member_row{place, c.member_at(place), node_id{100U + place.value}, store_id{7}, user};
      });
  return out;
}

TEST_CASE("a member is here at the place that it has, and at no other; a place is its member's") {
  auto const c = later();
  CHECK(c.has(peer{A, member_id{4}}));
  CHECK(!c.has(peer{A, member_id{1}})); // who had that place before
  CHECK(!c.has(peer{B, member_id{4}}));
  CHECK(!c.has(peer{no_node, member_id{4}}));
  CHECK(!c.has(peer{D, no_member})); // nobody is at D, and nobody is no member
  CHECK(c.place_of(member_id{4}) == A);
  CHECK(c.place_of(member_id{1}) == no_node);
  CHECK(c.place_of(no_member) == no_node);
  CHECK(c.places() == node_set<64>::first(3));
}

TEST_CASE("an entry says what its configuration is, and of each member the node, the store and the user's bytes") {
  auto const c = later();
  auto const e = entry_of(c);
  CHECK(e.size() == form::size(c, 3 * 2));
  std::vector<std::uint32_t> nodes;
  auto const read = form::read(e, log_index{9}, [&](member_row const& r) {
    nodes.push_back(r.node.value);
    CHECK(r.member == c.member_at(r.place));
    CHECK(r.store == store_id{7});
    CHECK(r.bytes.size() == 2);
    CHECK(r.bytes[1] == std::byte{0xbb});
  });
  CHECK(read == std::optional{c});
  CHECK(nodes == std::vector<std::uint32_t>{100, 101, 102});
}

TEST_CASE("the founders' entry is what it was: it is written by each of them alike, and stays in every log") {
  configuration c{node_set<64>::first(1)};
  c.number = log_index{1};
  bytes out;
  form::write(
      c, [&](std::byte b) { out.push_back(b); },
      [](node_index place) {
        return member_row{place, {}, node_id{5}, {}, {}};
      });
  bytes expected(84);
  auto const set = [&](std::size_t at, unsigned value) { expected[at] = static_cast<std::byte>(value); };
  set(0, 'Q'), set(1, 'C'), set(2, 'F'), set(3, 'G'), set(4, 1), set(6, 1), set(8, 1), set(16, 1), set(56, 1);
  set(66, 1), set(68, 5);
  CHECK(out == expected);
}

TEST_CASE("an entry that is cut or goes on, has a bit set in what is reserved, or contradicts itself, is none") {
  auto const c = later();
  auto const e = entry_of(c);
  auto const reads = [](bytes const& b, std::uint64_t number = 9) {
    return form::read(b, log_index{number}).has_value();
  };
  REQUIRE(reads(e));
  CHECK(!reads(e, 8)); // it stands elsewhere
  for (std::size_t n = 0; n < e.size(); ++n)
    CHECK(!reads(bytes(e.begin(), e.begin() + static_cast<std::ptrdiff_t>(n))));
  auto more = e;
  more.push_back(std::byte{});
  CHECK(!reads(more));
  auto const flipped = [&](std::size_t at, unsigned bit) {
    auto b = e;
    b[at] ^= static_cast<std::byte>(1U << bit);
    return reads(b);
  };
  std::string read_all_the_same; // which bytes may differ: lease, node, store, the user's
  for (std::size_t at = 0; at < e.size(); ++at) {
    bool any = false;
    for (unsigned bit = 0; bit < 8; ++bit) any = any || flipped(at, bit);
    read_all_the_same += any ? '1' : '0';
  }
  std::string const fixed = std::string(16, '0') + // mark, form, rows, number
                            "10000000"
                            "10000000"
                            "10000000"
                            "10000000" + // sets, of places that have a row
                            std::string(8, '1') +
                            "11" + "00" + "0000"; // lease, counter, 0, flags
  CHECK(read_all_the_same.substr(0, 64) == fixed);
  for (std::size_t row = 0; row < 3; ++row)
    // Of the third row's member, 3, one bit makes 1, which is no other row's and not above the counter.
    CHECK(read_all_the_same.substr(64 + 22 * row, 22) == (row == 2 ? "0010" : "0000") + std::string(12, '1') +
                                                             "0000"
                                                             "11");
}

TEST_CASE("two rows of one member, a member above the counter, and no voters are refused") {
  auto c = later();
  c.members[1] = member_id{4};
  CHECK(!form::read(entry_of(c), log_index{9}));
  c = later(), c.last_member = member_id{3};
  CHECK(!form::read(entry_of(c), log_index{9}));
  c = later(), c.voters = {};
  CHECK(!form::read(entry_of(c), log_index{9}));
  c = later(), c.members[1] = no_member;
  CHECK(!form::read(entry_of(c), log_index{9}));
}

TEST_CASE("the first entry of the earlier formats is read: voters, and a node id each") {
  bytes e(8 + 12);
  e[0] = std::byte{7};
  e[8] = std::byte{1}, e[12] = std::byte{2}, e[16] = std::byte{9};
  std::vector<std::uint32_t> nodes;
  auto const c = form::read(e, log_index{1}, [&](member_row const& r) {
    nodes.push_back(r.node.value);
    CHECK(r.member == founder_at(r.place));
  });
  configuration founders{node_set<64>::first(3)};
  founders.number = log_index{1};
  CHECK(c == std::optional{founders});
  CHECK(nodes == std::vector<std::uint32_t>{1, 2, 9});
  CHECK(!form::read(e, log_index{2})); // there was never a second one
  e[0] = std::byte{5};
  CHECK(!form::read(e, log_index{1})); // founders have the first places
  e[0] = std::byte{3};
  CHECK(!form::read(e, log_index{1})); // of two, and three ids
}

} // namespace
} // namespace quorate
