// Replicas with disks in memory, a network that a test moves by hand, and a book of what became of every
// token. Nothing happens by itself: messages wait until delivered, time until it is moved.
#pragma once

#include "quorate/message/messages.hpp"
#include "quorate/timer/manual.hpp"
#include "quorate/timer/steady.hpp"

#include "disks.hpp"
#include "history.hpp"
#include "protocols.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
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

// Ticks, in which the tests count, in a timer's own time.
template <class Timer>
struct ticks;
template <>
struct ticks<manual_timer> {
  static std::uint64_t time(std::uint64_t n) { return n; }
  static std::uint64_t duration(std::uint64_t n) { return n; }
  static std::uint64_t count(std::uint64_t t) { return t; }
};
template <>
struct ticks<steady_timer> {
  using unit = std::chrono::milliseconds;
  static steady_timer::time time(std::uint64_t n) { return steady_timer::time{duration(n)}; }
  static steady_timer::duration duration(std::uint64_t n) { return unit{static_cast<unit::rep>(n)}; }
  static std::uint64_t count(steady_timer::time t) { // the first tick that is not before it
    return static_cast<std::uint64_t>(std::chrono::ceil<unit>(t.time_since_epoch()).count());
  }
};

template <class Protocol, class Storage, class Timer = manual_timer, class Messages = numbers, class... Keywords>
class protocol_cluster {
public:
  using replica = typename Protocol::template replica<Messages, Storage, Timer, Keywords...>;
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
    std::map<std::uint64_t, std::uint64_t> must_see{}; // read token -> what was acknowledged when it was asked
    turn_result<std::uint64_t> next{};

    replica& operator*() { return *node; }
    replica* operator->() { return node.get(); }
    bool up() const { return node != nullptr; }
  };

  timer_settings<std::uint64_t> settings{100, 30, 400}; // in ticks, as `now` is
  std::size_t staged_bytes = 0;                         // of a node that starts; 0: as usual
  std::uint64_t now = 0;
  std::deque<packet> net{};
  history book{};
  std::size_t sent_binding = 0;
  bool strict = true;      // fail when anything is said that a power cut would make untrue
  std::size_t unsound = 0; // how often that was so

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
    using t = ticks<Timer>;
    replica_config config{h.id, members_};
    config.applied = h.disk.log().compacted(); // what these tests apply to forgets nothing
    if (staged_bytes != 0) config.staged_bytes = staged_bytes, config.max_command_bytes = staged_bytes / 2;
    h.node = std::make_unique<replica>(
        config, h.disk,
        Timer{{t::duration(settings.election), t::duration(settings.heartbeat), t::duration(settings.request)},
              h.id.value + 1000 * h.disk.identity().incarnation.value});
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
    auto const next = h.node->turn(ticks<Timer>::time(now), sender(h), machine(h));
    h.next = {std::nullopt, next.pending};
    if (next.deadline) h.next.deadline = ticks<Timer>::count(*next.deadline);
  }
  // Its steps, for tests that do something between them.
  void collect(host& h) { h.node->collect(ticks<Timer>::time(now), sender(h)); }
  void release(host& h) { h.node->release(sender(h), machine(h)); }
  void hear(host& h, applied<Messages> const& a) {
    if (!h.applied.empty()) REQUIRE(h.applied.back().first < a.index);
    h.applied.emplace_back(a.index, a.command);
    book.apply(a.index.value, a.command);
  }
  void hear(host& h, proposal_outcome const& o) {
    if (o.what == fate::done) must_be_kept(h, o);
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
  // Takes the first waiting packet that is `such` out of the network.
  template <class Such>
  std::optional<packet> take_out(Such&& such) {
    auto const found = std::find_if(net.begin(), net.end(), such);
    if (found == net.end()) return std::nullopt;
    auto p = std::move(*found);
    net.erase(found);
    return p;
  }
  template <class M>
  std::optional<packet> take_out() {
    return take_out([](packet const& p) { return p.template holds<M>(); });
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
  // Until another node than `id` leads; its id.
  template <class Passes>
  std::uint32_t succeed(std::uint32_t id, Passes&& passes) {
    for (int i = 0; i < 5000 && (leader() == id || leader() == 0); ++i) run(1, passes);
    REQUIRE_MESSAGE((leader() != id && leader() != 0), "nobody has taken the place of node " << id);
    return leader();
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
    auto const after = after_a_cut(h.disk);
    auto const member = [&](node_id id) {
      for (std::uint8_t i = 0; i < h.node->member_count(); ++i)
        if (h.node->id_of(node_index{i}) == id) return founder_at(node_index{i});
      return no_member;
    };
    if (!after || !Protocol::survives(m, h.disk, *after, member(h.id), member(to))) untrue("said");
  }
  // What somebody was told is done, a majority would still have if the power of all went now.
  void must_be_kept(host& h, proposal_outcome const& o) {
    auto const last = o.index + (o.count - 1);
    auto const written_at = h.disk.log().stamp_at(last);
    std::size_t holders = 0;
    for (auto& other : hosts_) {
      auto const after = after_a_cut(other->disk);
      if (!after || last > after->log().last()) continue;
      holders += last <= after->log().compacted() || Protocol::same(after->log().stamp_at(last), written_at);
    }
    if (2 * holders <= hosts_.size()) untrue("told to be done");
  }
  static std::optional<Storage> after_a_cut(Storage const& disk) { // nothing: it could not be opened again
    std::optional after{disk};
    after->crash();
    if constexpr (requires { after->readable(); })
      if (!after->readable()) return std::nullopt;
    return after;
  }
  void untrue(std::string const& what) {
    ++unsound;
    if (strict) FAIL((what + " before it was durable"));
  }

  std::vector<node_id> members_{};
  std::vector<std::unique_ptr<host>> hosts_{};
};

using cluster = protocol_cluster<raft_protocol, memory>;

// A filter for run() and deliver(): nothing to or from `id`.
inline auto cut_off(std::uint32_t id) {
  return [id](auto const& p) { return p.from.value != id && p.to.value != id; };
}

} // namespace quorate::test
