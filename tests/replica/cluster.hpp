// Replicas with disks in memory, a network that a test moves by hand, and a book of what became of every
// token. Nothing happens by itself: messages wait until delivered, time until it is moved.
#pragma once

#include "quorate/message/messages.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"

#include "protocols.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace quorate::test {

using numbers = messages<std::uint64_t>;

// What every cluster holds to, whatever happens: one log, each command in it once, and what was said of it true.
struct history {
  std::map<std::uint64_t, std::uint64_t> log{};   // index -> command, as the first node to apply it saw it
  std::map<std::uint64_t, std::uint64_t> where{}; // command -> index
  std::map<std::uint64_t, std::vector<fate>> fates{};   // command -> what its proposer was told
  std::map<std::uint64_t, std::uint64_t> promised_at{}; // command -> index that its proposer was told
  std::uint64_t acknowledged = 0;                       // the highest index of which anybody was told `done`

  void apply(std::uint64_t index, std::uint64_t command) {
    auto const [at, fresh] = log.emplace(index, command);
    REQUIRE_MESSAGE(at->second == command, "two commands at index " << index);
    if (!fresh) return;
    REQUIRE_MESSAGE(where.emplace(command, index).second,
                    "command " << command << " stands in the log twice");
  }
  void check() const {
    for (auto const& entry : fates) {
      auto const command = entry.first;
      auto const& told = entry.second;
      REQUIRE_MESSAGE(told.size() <= 1, "command " << command << " has two outcomes");
      if (told.empty()) continue;
      auto const at = where.find(command);
      if (told[0] == fate::refused) REQUIRE_MESSAGE(at == where.end(), "refused, but applied: " << command);
      if (told[0] == fate::done && at != where.end()) REQUIRE(promised_at.at(command) == at->second);
    }
  }
};

template <class Protocol, class Storage, class Messages = numbers, class... Keywords>
class protocol_cluster {
public:
  using replica = typename Protocol::template replica<Messages, Storage, manual_timer, Keywords...>;
  using message = typename hands<typename replica::core_type, Storage>::message;

  struct packet {
    node_id from{};
    node_id to{};
    message what{};
    std::vector<std::byte> bytes{};
    std::uint32_t count{};

    template <class M>
    bool holds() const {
      return std::holds_alternative<M>(what);
    }
  };

  struct host {
    node_id id{};
    Storage disk;
    std::unique_ptr<replica> node{};
    std::vector<std::pair<log_index, std::uint64_t>> applied{}; // by this incarnation
    std::map<std::uint64_t, std::uint64_t> commands{};          // token -> command
    std::map<std::uint64_t, proposal_outcome> told{};           // token -> its outcome
    std::map<std::uint64_t, read_outcome> read{};
    std::map<std::uint64_t, std::uint64_t>
        must_see{}; // read token -> what was acknowledged when it was asked
    turn_result<std::uint64_t> next{};

    replica& operator*() { return *node; }
    replica* operator->() { return node.get(); }
    bool up() const { return node != nullptr; }
  };

  manual_timer::settings settings{100, 30, 400};
  std::uint64_t now = 0;
  std::deque<packet> net{};
  history book{};
  std::size_t sent_binding = 0;

  // Disks are small, because they are copied at each binding message.
  explicit protocol_cluster(std::uint32_t n = 3, memory_options const& o = {.entries = 1024, .bytes = 4096}) {
    for (std::uint32_t i = 1; i <= n; ++i) members_.push_back(node_id{i});
    for (auto const id : members_) {
      auto options = o;
      options.identity = {cluster_id{7}, id, store_id{100 + id.value}, incarnation_id{1}};
      hosts_.push_back(std::unique_ptr<host>{new host{.id = id, .disk = Storage{options}}});
    }
    for (auto& h : hosts_) start(*h);
  }

  host& operator[](std::uint32_t id) { return *hosts_[id - 1]; }
  std::size_t size() const { return hosts_.size(); }
  std::vector<node_id> const& members() const { return members_; }

  // --- a node's life
  void start(host& h) {
    h.node = std::make_unique<replica>(
        replica_config{h.id, members_}, h.disk,
        manual_timer{settings, h.id.value + 1000 * h.disk.identity().incarnation.value});
    h.applied.clear(), h.commands.clear(), h.told.clear(), h.read.clear(), h.must_see.clear();
  }
  void crash(std::uint32_t id) { // a power cut: what no sync covered is gone
    (*this)[id].node.reset();
    (*this)[id].disk.crash();
  }
  void restart(std::uint32_t id) { start((*this)[id]); }

  // --- requests
  std::uint64_t propose(std::uint32_t id, std::uint64_t command) { // the token
    auto& h = (*this)[id];
    auto const token = h.node->propose(command);
    REQUIRE(token);
    h.commands[token->value] = command;
    book.fates[command];
    return token->value;
  }
  std::uint64_t read(std::uint32_t id) {
    auto& h = (*this)[id];
    auto const token = h.node->read();
    REQUIRE(token);
    h.must_see[token->value] = book.acknowledged;
    return token->value;
  }

