// What stands behind the client port: the replicated log and the store that it builds.
#pragma once

#include "info.hpp"
#include "limits.hpp"
#include "machine.hpp"
#include "resp.hpp"

#include "quorate/core/ballot.hpp"
#include "quorate/message/messages.hpp"
#include "quorate/multi_paxos.hpp"
#include "quorate/raft.hpp"
#include "quorate/service/key_value.hpp"
#include "quorate/snapshot/folder_snapshots.hpp"
#include "quorate/storage/file_wal.hpp"
#include "quorate/timer/steady.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace kv {

using clock = std::chrono::steady_clock;

struct messages : quorate::messages<std::string_view> {
  // Another one when an older build can't carry out the operations of a newer one: those two must not share a log.
  static constexpr std::uint64_t fingerprint = 2;
};
// The protocol is this one type.
using raft_replica = quorate::raft::replica<messages, quorate::file_wal, quorate::steady_timer,
                                            quorate::snapshots_in<quorate::folder_snapshots>>;
using multi_paxos_replica = quorate::multi_paxos::replica<messages, quorate::file_wal, quorate::steady_timer,
                                                          quorate::snapshots_in<quorate::folder_snapshots>>;

// The client's numbers behind the tokens of one kind, which are given one after the other.
class token_numbers {
public:
  void add(std::uint64_t token, std::uint64_t number) {
    if (numbers_.empty()) first_ = token;
    numbers_.push_back(number);
  }
  // Calls f(number) for tokens first..first+count-1; each is found once.
  template <class F>
  void settle(std::uint64_t first, std::uint32_t count, F&& f) {
    for (std::uint64_t t = first; t < first + count; ++t) {
      if (t < first_ || t - first_ >= numbers_.size()) continue;
      auto& n = numbers_[static_cast<std::size_t>(t - first_)];
      if (n != settled) f(n);
      n = settled;
    }
    for (; !numbers_.empty() && numbers_.front() == settled; ++first_) numbers_.pop_front();
  }

private:
  static constexpr std::uint64_t settled = ~std::uint64_t{0};
  std::uint64_t first_ = 0;
  std::deque<std::uint64_t> numbers_;
};

// Why a request did not happen, and why its fate can't be told, in words for a client.
inline std::string_view why_refused(quorate::refusal r) {
  using quorate::refusal;
  switch (r) {
  case refusal::not_leader: return "no leader took it";
  case refusal::no_room: return "the log is full";
  case refusal::busy: return "too much is waiting on this node";
  case refusal::stopped: return "this node is stopping";
  case refusal::superseded: return "the leader has changed, and another command took its place";
  case refusal::too_large: return "it is larger than --max-key and --max-value allow";
  case refusal::late: return "no leader took it in time";
  }
  return "it was refused";
}
inline std::string_view why_unknown(quorate::refusal r) {
  using quorate::refusal;
  if (r == refusal::superseded) return "the leader changed before the outcome was known";
  if (r == refusal::stopped) return "this node is stopping";
  return "no majority answered in time";
}

// `Port` is the client port, which gets the outcomes.
template <class Replica, class Port>
class backend_of {
public:
  backend_of(Replica& r, machine& m) : replica_{r}, machine_{m} {}
  void serve(Port& p) {
    port_ = &p, slice_ = p.limit().slice;
    machine_.limit_answers(p.limit().max_answer());
  }

  // --- what the port asks (client_port.hpp)
  bool available() const { return !replica_.stopped() && replica_.core().leader() != quorate::no_node; }
  void submit_write(std::uint64_t number, std::string_view operation) {
    if (auto const token = replica_.propose(operation))
      writes_.add(token->value, number);
    else
      port_->refused(number, why_refused(token.reason()));
  }
  void submit_read(std::uint64_t number) {
    if (auto const token = replica_.read())
      reads_.add(token->value, number);
    else
      port_->refused(number, why_refused(token.reason()));
  }
  quorate::service::key_value const& store() const { return machine_.store(); }
  bool tidy(quorate::service::work_budget& budget) { return machine_.tidy(budget); }
  info report() const;

