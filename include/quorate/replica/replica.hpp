// A node of a replicated log: a protocol's core, the user's messages, storage and timer, and the turn that drives
// them.
#pragma once

#include "quorate/policy/messages.hpp"
#include "quorate/policy/storage.hpp"
#include "quorate/policy/timing.hpp"
#include "quorate/replica/hands.hpp"
#include "quorate/replica/members.hpp"
#include "quorate/replica/outcome.hpp"
#include "quorate/replica/staging.hpp"
#include "quorate/replica/status.hpp"
#include "quorate/replica/waiting.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace quorate {

struct replica_config {
  node_id self{};
  std::vector<node_id> members{};              // all of them, self included; the same on every node
  std::size_t staged_bytes = std::size_t{64} << 20; // of proposals that wait for a turn or a leader; more are refused
};

// What a turn leaves: when to come again at the latest, and whether there is something to do at once.
template <class Time>
struct turn_result {
  std::optional<Time> deadline{};
  bool pending = false;
};

// One loop for everybody (DESIGN: the turn):
//
//   r.receive(from, message, bytes);              // any number of events; hand over what waits before each turn
//   auto token = r.propose(command);
//   auto next = r.turn(now, send, machine);       // step -> write -> one sync -> release -> apply
//
// `send(to, message, bytes)` must take what it needs before it returns; it may return false to say that the
// message was surely not sent, and a proposal then waits for another turn or another leader. `machine` is called
// with `applied<Messages> const&` for each committed command, in the order of the log, with `proposal_outcome
// const&` and with `read_outcome const&`, once for each token; a proposal made here learns that it is committed
// before it is applied, unless it was forwarded and the leader's word came late. A failed write or sync stops the
// replica for good. Not copyable and not movable: it holds references to the storage. One thread.
template <class Core, class Messages, class Storage, class Timer>
class replica {
  static_assert(message_policy<Messages>,
                "quorate: this Messages policy lacks a member; it needs what policy/messages.hpp lists: command, "
                "entry_extra, envelope_extra, entry_size, encode_entry, decode_entry");
  static_assert(storage<Storage>, "quorate: this Storage policy lacks a member; it needs what policy/storage.hpp "
                                  "lists: log, hard, identity, read, put, truncate, compact, sync, failure");
  static_assert(timer_policy<Timer>, "quorate: this Timer policy lacks a member; it needs what policy/timing.hpp "
                                     "lists: time, arm, disarm, deadline, expired, after");

public:
  using core_type = Core;
  using storage_type = Storage;
  using messages_type = Messages;
  using time = typename Timer::time;
  using command = typename Messages::command;
  using entry_extra = typename Messages::entry_extra;
  using wire = wire_messages<Core>;

  // The storage was opened, the timer is new. If the options do not fit the storage, the replica is stopped from
  // the start, and failure() says why.
  replica(replica_config const& config, Storage& storage, Timer const& timer)
      : storage_{storage}, timer_{timer}, hands_{storage}, staging_{config.staged_bytes} {
    if (!found(config)) return;
    core_ = Core{members_.find(config.self), storage.hard(), storage.log()};
    recovered_era_ = core_.era();
    core_.step(start{}, storage.log(), hands_);
    applied_ = storage.log().compacted();
  }
  replica(replica const&) = delete;
  replica& operator=(replica const&) = delete;

  // --- events

  // A command to be replicated, from the leader or from any other node. Nothing: refused at once, because too much
  // is waiting already or the replica has stopped.
  std::optional<proposal_token> propose(command const& c, entry_extra const& extra = {}) {
    auto const size = Messages::entry_size(c, extra);
    auto* const at = staging_.add(size); // which is closed once the replica has stopped
    if (at == nullptr) return std::nullopt;
    Messages::encode_entry(c, extra, at);
    return proposal_token{staging_.last()};
  }

