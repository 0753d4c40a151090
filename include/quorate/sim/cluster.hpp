// Nodes, their disks and the messages between them, moved by actions and by nothing else: no chance and no clock
// is in here. After each action everything is checked.
#pragma once

#include "quorate/effect/strength.hpp"
#include "quorate/message/hash.hpp"
#include "quorate/policy/quorum.hpp"
#include "quorate/sim/acquaintance.hpp"
#include "quorate/sim/cluster_options.hpp"
#include "quorate/sim/disk.hpp"
#include "quorate/sim/findings.hpp"
#include "quorate/sim/mailbox.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace quorate::sim {

// Have its nodes a state machine and snapshots of it?
template <class Family>
inline constexpr bool keeps_snapshots = requires {
  requires Family::has_snapshots;
};

// `Family` names the node (log_node, decree_node), its disk, and the ghost that watches.
template <class Family>
class cluster : public findings {
public:
  using family = Family;
  using node_type = typename Family::node;
  using disk_type = typename node_type::disk_type;
  using message = typename node_type::message;
  using ghost_type = typename Family::template ghost<cluster>;

  using packet = sim::packet<message>;
  struct host {
    node_id id{};
    disk_type disk;
    std::vector<store_id> known{}; // which disk each member had, as it was founded
    std::optional<node_type> node{};
    std::deque<sync_order> in_flight{};
    std::size_t unflushed = 0; // messages that a turn has sent and not let go (replica.hpp's flush)
    std::uint64_t shown = 0;   // by its clock, which never goes back
    bool lost = false;         // its disk is not what it was: it may stay away for good
    bool wiped = false;        // its disk is another one: the others refuse it, and it has forgotten what it said
    bool rotten = false;       // its newest snapshot is damaged, and nothing else may lead to its log
    bool aged = false;         // likewise, and something does
    bool abandoned = false;    // it is never to come back: nobody need keep anything for it
    typename ghost_type::record seen{};

    host(node_id n, disk_type d) : id{n}, disk{std::move(d)} {}
    bool up() const { return node.has_value(); }
    std::uint32_t place() const { return id.value - 1; }
  };

  explicit cluster(cluster_options const& o) : options_{o}, ghost_{*this} {
    for (std::uint32_t i = 1; i <= o.nodes; ++i) members_.push_back(node_id{i});
    found();
  }
  cluster(cluster const&) = delete;
  cluster& operator=(cluster const&) = delete;

  // Carries an action out, if it is possible; false: it is not, and nothing has changed.
  bool execute(action const& a) {
    if (a.node >= hosts_.size()) return false;
    if (a.what != act::deliver) return possible(a) && (carry_out(a), true);
    auto const slot = packets_.find(a.peer, a.node, a.match);
    return slot && deliver(a, *slot);
  }
  // The same for the message in `slot`, one of sent().
  bool deliver(action const& a, std::uint32_t slot) {
    if (!packets_[slot].number) return false;
    auto& h = hosts_[a.node];
    auto& p = packets_[slot];
    bool const heard = h.up() && !h.node->stopped();
    begin(a, h);
    if (heard && strangers(h, hosts_[p.from], p))
      ++covered_[happening::strangers];
    else if (heard)
      hand_over(h, p);
    if (a.flag == 0) packets_.free(slot);
    return heard ? (look_at(h, false), true) : true;
  }
  // The message in `slot` is lost.
  void lose(std::uint32_t slot) {
    note_message(check::trace_kind::drop, packets_[slot]);
    packets_.free(slot);
  }
  // Messages that left during the last action, by slot; they stay where they are until delivered or lost.
  std::vector<std::uint32_t> const& sent() const { return sent_; }
  packet const& at(std::uint32_t slot) const { return packets_[slot]; }

