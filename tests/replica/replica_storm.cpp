// How much is said: no more than heartbeats when nothing happens, little more where messages are lost, and no
// entry twice because a disk is slow. And how soon a leader whom nobody answers gives way.
#include "protocols.hpp"
#include "quorate/message/messages.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <type_traits>
#include <utility>
#include <vector>

namespace quorate::test {
namespace {

constexpr std::uint64_t beat = 20, T = 20 * beat; // so long that half of the heartbeats are enough to lead

// Three nodes whose syncs run beside their turns.
template <class Protocol>
class talkers {
public:
  using node = typename Protocol::template replica<messages<std::uint64_t>, memory, manual_timer>;
  std::size_t beats = 0, answers = 0, others = 0; // messages sent
  std::size_t entries = 0;                        // that travelled with them
  std::size_t applied = 0;                        // on the node that leads
  unsigned lost_percent = 0;
  node* deaf = nullptr; // hears nobody
  std::uint64_t sync_takes = 1;
  std::uint64_t message_takes = 1;

  explicit talkers(unsigned seed = 7) : random_{seed} {
    for (std::uint32_t id = 1; id <= 3; ++id) {
      disks_.push_back(std::make_unique<memory>());
      nodes_.push_back(std::make_unique<node>(replica_config{node_id{id}, {node_id{1}, node_id{2}, node_id{3}}},
                                              *disks_.back(), manual_timer{{T, beat, 100'000}, id}));
    }
    while (leader() == nullptr) tick();
    run(3 * T);
    forget();
  }
  void forget() { beats = answers = others = entries = applied = 0; }
  node* leader() {
    for (auto& n : nodes_)
      if (n->core().leads()) return n.get();
    return nullptr;
  }
  void run(std::uint64_t ticks) {
    for (; ticks > 0; --ticks) tick();
  }
  // One after another, as one client would.
  void write(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      auto const before = applied;
      REQUIRE(leader()->propose(i));
      for (int patience = 0; applied == before; ++patience) {
        REQUIRE(patience < 10'000);
        tick();
      }
    }
  }

private:
  void tick() {
    ++now_;
    for (; !on_the_way_.empty() && on_the_way_.front().arrives <= now_; on_the_way_.pop_front())
      on_the_way_.front().hand_over();
    for (std::size_t i = 0; i < nodes_.size(); ++i) turn(i);
  }
  void turn(std::size_t i) {
    auto& n = *nodes_[i];
    auto const send = [&](node_id to, auto const& m, payloads bytes) { this->send(i, to, m, bytes); };
    auto& sync = syncs_[i];
    if (sync.order && sync.ends <= now_) n.synced(*disks_[i]->sync(std::move(*std::exchange(sync.order, {}))));
    n.collect(now_, send);
    if (!sync.order) sync = {n.start_sync(), now_ + sync_takes};
    n.release(send, [&](auto const& e) {
      if constexpr (requires { e.command; }) applied += n.core().leads() ? 1 : 0;
    });
  }
  template <class M>
  void send(std::size_t from, node_id to, M const& m, payloads bytes) {
    using answer = typename Protocol::heartbeat_answer;
    constexpr bool is_beat = std::is_same_v<M, raft::heartbeat> || std::is_same_v<M, multi_paxos::heartbeat>;
    ++(is_beat ? beats : std::is_same_v<M, answer> ? answers : others);
    entries += bytes.count();
    if (random_() % 100 < lost_percent || nodes_[to.value - 1].get() == deaf) return;
    auto const whole = bytes.whole();
    on_the_way_.push_back({now_ + message_takes, [this, from, to, m, count = bytes.count(),
                                                  copy = std::vector<std::byte>(whole.begin(), whole.end())] {
                             nodes_[to.value - 1]->receive(node_id{static_cast<std::uint32_t>(from + 1)}, m,
                                                           payloads::trusted(copy, count));
                           }});
  }

  struct parcel {
    std::uint64_t arrives;
    std::function<void()> hand_over;
  };
  struct under_way {
    std::optional<sync_order> order{};
    std::uint64_t ends = 0;
  };
  std::vector<std::unique_ptr<memory>> disks_{};
  std::vector<std::unique_ptr<node>> nodes_{};
  under_way syncs_[3]{};
  std::deque<parcel> on_the_way_{};
  std::mt19937 random_;
  std::uint64_t now_ = 0;
};

// Half of all messages lost double the messages that a write takes, and do no more: a heartbeat is answered with
// what has come, so what is lost is sent at once.
template <class Protocol>
void says_little() {
  talkers<Protocol> idle;
  idle.run(100 * beat);
  CHECK(idle.beats == 2 * 100);
  CHECK(idle.answers == 2 * 100);
  CHECK(idle.others == 0);

  std::size_t others = 0, of_whole = 0;
  for (unsigned seed = 1; seed <= 6; ++seed) {
    talkers<Protocol> whole{seed}, lossy{seed};
    whole.write(300);
    lossy.lost_percent = 50;
    lossy.write(300);
    others += lossy.others, of_whole += whole.others;
  }
  INFO(others, " messages beside heartbeats, and ", of_whole, " with no loss");
  CHECK(others <= 2 * of_whole);

  talkers<Protocol> slow; // a sync takes seven heartbeats
  slow.sync_takes = 7 * beat;
  slow.write(50);
  CHECK(slow.entries == 2 * 50); // each once to each peer
  CHECK(slow.leader() != nullptr);

  talkers<Protocol> far; // a round trip takes six heartbeats: answers tell of a time long ago
  far.message_takes = 3 * beat;
  far.sync_takes = 2 * beat;
  far.run(10 * beat);
  far.forget();
  for (std::uint64_t i = 0; i < 100; ++i) {
    REQUIRE(far.leader()->propose(i));
    far.run(5);
  }
  far.run(20 * beat);
  CHECK(far.applied == 100);
  CHECK(far.entries == 2 * 100);
}
TEST_CASE("no more is said than must be: Raft") { says_little<raft_protocol>(); }
TEST_CASE("no more is said than must be: Multi-Paxos") { says_little<multi_paxos_protocol>(); }

// It looks with every heartbeat whether it has heard of a quorum, and not once each T.
template <class Protocol>
void gives_way_soon() {
  for (std::uint64_t begins = 0; begins < T; begins += 29) {
    talkers<Protocol> some;
    some.run(begins);
    auto* const first = some.deaf = some.leader();
    REQUIRE(first != nullptr);
    std::uint64_t passed = 0;
    for (; passed <= 2 * T && first->core().leads(); ++passed) some.run(1);
    CHECK(passed > T - 2 * beat); // what it had heard counts until the heartbeat after it
    CHECK(passed <= T + 2 * beat);
  }
}
TEST_CASE("a leader gives way T after it last heard of a quorum: Raft") { gives_way_soon<raft_protocol>(); }
TEST_CASE("a leader gives way T after it last heard of a quorum: Multi-Paxos") {
  gives_way_soon<multi_paxos_protocol>();
}

} // namespace
} // namespace quorate::test