  // A linearizable read: once its outcome is `done`, the state machine may be read. Nothing: as for propose.
  std::optional<read_token> read() {
    static_assert(Core::options::reads, "quorate: this core has no reads (raft: read_index<off>); leave the keyword "
                                        "out to read");
    if (stopped_ || new_reads_ == ~std::uint32_t{0}) return std::nullopt;
    ++new_reads_;
    reading_ = true;
    return read_token{++reads_made_};
  }

  // A message of the protocol from node `sender`, its payload beside it. What comes from nobody we know is
  // dropped, and so is everything while too much waits for a turn.
  template <class M>
  void receive(node_id sender, M const& m, payloads bytes = {}) {
    auto const n = members_.find(sender);
    if (n == no_node || n == core_self() || stopped_ || hands_.crowded()) {
      ++counters_.dropped_in;
      return;
    }
    if constexpr (replica_messages::contains<M>) {
      take(n, m, bytes);
    } else {
      if constexpr (requires { m.entries(); }) {
        if (m.count != bytes.count()) return void(++counters_.dropped_in);
        hands_.offer(m.entries().first, bytes);
      }
      core_.step(from<M>{n, m}, storage_.log(), hands_);
      if constexpr (requires { m.entries(); }) hands_.withdraw();
    }
    heed();
  }

  // --- the turn, and the four steps that it is made of

  template <class Send, class Machine>
  turn_result<time> turn(time now, Send&& send, Machine&& machine) {
    collect(now, send);
    if (auto order = start_sync()) {
      if (auto const d = storage_.sync(std::move(*order))) synced(*d);
      else stop();
    }
    release(send, machine);
    return {deadline(), pending()};
  }

  // Timers, proposals and reads go to the core, and what may leave without a disk leaves.
  template <class Send>
  void collect(time now, Send&& send) {
    now_ = now;
    if (stopped_) return;
    if (hands_.any_news()) hands_.set_timers(timer_, now); // first: what was received counts before what expired since
    if (auto const due = timer_.deadline(); due && !(now < *due)) expire();
    if (!staging_.empty()) place_proposals(send);
    if constexpr (Core::options::reads)
      if (reading_) ask_reads();
    hands_.more_due_ = false;
    auto const deliver = [&](node_index to, auto const& m) { this->deliver(send, to, m); };
    sending_hands out{hands_, deliver};
    core_.step(flush{}, storage_.log(), out);
    if (hands_.any_news()) see_to_news(deliver);
    note_changes();
  }

  // An order for Storage::sync, if anything was written that no order covers. While it is under way the next turn
  // may collect; hand its token to synced(), or call stop() if there is none.
  std::optional<sync_order> start_sync() {
    if (stopped_) return std::nullopt;
    auto const latest = hands_.latest().number();
    if (ordered_ == latest) return std::nullopt;
    ordered_ = latest;
    ++counters_.syncs;
    return hands_.order();
  }
  void synced(durable d) {
    if (!durable_ || *durable_ < d) durable_ = d; // an older order may end later
  }

  // What waited for the sync leaves, and what is committed is applied.
  template <class Send, class Machine>
  void release(Send&& send, Machine&& machine) {
    if (durable_ && !stopped_) {
      hands_.waiting().release(*durable_, [&](node_index to, auto const& m) {
        if (to == core_self()) tell_self(m);
        else send(members_[to], m, payloads{});
      });
      heed();
    }
    if (attention_ && !attend(machine)) return;
    auto const tell = [&](auto const& o) { machine(o); };
    if (!proposals_.empty()) proposals_.settle(core_.commit_index(), storage_.log(), tell);
    if (applied_ < core_.commit_index()) {
      auto const era = applied_era_;
      apply(machine);
      if (stopped_) return give_up(machine); // now: a driver has no reason to take another turn
      if (applied_era_ != era) proposals_.outlived(applied_era_, tell);
    }
    if (!proposals_.empty()) proposals_.expire(now_, tell);
    if (reading_) tell_reads(tell);
  }

  // Drops entries up to `upto` from the log, at most what is applied. Peers that still need them can't be served.
  void compact(log_index upto) {
    if (upto > applied_) upto = applied_;
    if (!stopped_ && upto > storage_.log().compacted() && !storage_.compact(upto)) stop();
  }

