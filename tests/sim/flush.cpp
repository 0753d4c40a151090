// A node whose turn does not let go of what it has sent is told of.
#include "sim/protocols.hpp"

#include "quorate/sim/campaign.hpp"

#include <doctest/doctest.h>

#include <string_view>

namespace quorate {
namespace {

enum class forgets { nothing, before_the_sync, behind_the_sync };

template <class Node, forgets What>
class forgetful : public Node {
public:
  using Node::Node;
  template <class Send>
  void collect(std::uint64_t now, Send const& send) {
    if constexpr (What == forgets::before_the_sync)
      Node::collect(now, held<Send>{send});
    else
      Node::collect(now, send);
  }
  template <class Send, class Machine>
  void release(Send const& send, Machine&& machine) {
    if constexpr (What == forgets::behind_the_sync)
      Node::release(held<Send>{send}, machine);
    else
      Node::release(send, machine);
  }

private:
  template <class Send>
  struct held {
    Send const& to;
    template <class... M>
    void operator()(node_id n, M const&... m) const {
      to(n, m...);
    }
    void flush() const {}
  };
};

template <class Family, forgets What>
struct forgetful_family : Family {
  using node = forgetful<typename Family::node, What>;
};

template <class Family, forgets What>
bool told() {
  auto const r = sim::run_seed<forgetful_family<Family, What>>({.seed = 3, .nodes = 3});
  if (r.broken == nullptr) return false;
  CHECK(std::string_view{r.broken} == "what a turn sends is flushed before a sync begins, and again behind it");
  return true;
}

template <class Family>
void is_told() {
  CHECK(!told<Family, forgets::nothing>());
  CHECK(told<Family, forgets::before_the_sync>());
  CHECK(told<Family, forgets::behind_the_sync>());
}
TEST_CASE("what is not flushed is told of: Raft") { is_told<sim::raft_family<>>(); }
TEST_CASE("what is not flushed is told of: Multi-Paxos") { is_told<sim::multi_paxos_family<>>(); }
TEST_CASE("what is not flushed is told of: Paxos") { is_told<sim::paxos_family<>>(); }

} // namespace
} // namespace quorate
