// Paxos' roles work with the least effect sink, quorum system and value.
#include "least_policies.hpp"

#include "quorate/effect/ticket.hpp"
#include "quorate/paxos/node.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <type_traits>
#include <utility>
#include <variant>

namespace quorate::test {
namespace {

// Regular, trivially copyable, and nothing more: no order, no numbers.
class mark {
public:
  mark() = default;
  static mark of(int n) {
    mark m;
    m.what_ = n;
    return m;
  }
  friend bool operator==(mark const&, mark const&) = default;

private:
  int what_ = 0;
};

using core = paxos::full_node<mark, quorum<least_quorum<>>>;

struct letter {
  peer from{}, to{};
  std::variant<paxos::prepare, paxos::promise<mark>, paxos::accept<mark>, paxos::accepted<mark>, paxos::refused,
               paxos::inquiry, paxos::chosen<mark>>
      what;
};

// A disk that is never late: what is written is durable before anything else happens, so binding messages may
// leave.
struct host {
  node_index self;
  std::deque<letter>& net;
  paxos::recovered<mark> disk{};
  mark learned{}, decided{};
  class : public ticket_source {
  public:
    using ticket_source::next;
  } tickets{};
};

// No sink of ours below it, nothing constexpr, nothing copyable.
class least_paxos_sink {
public:
  explicit least_paxos_sink(host& h) : host_{h} {}
  least_paxos_sink(least_paxos_sink const&) = delete;
  least_paxos_sink& operator=(least_paxos_sink const&) = delete;
  void operator&() const = delete;

  written write(paxos::acceptor_record<mark> const& r) {
    host_.disk.acceptor = r;
    return host_.tickets.next();
  }
  written write(paxos::ballot_floor f) {
    host_.disk.proposer = f;
    return host_.tickets.next();
  }
  written latest() { return host_.tickets.latest(); }
  template <advisory_message M>
  void send(peer to, M const& m) {
    host_.net.push_back({host_.self, to, m});
  }
  template <binding_message M>
  void send(peer to, M const& m, written after) {
    if (after <= host_.tickets.latest()) host_.net.push_back({host_.self, to, m});
  }
  void arm(paxos::timer) {}
  void disarm(paxos::timer) {}
  void report(paxos::decided<mark> const& d) { host_.decided = d.value; }
  void report(paxos::learned<mark> const& l) { host_.learned = l.value; }
  void report(proposal_refused const&) {}
  void report(paxos::exhausted const&) {}
  void report(paxos::conflict const&) {}

private:
  host& host_;
};
static_assert(paxos::effect_sink<least_paxos_sink, mark>);

struct member {
  host h;
  core node;

  member(node_index n, std::deque<letter>& net) : h{n, net}, node{n, paxos::roster::of(3)} {}
  template <class Event>
  void step(Event const& e) {
    least_paxos_sink out{h};
    node.step(e, out);
  }
};

TEST_CASE("three nodes with the least sink, quorum and value decide, and learn what they have decided") {
  std::deque<letter> net;
  member nodes[3]{{node_index{0}, net}, {node_index{1}, net}, {node_index{2}, net}};
  for (auto& m : nodes) m.step(start{});
  nodes[0].step(paxos::propose_value<mark>{mark::of(7)});
  nodes[2].step(paxos::propose_value<mark>{mark::of(9)});
  for (int i = 0; i < 1000 && !net.empty(); ++i) {
    auto const l = net.front();
    net.pop_front();
    std::visit([&](auto const& m) { nodes[l.to.place.value].step(from{l.from, m}); }, l.what);
  }
  CHECK(nodes[2].h.decided == mark::of(9)); // the higher of two ballots of one round
  for (auto const& m : nodes) {
    CHECK(m.h.learned == mark::of(9));
    CHECK(m.h.disk.acceptor.voted.value == mark::of(9));
  }
}

} // namespace
} // namespace quorate::test