  // For good; what waits gets its outcome in the next release.
  void stop() {
    stopped_ = attention_ = true;
    staging_.close();
  }

  // --- what is known

  Core const& core() const { return core_; }
  Storage const& storage() const { return storage_; }
  bool stopped() const { return stopped_; }
  // Why it has stopped.
  std::string failure() const {
    if (!failure_.empty() || !stopped_) return failure_;
    std::string const s{storage_.failure()};
    return s.empty() ? "the replica was stopped" : s;
  }
  log_index applied_index() const { return applied_; }
  node_id id_of(node_index n) const { return n.value < members_.size() ? members_[n] : node_id{}; }
  std::size_t member_count() const { return members_.size(); }
  replica_status status() const {
    auto const& log = storage_.log();
    return {.self = id_of(core_self()),
            .leads = core_.leads(),
            .leader = core_.leader() == no_node ? std::nullopt : std::optional{id_of(core_.leader())},
            .era = core_.era(),
            .commit = core_.commit_index(),
            .applied = applied_,
            .first = log.compacted() + 1,
            .last = log.last(),
            .trouble = trouble(),
            .counters = counters_,
            .written = hands_.counted_};
  }

private:
  static constexpr std::size_t batches = 1024; // of proposals, and of reads, that wait for their outcome
  static constexpr std::uint32_t apply_entries = 4096; // a turn
  static constexpr std::size_t apply_bytes = std::size_t{1} << 20;

  node_index core_self() const { return core_.self(); }