  // --- a turn, and what it tells
  auto sender(host& h) {
    return [this, &h](node_id to, auto const& m, payloads bytes) {
      if constexpr (binding_message<std::remove_cvref_t<decltype(m)>>) {
        ++sent_binding;
        this->must_be_durable(h, to, m);
      }
      net.push_back({h.id, to, message{m}, {bytes.whole().begin(), bytes.whole().end()}, bytes.count()});
    };
  }
  auto machine(host& h) {
    return [this, &h](auto const& e) { this->hear(h, e); };
  }
  void turn(std::uint32_t id) {
    auto& h = (*this)[id];
    h.next = h.node->turn(now, sender(h), machine(h));
  }
  void hear(host& h, applied<Messages> const& a) {
    if (!h.applied.empty()) REQUIRE(h.applied.back().first < a.index);
    h.applied.emplace_back(a.index, a.command);
    book.apply(a.index.value, a.command);
  }
  void hear(host& h, proposal_outcome const& o) {
    for (std::uint32_t i = 0; i < o.count; ++i) {
      auto const token = o.first.value + i;
      REQUIRE_MESSAGE(h.commands.contains(token), "an outcome for a token never given: " << token);
      REQUIRE_MESSAGE(h.told.emplace(token, o).second, "token " << token << " has two outcomes");
      auto const command = h.commands[token];
      book.fates[command].push_back(o.what);
      if (o.what != fate::done) continue;
      book.promised_at[command] = o.index.value + i;
      if (book.acknowledged < o.index.value + i) book.acknowledged = o.index.value + i;
    }
  }
  void hear(host& h, read_outcome const& o) {
    for (std::uint32_t i = 0; i < o.count; ++i) {
      auto const token = o.first.value + i;
      REQUIRE(h.must_see.contains(token));
      REQUIRE_MESSAGE(h.read.emplace(token, o).second, "read " << token << " has two outcomes");
      if (o.what != fate::done) continue;
      REQUIRE(o.index <= h.node->applied_index());
      REQUIRE_MESSAGE(h.node->applied_index().value >= h.must_see[token], "a stale read");
    }
  }
  fate fate_of(std::uint32_t id, std::uint64_t token) { // fails the test if there is none yet
    auto& h = (*this)[id];
    REQUIRE_MESSAGE(h.told.contains(token), "token " << token << " of node " << id << " has no outcome");
    return h.told.at(token).what;
  }
  refusal reason_of(std::uint32_t id, std::uint64_t token) { return (*this)[id].told.at(token).reason; }

  // --- the network
  void hand_over(packet const& p) {
    auto& h = (*this)[p.to.value];
    if (!h.up()) return;
    auto const bytes = payloads::trusted(p.bytes, p.count);
    std::visit([&](auto const& m) { h.node->receive(p.from, m, bytes); }, p.what);
  }
  // Hands over what waits now and passes; loses the rest.
  template <class Passes>
  void deliver(Passes&& passes) {
    for (auto n = net.size(); n > 0; --n) {
      auto const p = std::move(net.front());
      net.pop_front();
      if (passes(p)) hand_over(p);
    }
  }
  // Takes the first waiting packet with an M out of the network.
  template <class M>
  std::optional<packet> take_out() {
    for (auto i = net.begin(); i != net.end(); ++i)
      if (i->template holds<M>()) {
        auto p = *i;
        net.erase(i);
        return p;
      }
    return std::nullopt;
  }

  // --- time
  // `ticks` steps of one: deliver, then a turn of every node that is up.
  template <class Passes>
  void run(std::uint64_t ticks, Passes&& passes) {
    for (; ticks > 0; --ticks) {
      ++now;
      deliver(passes);
      for (auto const id : members_)
        if ((*this)[id.value].up()) turn(id.value);
    }
  }
  void run(std::uint64_t ticks) {
    run(ticks, [](packet const&) { return true; });
  }
  // Until somebody leads, has committed in its term, and everybody has heard; its id.
  std::uint32_t elect() {
    for (int i = 0; i < 5000; ++i) {
      run(1);
      if (auto const l = leader()) {
        auto const& core = (*this)[l]->core();
        bool known = Protocol::settled(core, (*this)[l].disk.log());
        for (auto& h : hosts_)
          if (h->up() && !h->node->stopped())
            known = known && h->node->core().leader() == core.self() &&
                    h->node->applied_index() == core.commit_index();
        if (known) return l;
      }
    }
    FAIL("no leader");
    return 0;
  }
  std::uint32_t leader() { // of the highest term; 0: none
    std::uint32_t best = 0;
    for (auto& h : hosts_)
      if (h->up() && !h->node->stopped() && h->node->core().leads() &&
          (best == 0 || (*this)[best]->core().era() < h->node->core().era()))
        best = h->id.value;
    return best;
  }
  std::uint32_t other_than(std::uint32_t a, std::uint32_t b = 0) const {
    std::uint32_t id = 1;
    while (id == a || id == b) ++id;
    return id;
  }

private:
  // If the power went now, what has just been said would still be so.
  template <class M>
  void must_be_durable(host& h, node_id to, M const& m) {
    if constexpr (requires { h.disk.tripped(); }) REQUIRE_MESSAGE(!h.disk.tripped(), "said after a failure");
    auto after = h.disk;
    after.crash();
    auto const place = [&](node_id id) {
      for (std::uint8_t i = 0; i < h.node->member_count(); ++i)
        if (h.node->id_of(node_index{i}) == id) return node_index{i};
      return no_node;
    };
    Protocol::survives(m, h.disk, after, place(h.id), place(to));
  }

  std::vector<node_id> members_{};
  std::vector<std::unique_ptr<host>> hosts_{};
};

template <class Storage, class Messages = numbers, class... Keywords>
using basic_cluster = protocol_cluster<raft_protocol, Storage, Messages, Keywords...>;
using cluster = basic_cluster<memory>;

// A filter for run() and deliver(): nothing to or from `id`.
inline auto without(std::uint32_t id) {
  return [id](auto const& p) { return p.from.value != id && p.to.value != id; };
}

} // namespace quorate::test
