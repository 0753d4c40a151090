// One seed: a cluster in the weather that the seed draws, then, with the faults gone, the proof that it comes
// right.
#pragma once

#include "quorate/sim/building.hpp"
#include "quorate/sim/clock.hpp"
#include "quorate/sim/cluster.hpp"
#include "quorate/sim/nemesis.hpp"
#include "quorate/sim/network.hpp"
#include "quorate/sim/queue.hpp"
#include "quorate/sim/run_options.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace quorate::sim {

struct run_result {
  char const* broken = nullptr; // the law; nullptr: all was well
  std::uint32_t node = 0;       // where; an id, 0: nowhere
  std::uint64_t hash = 0;       // of all that happened
  std::uint32_t nodes = 0;
  cluster_options built{}; // with what a replay must build its cluster
  coverage covered{};
  std::string sentence{}; // the law, and the values that break it
};

template <class Family>
class simulation {
public:
  using world_type = cluster<Family>;
  using clients = typename Family::template clients<world_type>;

  explicit simulation(run_options const& o)
      : options_{checked(o)}, draws_{o.seed}, weather_{weather_of<Family>(o, draws_)},
        built_{options_, draws_, weather_}, world_{built_.options},
        links_{nodes(), draws_.network, weather_, world_.covered()}, clients_{world_, draws_.clients},
        clocks_(nodes()), nodes_(nodes()), nemesis_{*this} {}

  world_type& world() { return world_; }

  run_result run() {
    begin();
    while (world_.broken() == nullptr && !over_ && !queue_.empty()) step(queue_.take());
    ++world_.covered().seeds;
    world_.covered().simulated_us = now_;
    auto const node = world_.broken() == nullptr ? 0 : world_.broken_at() + 1;
    return {world_.broken(),
            node,
            world_.log().hash(),
            world_.size(),
            built_.options,
            world_.covered(),
            check::sentence_of(world_.breach_found())};
  }

  // --- what a nemesis may do
  weather const& sky() const { return weather_; }
  streams& draws() { return draws_; }
  network& links() { return links_; }
  clock& clock_of(std::uint32_t n) { return clocks_[n]; }
  std::uint64_t now() const { return now_; }
  void strike_at(std::uint64_t when, fault f) { queue_.put(when, strike, 0, static_cast<std::uint64_t>(f)); }
  void mend_at(std::uint64_t when, std::size_t which) { queue_.put(when, mend, 0, which); }
  std::uint32_t leader() const { // its place, or, if there is none, the number of nodes
    for (std::uint32_t n = 0; n < world_.size(); ++n)
      if (world_[n].up() && world_[n].node->leads()) return n;
    return world_.size();
  }
  // `sealed`: a snapshot whose seal was on its way has reached the disk, and nobody was told.
  bool crash(std::uint32_t n, bool sealed = false) {
    if (!world_[n].up()) return false;
    if (seals(n)) sealed = sealed || draws_.snapshots.below(2) == 0;
    auto const risk = world_[n].disk.groups_at_risk();
    std::uint64_t kept = risk;
    if (weather_.has(fault::lost_writes)) kept = draws_.disk.below(2) == 0 ? 0 : draws_.disk.below(risk + 1);
    if (kept < risk) ++world_.covered()[fault::lost_writes];
    act({.what = act::crash, .flag = std::uint8_t{sealed}, .argument = static_cast<std::uint32_t>(kept)}, n);
    ++nodes_[n].life;
    come_back(n, draws_.processes.on_log_scale(1000, 8'000'000));
    return true;
  }
  bool pause(std::uint32_t n, std::uint64_t until) {
    nodes_[n].paused_until = (std::max)(nodes_[n].paused_until, until);
    return true;
  }
  bool trouble(std::uint32_t n, disk_trouble t) {
    return act({.what = act::trouble, .argument = static_cast<std::uint32_t>(t)}, n);
  }
  bool wipe(std::uint32_t n) {
    if (!world_.can_lose(n) || world_[n].lost) return false;
    crash(n);
    return act({.what = act::wipe}, n);
  }
  bool damage(std::uint32_t n, stream& random) {
    auto const place = clients_.what_may_rot(n, random);
    return !world_[n].lost && place != 0 && act({.what = act::damage, .argument = place}, n);
  }
  // The newest snapshot of a node that goes down, or of one that is sending it, and need not notice it.
  bool rot(std::uint32_t n, stream& random) {
    auto const at = static_cast<std::uint32_t>(random.below(1'000'000));
    bool const dies = random.below(2) == 0;
    if (!dies) n = who_sends(world_, n);
    if (!world_.can_lose(n) || world_[n].lost) return false;
    if (dies) crash(n);
    return act({.what = act::rot, .argument = at}, n);
  }

private:
  enum : std::uint32_t { deliver, turn, sync, request, restart, strike, mend, tidy, fall, calm, check, late };
  static constexpr std::uint32_t seal = late + 1;