  // --- what the replica tells, in its turn
  // Enough for one turn: the peers are to be heard again.
  bool sated() {
    if (machine_.spent() - spent_before_ < slice_) return false;
    spent_before_ = machine_.spent();
    return true;
  }
  void operator()(quorate::proposal_result<std::string_view> const& r) {
    writes_.settle(r.token.value, 1, [&](std::uint64_t number) { port_->complete(number, r.result); });
  }
  void operator()(quorate::proposal_outcome const& o) {
    writes_.settle(o.first.value, o.count, [&](std::uint64_t number) {
      if (o.what == quorate::fate::refused) port_->refused(number, why_refused(o.reason));
      if (o.what == quorate::fate::unknown) port_->unknown(number, why_unknown(o.reason));
      // Done and not answered: it was forwarded, and the leader's word that it took it came late or never.
      if (o.what == quorate::fate::done) port_->unknown(number, "it was carried out, and its answer is lost");
    });
  }
  void operator()(quorate::read_outcome const& o) {
    reads_.settle(o.first.value, o.count, [&](std::uint64_t number) {
      if (o.what == quorate::fate::done)
        port_->readable(number);
      else
        port_->refused(number, o.reason == quorate::refusal::late ? "no leader confirmed the read in time"
                                                                  : why_refused(o.reason));
    });
  }

private:
  Replica& replica_;
  machine& machine_;
  Port* port_ = nullptr;
  token_numbers writes_;
  token_numbers reads_;
  std::uint64_t slice_ = limits{}.slice;
  std::uint64_t spent_before_ = 0; // what applying had cost when it was sated last
};

// A Raft leader looks for where a peer's log and its own agree; a Multi-Paxos leader is told.
template <class Options>
char const* state_of(quorate::raft::progress<Options> const& p) {
  return quorate::raft::probes(p) ? "probe" : "replicate";
}
inline char const* state_of(quorate::multi_paxos::progress const&) { return "replicate"; }

// A ballot in its parts: the round, and the id of the node that may use it (0 before the first). A term has none.
template <class Replica>
std::string ballot_text(Replica const& r, quorate::stamp era) {
  if constexpr (!Replica::core_type::rewrites)
    return {};
  else {
    quorate::ballot const b{era.value};
    return "round=" + std::to_string(b.round_number()) +
           ",owner=" + std::to_string(r.id_of(quorate::founded_place(b.owner())).value);
  }
}

inline std::string hexadecimal(std::uint64_t n, std::size_t digits) {
  std::string text(digits, '0');
  for (; n != 0; n /= 16) text[--digits] = "0123456789abcdef"[n % 16];
  return text;
}

template <class Replica, class Port>
info backend_of<Replica, Port>::report() const {
  auto const s = replica_.status();
  auto const& core = replica_.core().state();
  info i{};
  auto const stored = replica_.storage().identity();
  i.run_id = hexadecimal(stored.store.value, 16) + hexadecimal(stored.incarnation.value, 16) +
             hexadecimal(stored.node.value, 8);
  i.cluster_id = hexadecimal(stored.cluster.value, 40);
  i.id = s.self.value;
  i.protocol = Replica::core_type::protocol_name;
  i.role = name_of(core.is);
  i.term = s.era.value;
  i.ballot = ballot_text(replica_, s.era);
  i.leader = s.leader ? s.leader->value : 0;
  i.commit_index = s.commit.value;
  i.applied_index = s.applied.value;
  i.last_index = s.last.value;
  for (std::uint8_t n = 0; n < replica_.member_count(); ++n) {
    quorate::node_index const peer{n};
    if (peer == core.self) continue;
    auto const& p = core.peer(peer);
    auto& told = i.peers.emplace_back();
    told.id = replica_.id_of(peer).value;
    if (!s.leads) continue; // what a follower has of it is left from another time, or from nowhere
    told.match = p.match.value;
    told.next = p.next.value;
    told.state = p.next < s.first ? "snapshot" : state_of(p); // it needs what is compacted
  }
  i.elections = s.counters.elections;
  i.leader_changes = s.counters.leader_changes;
  i.commits = machine_.operations();
  i.syncs = s.counters.syncs;
  i.bytes = s.written.bytes;
  i.entries = s.written.entries;
  i.first_index = s.first.value;
  i.snapshot_index = s.snapshots.newest.value;
  i.snapshot_state = s.snapshots.fetching ? "fetching" : s.snapshots.saving ? "saving" : "idle";
  i.sends_snapshot = s.snapshots.sending;
  i.snapshots_saved = s.snapshots.saved;
  i.snapshots_fetched = s.snapshots.fetched;
  i.snapshots_failed = s.snapshots.failed;
  return i;
}

} // namespace kv
