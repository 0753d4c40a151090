// A host: what waits for its disk, what a crash takes back, and the order in which things leave.
#include "quorate/world/host.hpp"

#include "quorate/raft/node.hpp"
#include "quorate/world/disk.hpp"
#include "quorate/world/slot_disk.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <utility>

namespace quorate::world {
namespace {

struct vow { // what binds
  static constexpr strength says = strength::binding;
  std::uint64_t number{};
  friend constexpr bool operator==(vow const&, vow const&) = default;
};
struct word { // what does not
  static constexpr strength says = strength::advisory;
  std::uint64_t number{};
};
constexpr node_index self{0}, other{1};

// It adds the entries that are proposed to its log, each of its own stamp, and vows that it has; it answers a
// word, and what it has vowed to itself it commits.
struct vowing {
  using messages = message_set<vow, word>;
  enum class timer : std::uint8_t { only };
  peer me{};
  std::uint64_t commit = 0;

  constexpr vowing() = default;
  constexpr vowing(peer p, raft::term_and_vote const&, log_view auto const&) : me{p} {}
  template <class Out>
  constexpr void step(start, log_view auto const&, Out& out) {
    out.arm(timer::only);
  }
  template <class Out>
  constexpr void step(propose e, log_view auto const& log, Out& out) {
    for (auto i = log.last() + 1, end = i + e.count; i < end; i = i + 1) {
      entry_run const next{i, 1, stamp{i.value}, entry_kind::command};
      auto const after = out.write(next);
      for (auto const to : {peer{other}, me}) out.send(to, vow{next.first.value}, after);
    }
  }
  template <class Out>
  constexpr void step(from<word> e, log_view auto const&, Out& out) {
    out.send(e.node, word{e.message.number + 1});
  }
  template <class Out>
  constexpr void step(from<vow> e, log_view auto const&, Out& out) {
    if (e.node != me) return;
    commit = e.message.number;
    out.report(committed{log_index{commit}});
    out.disarm(timer::only);
  }
  friend constexpr bool operator==(vowing const&, vowing const&) = default;
};

// Tells what it hears, in order.
struct teller : onlooker {
  std::string told{};
  void begins(start) { told += "starts "; }
  template <class Event>
  void begins(Event const&) {
    told += "[";
  }
  void ended() { told += "] "; }
  void writes(entry_run const& w) { told += "writes " + std::to_string(w.first.value) + " "; }
  void cannot_write() { told += "in vain "; }
  void waits(node_index to, vow v) { told += "waits " + name(to, v.number); }
  void leaves(node_index to, vow v) { told += "leaves " + name(to, v.number); }
  void leaves(node_index to, word w) { told += "says " + name(to, w.number); }
  void returns(vow v) { told += "returns " + std::to_string(v.number) + " "; }
  void arm(vowing::timer) { told += "arms "; }
  void disarm(vowing::timer) { told += "disarms "; }
  void report(committed c) { told += "commits " + std::to_string(c.upto.value) + " "; }
  static std::string name(node_index to, std::uint64_t n) {
    return std::to_string(to.value) + ":" + std::to_string(n) + " ";
  }
  std::string take() { return std::exchange(told, {}); }
};

using vowing_host = host<vowing, shape_disk<4>, 8>;
vowing_host founded(teller& ears) {
  vowing_host h{};
  h.self = self;
  auto d = h.durable;
  d.found({node_set<64>::first(2)});
  h.crash(d, ears);
  return h;
}

TEST_CASE("what binds waits for its write to be durable, and leaves in the order in which it was said") {
  teller ears;
  auto h = founded(ears);
  CHECK(ears.take() == "starts arms ] ");
  h.step(propose{2}, ears);
  CHECK(ears.take() == "[writes 2 waits 1:2 waits 0:2 writes 3 waits 1:3 waits 0:3 ] ");
  auto const copy = h;
  h.step(from{other, word{7}}, ears);
  CHECK(ears.take() == "[says 1:8 ] "); // which waits for nothing
  CHECK(h == copy);
  CHECK(h.written.log.last() == log_index{3});
  CHECK(h.durable.log.last() == log_index{1});
  CHECK(h.held.size() == 4);

  h.finish_sync(h.start_sync(), ears);
  CHECK(ears.take() == "leaves 1:2 returns 2 [commits 2 disarms ] leaves 1:3 returns 3 [commits 3 disarms ] ");
  CHECK(h.held.empty());
  CHECK(h.durable == h.written);
  CHECK(!(h == copy));
}

TEST_CASE("a sync in flight lets go only what was written before it began") {
  teller ears;
  auto h = founded(ears);
  h.step(propose{1}, ears);
  auto begun = h.start_sync();
  h.step(propose{1}, ears);
  ears.take();
  h.finish_sync(std::move(begun), ears);
  CHECK(ears.take() == "leaves 1:2 returns 2 [commits 2 disarms ] ");
  CHECK(h.durable.log.last() == log_index{2});
  CHECK(h.written.log.last() == log_index{3});
  CHECK(h.held.size() == 2);
}

TEST_CASE("a crash takes back what is not durable, and what waited for it is never said") {
  teller ears;
  auto h = founded(ears);
  h.step(propose{1}, ears);
  h.finish_sync(h.start_sync(), ears);
  h.step(propose{1}, ears);
  auto begun = h.start_sync();
  auto const image = begun.image;
  ears.take();
  h.crash(h.durable, ears);
  CHECK(ears.take() == "starts arms ] ");
  CHECK(h.written.log.last() == log_index{2});
  CHECK(h.core.commit == 0);
  CHECK(h.held.empty());

  // The numbers of writes go on: the sync of the life before lets nothing of this one go.
  h.step(propose{1}, ears);
  ears.take();
  h.finish_sync(std::move(begun), ears);
  CHECK(ears.take().empty());
  CHECK(h.held.size() == 2);

  h.crash(image, ears); // it had reached the disk
  CHECK(h.written.log.last() == log_index{3});
  CHECK(h.durable == h.written);
}

TEST_CASE("an order of as many writes as were covered lets the same go") {
  teller ears;
  auto h = founded(ears);
  h.step(propose{2}, ears);
  ears.take();
  h.finish_sync({numbers::order_upto(1), h.written}, ears);
  CHECK(ears.take() == "leaves 1:2 returns 2 [commits 2 disarms ] ");
  CHECK(h.held.size() == 2);
}

TEST_CASE("a write that the disk can't carry out is told of") {
  teller ears;
  auto h = founded(ears);
  h.step(propose{3}, ears); // a run each, and there is room for four
  CHECK(ears.take().find("in vain") == std::string::npos);
  h.step(propose{1}, ears);
  CHECK(ears.take() == "[writes 5 in vain waits 1:5 waits 0:5 ] ");
  CHECK(h.written.log.last() == log_index{4});
}

// Three places; the one of member 1, which is gone, is member 4's.
configuration moved() {
  configuration c{node_set<64>::first(3)};
  c.members[0] = c.last_member = member_id{4};
  return c;
}
struct moving_disk : shape_disk<8> {
  static constexpr bool places_move = true;
};
static_assert(places_move<moving_disk> && !places_move<shape_disk<8>> && !places_move<without_payload>);

TEST_CASE("where places move, a host and whom it hears have the places that its own disk gives them") {
  onlooker ears;
  host<raft::node<>, moving_disk> h{};
  h.self = node_index{3};
  auto d = h.durable;
  d.found(moved());
  h.crash(d, ears);
  CHECK(h.core.me() == peer{node_index{0}, member_id{4}});
  CHECK(h.known_as(node_index{3}) == h.core.me());
  CHECK(h.known_as(node_index{1}) == peer{node_index{1}});
  CHECK(h.known_as(node_index{0}) == peer{no_node, member_id{1}});

  d = {};
  d.found({node_set<64>::first(3)});
  h.crash(d, ears);
  CHECK(h.core.me() == peer{no_node, member_id{4}});
  CHECK(h.known_as(node_index{0}) == peer{node_index{0}});

  host<vowing, shape_disk<4>> of_founders{}; // whatever it holds
  CHECK(of_founders.known_as(node_index{3}) == peer{node_index{3}});
}

TEST_CASE(
    "a log of slots keeps the configurations that are laid down in it, until something is written over one") {
  using log = slot_log<6, 2>;
  log_index const first{1}, third{3}, fourth{4};
  log l{configuration{node_set<64>::first(3)}};
  slot_offer const two{log_index{2}, [] {
                         slot_values v;
                         (void)v.push_back({stamp{9}, 2});
                         return v;
                       }()};
  REQUIRE(l.put({log_index{2}, 1, stamp{9}, entry_kind::command}, two));
  CHECK(!l.lay(fourth, stamp{9}, moved())); // it does not follow on
  REQUIRE(l.lay(third, stamp{9}, moved()));
  CHECK(!l.lay(fourth, stamp{9}, moved())); // there is no room for a third one
  CHECK(l.config_at(log_index{2}).number == first);
  CHECK(l.config_at(log_index{2}).members[0] == member_id{1});
  CHECK(l.config_at(third).number == third);
  CHECK(l.config_at(third).members[0] == member_id{4});
  CHECK(l.put({third, 1, stamp{10}, entry_kind::configuration}, {})); // voted for again
  CHECK(l.config_at(third).number == third);
  CHECK(!l.put({fourth, 1, stamp{10}, entry_kind::configuration}, {fourth, two.what})); // which nobody has
  REQUIRE(l.put({third, 1, stamp{11}, entry_kind::no_op}, {}));
  CHECK(l.config_at(third).number == first);
}

} // namespace
} // namespace quorate::world