  // --- what is known
  std::uint32_t size() const { return static_cast<std::uint32_t>(hosts_.size()); }
  host& operator[](std::uint32_t place) { return hosts_[place]; }
  host const& operator[](std::uint32_t place) const { return hosts_[place]; }
  std::vector<node_id> const& members() const { return members_; }
  ghost_type& ghost() { return ghost_; }
  ghost_type const& ghost() const { return ghost_; }
  // Messages will be looked for by their content.
  void index_messages() { packets_.index(); }
  // May one more node lose its disk? The others must still be able to decide, and to find all that was decided.
  bool can_lose(std::uint32_t place) const {
    node_set<64> rest{};
    for (auto const& h : hosts_)
      if (!h.lost && h.place() != place) rest.insert(index_of(h));
    return decide(rest);
  }
  bool decide(node_set<64> nodes) const {
    typename node_type::core_type::options::quorum_type const q{};
    configuration const all{node_set<64>::first(hosts_.size())};
    return q.met(quorum_phase::election, nodes, all) && q.met(quorum_phase::commit, nodes, all);
  }
  static node_index index_of(host const& h) { return node_index{static_cast<std::uint8_t>(h.place())}; }

private:
  static constexpr bool has_snapshots = keeps_snapshots<Family>;

  void found() {
    for (auto const id : members_) {
      hosts_.emplace_back(id, Family::make_disk(identity_of(id, 100), options_.entries));
      for (auto const other : members_) hosts_.back().known.push_back(store_id{100 + other.value});
    }
    for (auto& h : hosts_) boot(h);
  }
  static store_identity identity_of(node_id id, std::uint64_t base) {
    return {cluster_id{7}, id, store_id{base + id.value}, incarnation_id{1}};
  }
  void boot(host& h) {
    auto const life = h.disk.identity().incarnation.value;
    auto const seed = options_.seed + h.id.value * 1'000'003U + life * 7'919U + renewals_ * 104'729U;
    if constexpr (has_snapshots)
      h.disk.open(), h.node.emplace(h.id, members_, h.disk, options_.times, seed, options_.habits);
    else
      h.node.emplace(h.id, members_, h.disk, options_.times, seed);
    note(h, check::trace_kind::start, "");
    look_at(h, true);
  }

  // --- actions
  bool possible(action const& a) const {
    auto const& h = hosts_[a.node];
    bool const works = h.up() && !h.node->stopped();
    switch (a.what) {
    case act::turn: return h.up();
    case act::sync: return works && a.argument < h.in_flight.size();
    case act::crash: return h.up();
    case act::restart: return !h.up();
    case act::wipe: return !h.up() && (h.lost || can_lose(a.node));
    case act::damage: return (h.lost || can_lose(a.node)) && Family::can_damage(h.disk, a.argument);
    case act::renew: return Family::renews;
    case act::abandon: return true;
    case act::seal:
      if constexpr (has_snapshots) return h.up() && h.node->seals(); // also of a node that has stopped
      return false;
    case act::rot:
      if constexpr (has_snapshots) return h.disk.snapshots().newest() && (h.lost || can_lose(a.node));
      return false;
    default: return works;
    }
  }
  void carry_out(action const& a) {
    auto& h = hosts_[a.node];
    begin(a, h);
    bool restarted = false;
    switch (a.what) {
    case act::turn: turn(h, a.match, static_cast<turn_steps>(a.flag)); break;
    case act::sync: sync(h, a.argument, static_cast<sync_end>(a.flag)); break;
    case act::crash: return crash(h, a.argument, a.flag != 0);
    case act::restart: return restart(h);
    case act::propose:
    case act::read: ghost_.request(h, a); break;
    case act::compact: ghost_.compact(h, a.argument); break;
    case act::trouble:
      h.disk.make(static_cast<disk_trouble>(a.argument));
      if (a.argument != 0) note(h, check::trace_kind::fault, "from here on its disk takes no writes");
      break;
    case act::wipe: return wipe(h);
    case act::damage:
      h.disk.damage(log_index{a.argument}), h.lost = true;
      note(h, check::trace_kind::fault, "entry " + std::to_string(a.argument) + " can't be read any more");
      break;
    case act::renew: return renew();
    case act::abandon: h.abandoned = true; break;
    case act::seal: seal(h, static_cast<sync_end>(a.flag)); break;
    case act::rot: return rot(h, a.argument);
    case act::deliver: break;
    }
    if (h.up()) look_at(h, restarted);
  }
  void begin(action const& a, host& h) {
    log_.begin(a);
    ++covered_.events;
    sent_.clear();
    if (h.up()) ghost_.before(h);
  }