  bool found(replica_config const& config) {
    if (!members_.assign(config.members) || members_.find(config.self) == no_node)
      return refuse_start("expected between 1 and " + std::to_string(Core::options::limit.nodes) +
                          " different members with this node's id, " + std::to_string(config.self.value) +
                          ", among them; mend the configuration, or raise limits' nodes");
    auto const record = members_.record();
    auto const mine = payloads::trusted(record, 1);
    auto const& log = storage_.log();
    if (log.last() == log_index{}) { // a new store: every node lays down the same first entry
      hands_.offer(log_index{1}, mine);
      hands_.write(entry_run{log_index{1}, 1, stamp{}, entry_kind::configuration});
      hands_.withdraw();
      return !hands_.failed() || refuse_start(std::string{storage_.failure()});
    }
    bool same = log.config_at(log.last()) == members_.config();
    if (log.compacted() == log_index{}) { // else that entry is gone, and the ids with it
      auto const kept = storage_.read(log_index{1}, 1);
      if (!kept) return refuse_start(std::string{storage_.failure()});
      auto const a = kept->front(), b = mine.front();
      same = same && a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size()) == 0;
    }
    return same || refuse_start("the log was founded with other members than the options name; start this node with "
                                "the members that it was founded with (membership is fixed)");
  }
  bool refuse_start(std::string why) {
    failure_ = std::move(why);
    stop();
    return false;
  }

  template <class M>
  void tell_self(M const& m) {
    auto const known = core_.commit_index();
    core_.step(from<M>{core_self(), m}, storage_.log(), hands_);
    if (core_.commit_index() != known) hands_.more_due_ = true; // the peers are to hear of it
  }

  template <class Deliver>
  [[gnu::cold]] void see_to_news(Deliver&& deliver) {
    heed();
    hands_.send_ready(deliver);
    hands_.set_timers(timer_, now_);
  }

  // What a step has reported beside messages and timers.
  void heed() {
    if (hands_.noticed()) heed_notice();
  }
  [[gnu::cold]] void heed_notice() {
    hands_.heeded();
    if (hands_.failed()) return stop();
    if (hands_.contradiction_ != log_index{}) {
      failure_ = "the leader's log contradicts what is committed here at index " +
                 std::to_string(hands_.contradiction_.value) +
                 ": some node's disk has lost what it had acknowledged; find which before starting this one again";
      return stop();
    }
    if (hands_.readable_.upto != 0) answer_reads();
    if (hands_.reads_refused_) {
      hands_.reads_refused_ = false;
      served_.clear(); // whoever asked will ask the next leader
    }
  }

  // A timer has expired, and others may have.
  [[gnu::cold]] void expire() {
    while (auto const slot = timer_.expired(now_)) {
      core_.step(static_cast<typename Core::timer>(*slot), storage_.log(), hands_);
      heed();
      hands_.set_timers(timer_, now_);
    }
  }

  template <class Send, class M>
  void deliver(Send&& send, node_index to, M const& m) {
    payloads bytes{};
    if constexpr (requires { m.entries(); })
      if (m.count > 0) {
        auto const read = storage_.read(m.entries().first, m.count);
        if (!read) return stop();
        bytes = *read;
      }
    send(members_[to], m, bytes);
  }

  // --- proposals

  template <class Send>
  void place_proposals(Send&& send) {
    // With a slow sync in flight the outbox fills: the own acknowledgement of what is placed must still fit.
    if (proposals_.full() || refused_ || hands_.crowded()) return;
    auto const leader = core_.leader();
    if (leader == no_node) return wait_for_leader();
    auto const bytes = staging_.view();
    auto index = log_index{};
    auto era = core_.era();
    if (core_.leads()) {
      auto const& run = put(bytes);
      if (run.count == 0) return refuse_staged(hands_.reason_);
      index = run.first, era = run.written_at;
    } else {
      forward const f{storage_.identity().incarnation, staging_.first(), era, bytes.count()};
      if (!sent(send, members_[leader], f, bytes)) return wait_for_leader();
    }
    proposals_.add() = {.first = staging_.first(),
                        .count = bytes.count(),
                        .placed = index != log_index{},
                        .index = index,
                        .era = era,
                        .deadline = timer_.after(timing::request, now_)};
    staging_.clear();
  }
  // Nothing has left yet: refusing is safe, after a while.
  void wait_for_leader() {
    if (!staging_.deadline) staging_.deadline = timer_.after(timing::request, now_);
    if (!(now_ < *staging_.deadline)) refuse_staged(refusal::not_leader);
  }
  // A transport that returns a bool says `false` when it surely sent nothing.
  template <class Send, class M>
  static bool sent(Send& send, node_id to, M const& m, payloads bytes) {
    if constexpr (std::is_same_v<decltype(send(to, m, bytes)), bool>) return send(to, m, bytes);
    else return send(to, m, bytes), true;
  }
  entry_run const& put(payloads bytes) {
    hands_.offer(storage_.log().last() + 1, bytes);
    core_.step(quorate::propose{bytes.count()}, storage_.log(), hands_);
    hands_.withdraw();
    heed();
    return hands_.placed_;
  }
  void refuse_staged(refusal why) {
    attention_ = true;
    refused_ = proposal_outcome{proposal_token{staging_.first()}, staging_.count(), fate::refused, why, {}};
    staging_.clear();
  }
  // What is not as always. False, and everything that waits has its outcome, if the replica has stopped.
  template <class Machine>
  [[gnu::cold]] bool attend(Machine&& machine) {
    tell_refusals(machine);
    attention_ = stopped_;
    if (stopped_) give_up(machine);
    return !stopped_;
  }
  // At most one run was refused since the last release, so one record is enough.
  template <class Machine>
  void tell_refusals(Machine&& machine) {
    for (auto const& r : forward_refusals_)
      proposals_.refuse(r.number, r.count, r.reason, [&](auto const& o) { machine(o); });
    forward_refusals_.clear();
    if (refused_) machine(*refused_);
    refused_.reset();
  }

  void take(node_index n, forward const& m, payloads bytes) {
    if (bytes.count() != m.count || m.count == 0) return void(++counters_.dropped_in);
    auto& seen = forwarded_[n.value];
    bool const again = m.asker < seen.asker || (m.asker == seen.asker && m.number <= seen.number);
    if (again) return void(++counters_.dropped_in); // a copy of what was placed already
    if (!core_.leads() || m.era != core_.era()) {
      // What it placed before it restarted it has forgotten: of such an era it can't say "they stand nowhere".
      if (m.era <= recovered_era_) return void(++counters_.dropped_in);
      return hands_.send(n, forward_refused{m.asker, m.number, m.count, refusal::not_leader});
    }
    seen = {m.asker, m.number};
    auto const& run = put(bytes);
    if (run.count == 0) hands_.send(n, forward_refused{m.asker, m.number, m.count, hands_.reason_});
    else hands_.send(n, forward_placed{m.asker, m.number, m.count, run.first, run.written_at});
  }
  void take(node_index, forward_placed const& m, payloads) {
    if (m.asker == storage_.identity().incarnation) proposals_.place(m.number, m.count, m.index, m.era);
  }
  void take(node_index, forward_refused const& m, payloads) {
    if (m.asker != storage_.identity().incarnation) return;
    attention_ = true;
    forward_refusals_.push_back(m);
  }

  // --- reads

  // Own reads go to the leader, each era's anew: reading twice harms nobody.
  [[gnu::cold]] void ask_reads() {
    if (new_reads_ > 0 && !reads_.full()) {
      reads_.add(reads_made_ - new_reads_ + 1, new_reads_, timer_.after(timing::request, now_));
      new_reads_ = 0;
    }
    auto const leader = core_.leader();
    if (!reads_.unanswered() || leader == no_node) return;
    if (asked_era_ == core_.era() && asked_upto_ == reads_.last()) return;
    if (core_.leads()) {
      if (!serve(core_self(), storage_.identity().incarnation, reads_.last())) return;
    } else {
      hands_.send(leader, read_request{storage_.identity().incarnation, reads_.last()});
    }
    asked_era_ = core_.era();
    asked_upto_ = reads_.last();
  }
  template <class Tell>
  [[gnu::cold]] void tell_reads(Tell&& tell) {
    reads_.settle(applied_, tell);
    reads_.expire(now_, refusal::not_leader, tell);
    reading_ = new_reads_ > 0 || !reads_.empty();
  }
  bool serve(node_index n, incarnation_id asker, std::uint64_t number) {
    if (served_.full()) return false;
    core_.step(quorate::read{1}, storage_.log(), hands_);
    return served_.push({++core_reads_, n, asker, number});
  }
  void answer_reads() {
    auto const r = std::exchange(hands_.readable_, {});
    while (!served_.empty() && served_.front().core_number <= r.upto) {
      auto const s = served_.front();
      served_.pop();
      if (s.node == core_self()) reads_.answer(s.number, r.index);
      else hands_.send(s.node, read_answer{s.asker, s.number, r.index});
    }
  }
  void take(node_index n, read_request const& m, payloads) {
    if constexpr (Core::options::reads)
      if (core_.leads()) serve(n, m.asker, m.number); // else it asks again when it knows the next leader
  }
  void take(node_index, read_answer const& m, payloads) {
    if (m.asker == storage_.identity().incarnation) reads_.answer(m.number, m.index);
  }

  // --- what is committed

  // One run a turn; pending() tells when there is more.
  template <class Machine>
  void apply(Machine&& machine) {
    auto const left = core_.commit_index() - applied_;
    auto const run = storage_.log().fit(
        applied_ + 1, left < apply_entries ? static_cast<std::uint32_t>(left) : apply_entries, apply_bytes);
    if (run.kind == entry_kind::command && !apply(run, machine)) return stop();
    applied_ = run.last();
    applied_era_ = run.written_at;
  }
  template <class Machine>
  bool apply(entry_run const& run, Machine&& machine) {
    auto const bytes = storage_.read(run.first, run.count);
    if (!bytes) return false;
    auto index = run.first;
    bool sound = true;
    bytes->for_each([&](payloads::bytes record) {
      command c{};
      entry_extra extra{};
      if (Messages::decode_entry(record, c, extra)) machine(applied<Messages>{index, run.written_at, c, extra});
      else sound = false;
      index = index + 1;
    });
    return sound || is_no_command(run);
  }
  [[gnu::cold]] bool is_no_command(entry_run const& run) {
    failure_ = "a committed entry between " + std::to_string(run.first.value) + " and " +
               std::to_string(run.last().value) + " is no command of this Messages policy: was it written by another?";
    return false;
  }

  template <class Machine>
  [[gnu::cold]] void give_up(Machine&& machine) {
    auto const tell = [&](auto const& o) { machine(o); };
    if (!staging_.empty()) refuse_staged(refusal::stopped);
    tell_refusals(machine);
    proposals_.give_up(tell);
    if (new_reads_ > 0)
      machine(read_outcome{read_token{reads_made_ - new_reads_ + 1}, new_reads_, fate::refused, refusal::stopped, {}});
    new_reads_ = 0;
    reads_.give_up(refusal::stopped, tell);
  }

  // --- when to come again

  bool pending() const {
    if (stopped_) return false;
    return hands_.more_due_ || hands_.has_ready() || !durable_ || durable_->number() != hands_.latest().number() ||
           applied_ < core_.commit_index() || (new_reads_ > 0 && !reads_.full()) ||
           (!staging_.empty() && !staging_.deadline && !proposals_.full());
  }
  std::optional<time> deadline() const {
    if (stopped_) return std::nullopt;
    auto first = timer_.deadline();
    auto const sooner = [&](time t) {
      if (!first || t < *first) first = t;
    };
    if (!proposals_.empty()) sooner(proposals_.deadline());
    if (!reads_.empty()) sooner(reads_.deadline());
    if (staging_.deadline) sooner(*staging_.deadline);
    return first;
  }
  std::string_view trouble() const {
    if (stopped_) return "stopped";
    if (core_.leader() == no_node) return "no leader is known";
    if (core_.leads() && storage_.log().room() == 0) return "the storage is full";
    return {};
  }
  void note_changes() {
    if (core_.era() == seen_era_ && core_.leader() == seen_leader_) return;
    if (core_.era() != seen_era_ && core_.campaigns()) ++counters_.elections;
    if (core_.leader() != no_node && (core_.leader() != seen_leader_ || core_.era() != seen_era_))
      ++counters_.leader_changes;
    seen_era_ = core_.era();
    seen_leader_ = core_.leader();
  }

  struct served_read { // a read that the core has counted, for whom
    std::uint64_t core_number{};
    node_index node{};
    incarnation_id asker{};
    std::uint64_t number{};
  };
  struct last_forward {
    incarnation_id asker{};
    std::uint64_t number{};
  };

  Storage& storage_;
  Timer timer_;
  members<Core::options::limit.nodes> members_{};
  Core core_{};
  hands<Core, Storage> hands_;
  log_index applied_{};
  stamp applied_era_{}; // of the entry there
  time now_{};
  std::uint64_t ordered_ = ~std::uint64_t{0}; // the last write that a sync was ordered for; at first none, not even 0
  std::optional<durable> durable_{};
  bool stopped_ = false;
  bool attention_ = false; // it has stopped, or there are refusals to tell
  std::string failure_{};

  staging<time> staging_;
  waiting_proposals<time, batches> proposals_{};
  std::optional<proposal_outcome> refused_{};
  std::vector<forward_refused> forward_refusals_{};
  last_forward forwarded_[Core::options::limit.nodes]{};
  stamp recovered_era_{}; // in it and before it this node may have led and forgotten

  std::uint64_t reads_made_ = 0;
  bool reading_ = false; // reads of this node wait
  std::uint32_t new_reads_ = 0; // of these, the last ones, which no turn has seen
  waiting_reads<time, batches> reads_{};
  stamp asked_era_{};
  std::uint64_t asked_upto_ = 0;
  std::uint64_t core_reads_ = 0;
  bounded_queue<served_read, batches> served_{};

  stamp seen_era_{};
  node_index seen_leader_ = no_node;
  replica_counters counters_{};
};

} // namespace quorate