  std::uint32_t nodes() const { return built_.options.nodes; }
  void begin() {
    auto& covered = world_.covered();
    for (std::size_t i = 0; i < faults; ++i) covered.enabled[i] = weather_.has(static_cast<fault>(i)) ? 1 : 0;
    covered[fault::small_disks] = covered.enabled[static_cast<std::size_t>(fault::small_disks)];
    client_pace_ = draws_.clients.on_log_scale(20'000, 500'000);
    covered[happening::slow_disks] += built_.slow.size();
    for (std::uint32_t n = 0; n < world_.size(); ++n) {
      auto const drift = 200 * std::uint64_t{weather_.force(fault::drift)};
      if (drift > 0) clocks_[n].run_at(1'000'000 - drift + draws_.clock.below(2 * drift + 1), 0);
      covered[fault::drift] += drift > 0 ? 1 : 0;
      if (weather_.has(fault::slow_nodes) && draws_.processes.below(2) == 0) {
        nodes_[n].pace = draws_.processes.on_log_scale(100, 20 + 20 * weather_.force(fault::slow_nodes) + 100);
        ++covered[fault::slow_nodes];
      }
      want_turn(n, 1 + n);
    }
    nemesis_.begin();
    queue_.put(client_pace_, request, 0);
    queue_.put(100'000, tidy, 0);
    queue_.put(draws_.topology.between(options_.storm_us / 2, options_.storm_us), calm, 0);
  }

  // --- events
  void step(event const& e) {
    now_ = e.time;
    switch (e.what) {
    case deliver: return on_deliver(e);
    case turn: return on_turn(e);
    case sync: return on_sync(e);
    case request: return on_request();
    case restart: return on_restart(e);
    case strike: return nemesis_.strike(static_cast<fault>(e.argument));
    case mend: return nemesis_.mend(static_cast<std::size_t>(e.argument));
    case tidy: return on_tidy();
    case fall: return void(e.argument == nodes_[e.node].life && weather_.has(fault::crash_loops) && crash(e.node));
    case calm: return heal();
    case check: return on_check();
    case seal: return on_seal(e);
    case late: return world_.breaks(clients_.what_is_missing(core_), first_of(core_));
    }
  }
  // The node stands still: what happens to it happens later.
  bool waits(event const& e, std::uint32_t n) {
    if (nodes_[n].paused_until <= now_) return false;
    queue_.put(nodes_[n].paused_until, e.what, e.node, e.argument);
    return true;
  }
  void on_deliver(event const& e) {
    auto const slot = e.node;
    if (world_.at(slot).number != e.argument >> 1) return;
    auto const n = world_.at(slot).to;
    if (waits(e, n)) return;
    action const a{.what = act::deliver,
                   .node = static_cast<std::uint8_t>(n),
                   .peer = static_cast<std::uint8_t>(world_.at(slot).from),
                   .flag = static_cast<std::uint8_t>(e.argument & 1U),
                   .time = now_,
                   .match = world_.at(slot).hash};
    if (world_.deliver(a, slot) && world_[n].up()) want_turn(n, now_ + nodes_[n].pace);
  }
  void on_turn(event const& e) {
    auto const n = e.node;
    auto& course = nodes_[n];
    if (course.turn_at != now_ || !world_[n].up() || waits(e, n)) {
      if (course.turn_at == now_) course.turn_at = course.paused_until > now_ ? course.paused_until : 0;
      return;
    }
    course.turn_at = 0;
    bool const dies = draws_.processes.chance(std::uint64_t{weather_.force(fault::mid_turn)} * 15);
    auto const most = weather_.has(fault::crossed_syncs) ? 4U : 1U;
    auto steps = world_[n].in_flight.size() < most ? turn_steps::all : turn_steps::no_order;
    if (dies)
      steps =
          steps == turn_steps::all && draws_.processes.below(2) == 0 ? turn_steps::and_order : turn_steps::collect;
    act({.what = act::turn, .flag = static_cast<std::uint8_t>(steps), .match = clocks_[n].at(now_)}, n);
    if (dies) torn(n);
  }
  void on_sync(event const& e) {
    auto const n = e.node;
    if ((e.argument & 0xffff) != (nodes_[n].life & 0xffff) || !world_[n].up() || waits(e, n)) return;
    auto const& all = world_[n].in_flight;
    std::uint32_t place = 0;
    while (place < all.size() && all[place].upto() != e.argument >> 16) ++place;
    if (place == all.size()) return;
    if (place > 0) ++world_.covered()[fault::crossed_syncs];
    auto end = sync_end::well;
    if (draws_.disk.chance(std::uint64_t{weather_.force(fault::failed_syncs)} * 20)) {
      end = sync_end::failed;
      ++world_.covered()[fault::failed_syncs];
    }
    bool const dies = draws_.processes.chance(std::uint64_t{weather_.force(fault::mid_turn)} * 15);
    if (dies) end = sync_end::untold;
    act({.what = act::sync, .flag = static_cast<std::uint8_t>(end), .argument = place}, n);
    if (dies) torn(n);
  }
  void on_seal(event const& e) {
    auto const n = e.node;
    if (e.argument != nodes_[n].life || !seals(n) || waits(e, n)) return;
    auto& draw = draws_.snapshots;
    auto end = sync_end::well;
    if (draw.chance(std::uint64_t{weather_.force(fault::failed_seals)} * 500)) {
      end = sync_end::failed;
      ++world_.covered()[fault::failed_seals];
    }
    bool const dies = draw.chance(std::uint64_t{weather_.force(fault::mid_turn)} * 200);
    if (dies) end = sync_end::untold;
    act({.what = act::seal, .flag = static_cast<std::uint8_t>(end)}, n);
    if (dies) torn(n, true);
  }
  bool seals(std::uint32_t n) const {
    if constexpr (keeps_snapshots<Family>)
      return world_[n].up() && world_[n].node->seals();
    else
      return false;
  }
  void torn(std::uint32_t n, bool sealed = false) {
    ++world_.covered()[fault::mid_turn];
    ++world_.covered()[happening::torn_turns];
    crash(n, sealed);
  }
  void on_request() {
    if (!clients_quiet_) {
      auto const n = healed_ ? pick(core_) : static_cast<std::uint32_t>(draws_.clients.below(world_.size()));
      if (auto a = clients_.next(n); a && world_[n].up()) act(*a, n);
    }
    queue_.put(now_ + 1 + (healed_ ? 100'000 : draws_.clients.around(client_pace_)), request, 0);
  }
  void on_restart(event const& e) {
    auto const n = e.node;
    if (e.argument != nodes_[n].life || !nodes_[n].comes_back) return;
    nodes_[n].comes_back = false;
    if (world_[n].up()) crash(n), nodes_[n].comes_back = false; // it had stopped by itself
    bool const damaged = world_[n].disk.damaged();
    act({.what = act::restart}, n);
    if (damaged) ++world_.covered()[fault::damage];
    if (!world_[n].up()) return;
    if (draws_.processes.chance(std::uint64_t{weather_.force(fault::crash_loops)} * 500)) {
      ++world_.covered()[fault::crash_loops];
      queue_.put(now_ + draws_.processes.on_log_scale(500, 2'000'000), fall, n, nodes_[n].life);
    }
    want_turn(n, now_ + nodes_[n].pace);
  }
  void on_tidy() {
    auto const drawn = static_cast<std::uint32_t>(draws_.disk.below(world_.size()));
    for (std::uint32_t n = 0; built_.tidies && n < world_.size(); ++n)
      if (n == drawn || healed_)
        if (auto a = clients_.tidy(n); a && (world_[n].up() || a->what == act::renew)) tidy_up(*a, n);
    queue_.put(now_ + 1 + draws_.disk.around(500'000), tidy, 0);
  }

  void tidy_up(action const& a, std::uint32_t n) {
    if (a.what != act::renew) return void(act(a, n));
    for (auto& course : nodes_) ++course.life, course.comes_back = false, course.turn_at = 0;
    act(a, n);
    for (std::uint32_t other = 0; other < world_.size(); ++other) want_turn(other, now_ + 1 + other);
  }

  // --- the end
  // From now on a quorum lives without faults; what is outside stays as bad as it is, for good.
  void heal() {
    healed_ = true;
    core_ = draw_core(world_, draws_.topology);
    weather_.end_all();
    nemesis_.end();
    links_.mend_all();
    for (std::uint32_t n = 0; n < world_.size(); ++n) {
      clocks_[n].mend(now_);
      if (core_.contains(world_type::index_of(world_[n])))
        revive(n);
      else
        abandon(n);
    }
    clients_.begin_anew();
    queue_.put(now_ + 20 * built_.options.times.election + 40 * built_.slowest_sync, late, 0);
    queue_.put(now_ + 50'000, check, 0);
  }
  void revive(std::uint32_t n) {
    nodes_[n].paused_until = 0;
    nodes_[n].pace = 20;
    if (world_[n].up() && !world_[n].node->stopped()) {
      trouble(n, disk_trouble::none);
      return want_turn(n, now_ + 1);
    }
    ++nodes_[n].life;
    nodes_[n].comes_back = true;
    queue_.put(now_ + draws_.processes.between(1, 100'000), restart, n, nodes_[n].life);
  }
  void abandon(std::uint32_t n) {
    act({.what = act::abandon}, n);
    auto const how = draws_.topology.below(3);
    if (how == 0 && world_[n].up()) crash(n);
    ++nodes_[n].life; // it will not come back, nor will its syncs
    nodes_[n].comes_back = false;
    for (std::uint32_t peer = 0; peer < world_.size(); ++peer) {
      links_.cut({{peer, n}});
      if (how != 1) links_.cut({{n, peer}}); // else it is heard, and hears nothing
    }
  }
  void on_check() {
    if (!clients_quiet_)
      clients_quiet_ = clients_.had_fresh_answers(core_);
    else
      over_ = clients_.settled(core_);
    if (over_) ++world_.covered()[happening::healed];
    queue_.put(now_ + 50'000, check, 0);
  }
  std::uint32_t pick(node_set<64> from) {
    for (auto i = draws_.clients.below(from.size()); i > 0; --i) from.drop_least();
    return first_of(from);
  }
  static std::uint32_t first_of(node_set<64> s) { return static_cast<std::uint32_t>(std::countr_zero(s.bits)); }

  // --- what everything goes through
  bool act(action a, std::uint32_t n) {
    a.node = static_cast<std::uint8_t>(n), a.time = now_;
    auto const syncing = world_[n].in_flight.empty() ? 0 : world_[n].in_flight.back().upto() + 1;
    bool const sealed = seals(n);
    if (!world_.execute(a)) return false;
    if (!sealed && seals(n)) order_seal(n);
    for (auto const slot : world_.sent()) send(slot);
    if (!world_[n].up()) return true;
    auto const& in_flight = world_[n].in_flight;
    if (!in_flight.empty() && in_flight.back().upto() + 1 != syncing) order(n, in_flight.back().upto());
    if (world_[n].node->stopped()) return come_back(n, draws_.processes.on_log_scale(10'000, 4'000'000)), true;
    auto const [deadline, pending] = world_[n].node->next();
    if (pending) return want_turn(n, now_ + nodes_[n].pace), true;
    if (deadline) want_turn(n, (std::max)(clocks_[n].when(*deadline, now_), now_ + 1));
    return true;
  }
  void send(std::uint32_t slot) {
    auto const& p = world_.at(slot);
    auto const arrives = [&](std::uint64_t when, bool again) {
      queue_.put(when, deliver, slot, p.number << 1 | (again ? 1U : 0U));
    };
    if (!links_.send(p.from, p.to, now_, arrives)) world_.lose(slot);
  }
  void order(std::uint32_t n, std::uint64_t upto) {
    auto const more = built_.slow.contains(world_type::index_of(world_[n])) ? built_.slowest_sync : 0;
    auto takes = more + built_.disk_pace + draws_.disk.below(built_.disk_pace + 1);
    if (draws_.disk.chance(std::uint64_t{weather_.force(fault::slow_syncs)} * 300)) {
      takes += built_.disk_pace * (draws_.disk.below(4) == 0 ? 100 : 10);
      ++world_.covered()[fault::slow_syncs];
    }
    queue_.put(now_ + takes, sync, n, upto << 16 | (nodes_[n].life & 0xffff));
  }
  // It may take long: a snapshot is large.
  void order_seal(std::uint32_t n) {
    auto& draw = draws_.snapshots;
    auto takes = built_.disk_pace * draw.on_log_scale(1, 64) + draw.below(built_.disk_pace + 1);
    if (built_.slow.contains(world_type::index_of(world_[n]))) takes += built_.slowest_sync;
    queue_.put(now_ + takes, seal, n, nodes_[n].life);
  }
  void want_turn(std::uint32_t n, std::uint64_t when) {
    auto& at = nodes_[n].turn_at;
    if (at != 0 && at <= when && at > now_) return;
    at = when;
    queue_.put(when, turn, n);
  }
  void come_back(std::uint32_t n, std::uint64_t after) {
    if (nodes_[n].comes_back) return;
    nodes_[n].comes_back = true;
    queue_.put(now_ + after, restart, n, nodes_[n].life);
  }

  run_options options_;
  streams draws_;
  weather weather_;
  std::uint64_t client_pace_ = 0;
  building<Family> built_;
  world_type world_;
  network links_;
  clients clients_;
  std::vector<clock> clocks_;
  std::vector<node_course> nodes_;
  nemesis<simulation> nemesis_;
  event_queue queue_{};
  std::uint64_t now_ = 0;
  node_set<64> core_{};
  bool healed_ = false, clients_quiet_ = false, over_ = false;
};

} // namespace quorate::sim