  void turn(host& h, std::uint64_t now, turn_steps steps) {
    auto const send = sender(h);
    h.shown = (std::max)(h.shown, now);
    h.node->collect(h.shown, send);
    must_have_left(h);
    if (steps == turn_steps::and_order || steps == turn_steps::all) start_sync(h);
    if constexpr (has_snapshots)
      if (steps != turn_steps::collect) h.node->start_seal();
    if (steps >= turn_steps::all) release(h);
  }
  void release(host& h) {
    h.node->release(sender(h), machine(h));
    must_have_left(h);
  }
  // Else a transport that gathers what it is sent would hold it while a sync blocks, or a state machine works.
  void must_have_left(host& h) {
    if (auto const kept = std::exchange(h.unflushed, 0U); kept != 0)
      breaks("what a turn sends is flushed before a sync begins, and again behind it", h.place(), kept,
             " messages of node ", h.id.value, " are not");
  }
  void start_sync(host& h) {
    if (h.node->stopped()) return;
    if (auto order = h.node->start_sync()) {
      h.disk.close_group();
      h.in_flight.push_back(std::move(*order));
    }
  }
  void sync(host& h, std::size_t which, sync_end end) {
    auto const it = h.in_flight.begin() + static_cast<std::ptrdiff_t>(which);
    auto order = std::move(*it);
    h.in_flight.erase(it);
    auto const done = end == sync_end::failed ? std::nullopt : h.disk.sync(std::move(order));
    ++covered_[happening::syncs];
    if (end == sync_end::failed) h.disk.fail("a sync has failed");
    note(h, check::trace_kind::sync, end == sync_end::failed ? "failed" : "");
    if (end == sync_end::untold) return;
    if (done)
      h.node->synced(*done);
    else
      h.node->stop();
    release(h);
  }
  void seal(host& h, sync_end end) {
    if constexpr (has_snapshots) {
      note(h, check::trace_kind::sync, end == sync_end::failed ? "of a snapshot failed" : "of a snapshot");
      if (end == sync_end::untold) return;
      if (end == sync_end::failed) h.disk.snapshots().fail_seal();
      h.node->end_seal();
      release(h);
    }
  }
  void rot(host& h, std::uint64_t at) {
    if constexpr (has_snapshots) {
      auto const newest = h.disk.snapshots().newest()->mark.at.value;
      bool const needed = h.disk.spoil(at, h.up()) || h.up();
      (needed ? h.rotten : h.aged) = true;
      h.lost = h.lost || needed;
      note(h, check::trace_kind::fault, "its snapshot of index " + std::to_string(newest) + " rots");
    }
  }
  void crash(host& h, std::size_t kept, bool sealed) {
    auto const risk = h.disk.groups_at_risk();
    kept = (std::min)(kept, risk);
    ++covered_[happening::crashes];
    covered_[happening::groups_kept] += kept;
    covered_[happening::groups_lost] += risk - kept;
    covered_[happening::torn_syncs] += h.in_flight.empty() ? 0 : 1;
    note(h, check::trace_kind::crash,
         std::to_string(risk - kept) + " of " + std::to_string(risk) + " groups lost");
    if constexpr (has_snapshots)
      if (h.node->seals()) ++covered_[sealed ? happening::seals_kept : happening::seals_lost];
    ghost_.ends(h);
    h.node.reset();
    h.in_flight.clear();
    if constexpr (has_snapshots)
      h.disk.crash(kept, sealed);
    else
      h.disk.crash(kept);
  }
  void restart(host& h) {
    ++covered_[happening::starts];
    if (h.disk.damaged()) return note(h, check::trace_kind::stop, "the disk is damaged: it stays down");
    boot(h);
  }
  void wipe(host& h) {
    auto const last = h.disk.identity();
    h.disk = Family::make_disk(identity_of(h.id, last.store.value + 1000 - h.id.value), options_.entries);
    h.lost = h.wiped = true, h.rotten = h.aged = false;
    h.seen = {};
    std::fill(h.known.begin(), h.known.end(), store_id{});
    note(h, check::trace_kind::fault, "it has an empty disk now");
  }
  void renew() {
    packets_.free_all();
    for (auto& h : hosts_) h.node.reset();
    hosts_.clear();
    ++renewals_;
    ghost_.begin_anew();
    found();
  }

