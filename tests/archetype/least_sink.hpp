// The least destination of a Raft core's effects: no sink of ours below it, nothing constexpr, nothing copyable.
// `Lacks` takes one member away (0: none), to show that the concept asks for it.
#pragma once

#include "least_log.hpp"

#include "quorate/effect/ticket.hpp"
#include "quorate/raft/node.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <variant>

namespace quorate::test {

// What a core of this test's can say.
struct least_packet {
  peer from{};
  peer to{};
  std::variant<raft::request_pre_vote, raft::pre_vote_granted, raft::pre_vote_refused, raft::request_vote,
               raft::vote_granted, raft::vote_refused, raft::append_entries, raft::appended, raft::rejected,
               raft::heartbeat, raft::heartbeat_answer>
      what;
};

// A disk that is never late: what is written is durable before anything else happens, so binding messages may
// leave.
struct least_host {
  peer self{};
  least_entries entries{};
  raft::term_and_vote hard{};
  log_index committed{};
  std::uint64_t readable = 0;
  std::deque<least_packet>& net;
  class : public ticket_source {
  public:
    using ticket_source::next;
  } tickets{};
};

template <int Lacks = 0>
class least_sink {
public:
  explicit least_sink(least_host& h) : host_{h} {}
  least_sink(least_sink const&) = delete;
  least_sink& operator=(least_sink const&) = delete;
  void operator&() const = delete;

  written write(raft::term_and_vote const& h) requires(Lacks != 1) {
    host_.hard = h;
    return host_.tickets.next();
  }
  written write(entry_run const& run) requires(Lacks != 2) {
    for (std::uint32_t i = 0; i < run.count; ++i) host_.entries.push_back({run.written_at, run.kind});
    return host_.tickets.next();
  }
  written write(truncation const& t) requires(Lacks != 3) {
    host_.entries.resize(t.from.value - 1);
    return host_.tickets.next();
  }
  written latest() requires(Lacks != 4) { return host_.tickets.latest(); }
  template <class M>
  void send(peer to, M const& m) requires(Lacks != 5 && advisory_message<M>) {
    host_.net.push_back({host_.self, to, m});
  }
  template <class M>
  void send(peer to, M const& m, written after) requires(Lacks != 6 && binding_message<M>) {
    if (after <= host_.tickets.latest()) host_.net.push_back({host_.self, to, m});
  }
  void arm(raft::timer) requires(Lacks != 7) {}
  void disarm(raft::timer) requires(Lacks != 8) {}
  void arm_after(raft::timer, timing, written) requires(Lacks != 9) {}
  void report(committed const& c) { host_.committed = c.upto; }
  void report(readable const& r) { host_.readable = r.upto; }
  void report(proposed const&) {}
  void report(proposal_refused const&) {}
  void report(reads_refused const&) {}
  void report(more_due const&) {}
  void report(contradiction const&) {}

private:
  least_host& host_;
};

} // namespace quorate::test