  // --- messages
  struct sending {
    cluster& world;
    host& h;
    template <class M, class... Bytes>
    void operator()(node_id to, M const& m, Bytes const&... bytes) const {
      ++h.unflushed;
      world.post(h, to, m, bytes...);
    }
    void flush() const { h.unflushed = 0; }
  };
  sending sender(host& h) { return {*this, h}; }
  auto machine(host& h) {
    return [this, &h](auto const& outcome) { ghost_.hear(h, outcome); };
  }
  template <class M>
  void post(host& h, node_id to, M const& m, payloads bytes = {}) {
    if constexpr (binding_message<M>) ghost_.said(h, to, m);
    auto const slot = packets_.take();
    auto& p = packets_[slot];
    p.from = h.place(), p.to = to.value - 1;
    p.store = h.disk.identity().store;
    p.meant_for = h.known[p.to] == store_id{} ? hosts_[p.to].disk.identity().store : h.known[p.to];
    p.what = m;
    p.bytes.assign(bytes.whole().begin(), bytes.whole().end());
    p.count = bytes.count();
    p.number = ++posted_;
    hasher content;
    content.number(std::uint64_t{p.from} << 32 | p.to << 8 | p.what.index());
    wire<M>::put(content, m);
    content.bytes(p.bytes.data(), p.bytes.size());
    p.hash = (content.value() & ~std::uint64_t{0xff}) | p.what.index();
    log_.mix(p.hash);
    ++covered_.sent[p.what.index()];
    sent_.push_back(slot);
    packets_.note(slot);
    if (log_.traces()) note_message(check::trace_kind::send, p);
  }
  void hand_over(host& h, packet const& p) {
    if (log_.traces()) note_message(check::trace_kind::deliver, p);
    auto const bytes = payloads::trusted(p.bytes, p.count);
    auto const why =
        std::visit([&](auto const& m) { return h.node->receive(members_[p.from], m, bytes); }, p.what);
    if (why != nullptr) breaks("what an honest node says is not doubted", h.place(), why);
  }

  // --- checks and records
  void look_at(host& h, bool restarted) {
    bool const had_stopped = h.seen.stopped;
    if (!ghost_.after(h, restarted, teller())) breaks(teller(), h.place());
    if (h.up() && h.node->stopped() && !had_stopped) {
      h.seen.stopped = true;
      ++covered_[happening::stops];
      if (log_.traces()) note(h, check::trace_kind::stop, h.node->failure());
    }
  }
  void note(host const& h, check::trace_kind kind, std::string text) {
    if (!log_.traces()) return;
    check::trace_record r{.node = h.id.value, .kind = kind, .text = std::move(text)};
    if (h.up()) r.term = h.node->era();
    log_.note(std::move(r));
  }
  void note_message(check::trace_kind kind, packet const& p) {
    if (!log_.traces()) return;
    auto r = record_of(p, kind);
    auto const& h = hosts_[r.node - 1];
    if (h.up()) r.term = h.node->era();
    log_.note(std::move(r));
  }

  cluster_options options_;
  std::vector<node_id> members_{};
  std::deque<host> hosts_{};
  mailbox<message> packets_{};
  std::vector<std::uint32_t> sent_{};
  std::uint64_t posted_ = 0;
  std::uint64_t renewals_ = 0;
  ghost_type ghost_;
};

} // namespace quorate::sim
