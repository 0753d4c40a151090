// What a peer may send that no honest one does, and what an honest one only seldom does: a table of frames for
// each protocol. What becomes of each is a part of the sentence with which the connection is closed, or nothing:
// then the frame is heard, and the connection stays.
#pragma once

#include "../../examples/kv/backend.hpp"

#include "quorate/replica/membership.hpp"
#include "quorate/replica/wire.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace quorate::test {

struct hostile_frame {
  std::string name;
  std::vector<std::byte> bytes;
  std::string_view closes; // empty: heard
};

// How it stands with the nodes: of a node of three with the ids 1 to 3, in the place that is lied from.
struct hostile_view {
  stamp era{};        // of all
  log_index last{};   // of the node that is lied to
  bool leads = false; // that node
  node_index liar{};  // who speaks
};

inline constexpr std::uint64_t greatest = ~std::uint64_t{0};
inline constexpr log_index nowhere{greatest};

// Records of one byte each, which is no command of kv.
inline std::vector<std::byte> poison(std::uint32_t count) {
  std::vector<std::byte> out;
  for (std::uint32_t i = 0; i < count; ++i) {
    out.resize(out.size() + payloads::prefix);
    payloads::put_length(out.data() + out.size() - payloads::prefix, 1);
    out.push_back(std::byte{0xff});
  }
  return out;
}
inline std::vector<std::byte> members(std::uint32_t third) {
  membership<7> m;
  (void)m.assign(std::vector{node_id{1}, node_id{2}, node_id{third}});
  return m.record();
}

// Frames for replicas of one protocol, as they are made one after the other.
template <class Replica>
class hostile_frames {
public:
  using wire = wire_of<Replica>;

  explicit hostile_frames(hostile_view const& v) : member_{founder_at(v.liar)} {}

  template <class M>
  void say(std::string name, M const& m, std::string_view closes, std::vector<std::byte> const& records = {},
           std::uint32_t count = 0) {
    std::vector<std::byte> frame;
    (void)wire::append(frame, member_, m, payloads::trusted(records, count));
    all_.push_back({std::move(name), std::move(frame), closes});
  }
  // The frame of `m` with the byte at `place` changed to `value`, or one byte more or less.
  template <class M>
  void spoil(std::string name, M const& m, std::size_t place, std::uint8_t value, std::string_view closes) {
    say(std::move(name), m, closes);
    auto& b = all_.back().bytes;
    if (place < b.size())
      b[place] = std::byte{value};
    else
      b.push_back(std::byte{value});
  }
  template <class M>
  void cut(std::string name, M const& m, std::size_t most, std::string_view closes) {
    say(std::move(name), m, closes);
    if (all_.back().bytes.size() > most) all_.back().bytes.resize(most);
  }
  std::vector<hostile_frame> take() { return std::move(all_); }

private:
  member_id member_;
  std::vector<hostile_frame> all_{};
};

// Of what replicas of either protocol say beside their protocol, and of frames that can't be read.
template <class Replica, class Vote>
void say_of_both(hostile_frames<Replica>& f, hostile_view const& v, Vote const& some) {
  constexpr std::size_t flags = 2, reserved = 3, version = 8, type = 9;
  incarnation_id const nobody{1ULL << 40};
  f.say("a forward of no command", forward{nobody, 1, v.era, 1}, "no command", poison(1), 1);
  f.say("a forward of many, none a command", forward{nobody, 2, v.era, 100}, "no command", poison(100), 100);
  f.say("a forward that counts more than it brings", forward{nobody, 3, v.era, 2}, "no encoder writes", poison(1),
        1);
  f.say("a forward of nothing", forward{nobody, 4, v.era, 0}, "");
  f.say("a forward for another time", forward{nobody, 5, stamp{greatest}, 0}, "");
  f.say("a forward that was never asked for, placed", forward_placed{nobody, 1, 1, log_index{1}, v.era}, "");
  f.say("a forward placed nowhere", forward_placed{nobody, 1, 1, nowhere, v.era}, "no log has");
  f.say("a forward that was never asked for, refused", forward_refused{nobody, 1, 1, refusal::busy}, "");
  f.spoil("a refusal for an unknown reason", forward_refused{nobody, 1, 1, refusal::busy}, 8 + 2 + 20, 0xee,
          "no encoder writes");
  f.say("a read of a stranger", read_request{nobody, greatest}, "");
  f.say("an answer to no read", read_answer{nobody, greatest, log_index{1}}, "");
  f.say("an answer to a read, nowhere", read_answer{nobody, 1, nowhere}, "no log has");
  f.spoil("a message of an unknown version", some, version, 0xee, "unknown version");
  f.spoil("a message of an unknown type", some, type, 0xee, "unknown type");
  f.spoil("a message with a byte too many", some, greatest, 0, "no encoder writes");
  f.spoil("a frame with a flag", some, flags, 1, "a flag");
  f.spoil("a frame with a flag in what is reserved", some, reserved, 0x80, "a flag");
  f.spoil("a frame of another member", some, 0, 0xee, "another member");
  f.spoil("a frame of a member that no cluster has", some, 1, 0xee, "another member");
  f.spoil("a frame of nobody", some, 0, 0, "another member");
  f.cut("a message that is cut", some, 13, "end before");
  f.cut("a frame that ends behind its head", some, 4, "end before");
  f.cut("a frame without a message", some, 1, "end before");
}

inline std::vector<hostile_frame> frames_for(kv::raft_replica const*, hostile_view const& v) {
  using namespace raft;
  hostile_frames<kv::raft_replica> f{v};
  auto const t = v.era, last_term = stamp{greatest}, far = stamp{v.era.value + (std::uint64_t{1} << 32) + 1};
  auto const command = entry_kind::command;
  auto const leader_only = [&](std::string_view sentence) { return v.leads ? sentence : std::string_view{}; };
  // First, since each leap that is doubted makes a node believe as much again.
  f.say("a candidate of a term far away", request_vote{far, v.last, t}, "2^32");
  f.say("a pre-vote for the last term", request_pre_vote{last_term, v.last, t}, "2^32");
  f.say("a pre-vote granted in the last term", pre_vote_granted{last_term}, "2^32");
  f.say("a pre-vote refused in the last term", pre_vote_refused{last_term}, "2^32");
  f.say("a candidate of the last term", request_vote{last_term, v.last, t}, "2^32");
  f.say("a vote in the last term", vote_granted{last_term}, "2^32");
  f.say("a vote refused in the last term", vote_refused{last_term}, "2^32");
  f.say("entries of the last term", append_entries{last_term, v.last, t, t, {}, 0, command}, "2^32");
  f.say("an acknowledgement of the last term", appended{last_term, v.last, 1}, "2^32");
  f.say("a refusal of the last term", rejected{last_term, v.last, v.last, t}, "2^32");
  f.say("a heartbeat of the last term", heartbeat{last_term, {}, 0}, "2^32");
  f.say("a heartbeat's answer of the last term", heartbeat_answer{last_term, {}, 0}, "2^32");
  f.say("a heartbeat of the next term, with a commit index", heartbeat{next(t), log_index{1}, 0}, "acknowledged");
  f.say("the same, far beyond", heartbeat{next(t), nowhere, 0}, "acknowledged");
  f.say("entries behind the last index", append_entries{t, nowhere, t, t, {}, 1, command}, "no log", poison(1), 1);
  f.say("entries behind a later term", append_entries{t, v.last, next(t), t, {}, 0, command}, "later term");
  f.say("entries of a later term", append_entries{t, v.last, t, next(t), {}, 1, command}, "later term", poison(1),
        1);
  f.say("terms that fall", append_entries{t, v.last, t, {}, {}, 1, command}, "earlier term", poison(1), 1);
  f.say("a term before the log", append_entries{t, {}, t, t, {}, 1, command}, "before the first", poison(1), 1);
  f.say("other entries in the place of the founders'", append_entries{t, {}, {}, t, {}, 1, command},
        "founding one", poison(1), 1);
  f.say("holes", append_entries{t, v.last, t, t, {}, 1, entry_kind::hole}, "holes", poison(1), 1);
  f.say("entries of no command", append_entries{t, v.last, t, t, {}, 1, command}, "no command", poison(1), 1);
  f.say("no-ops with bytes", append_entries{t, v.last, t, t, {}, 2, entry_kind::no_op}, "no-op", poison(2), 2);
  auto const config = entry_kind::configuration;
  f.say("another configuration", append_entries{t, v.last, t, t, {}, 1, config}, "fixed", members(3), 1);
  f.say("other founders", append_entries{t, {}, {}, {}, {}, 1, config}, "other members", members(4), 1);
  f.say("a configuration of noise", append_entries{t, {}, {}, {}, {}, 1, config}, "other members", poison(1), 1);
  f.say("a count of entries that are not there", append_entries{t, v.last, t, t, {}, 7, command},
        "no encoder writes");
  f.spoil("an unknown kind of entries", append_entries{t, v.last, t, t, {}, 0, command}, 8 + 2 + 44, 0xee,
          "no encoder writes");
  f.say("entries of an earlier term", append_entries{{}, v.last, {}, {}, nowhere, 0, command}, "");
  f.say("an acknowledgement of what is not there", appended{t, v.last + 100, 1}, leader_only("does not have"));
  f.say("an acknowledgement of everything", appended{t, nowhere, 255}, leader_only("does not have"));
  f.say("an answer that has verified everything", heartbeat_answer{t, nowhere, 0}, leader_only("does not have"));
  f.say("an answer to a round that never was", heartbeat_answer{t, {}, greatest}, "");
  f.say("a refusal that hints ahead", rejected{t, v.last, v.last + 1, t}, "hint");
  f.say("a refusal of what was never sent", rejected{t, nowhere, {}, {}}, "");
  f.say("a vote that nobody asked for", vote_granted{t}, "");
  f.say("a pre-vote of the next term", request_pre_vote{next(t), nowhere, t}, "");
  say_of_both(f, v, vote_granted{t});
  return f.take();
}

// First, since each leap that is doubted makes a node believe as much again.
inline void say_leaps(hostile_frames<kv::multi_paxos_replica>& f, hostile_view const& v, stamp last, stamp far) {
  using namespace multi_paxos;
  auto const t = v.era;
  auto const command = entry_kind::command;
  std::uint64_t const all = 1; // the founding configuration's number
  auto const next_slot = v.last + 1;
  f.say("a prepare of a round far away", prepare{far, next_slot, all}, "2^20");
  f.say("a canvass for the last round", canvass{last, next_slot, all}, "2^20");
  f.say("a canvass granted in the last round", canvass_granted{last, all}, "2^20");
  f.say("a prepare of the last round", prepare{last, next_slot, all}, "2^20");
  f.say("a promise in the last round", promise{last, next_slot, {}, {}, {}, 0, command, all}, "2^20");
  f.say("a refusal of the last round", refused{last, t, all}, "2^20");
  f.say("a refusal that has promised the last round", refused{t, last, all}, "2^20");
  f.say("a fetch of the last round", fetch{last, next_slot, 1, t, all}, "2^20");
  f.say("values fetched in the last round", fetched{last, next_slot, 0, t, command, all}, "2^20");
  f.say("an accept of the last round", accept{last, last, next_slot, {}, all, 0, command}, "2^20");
  f.say("an acknowledgement of the last round", accepted{last, next_slot, all, 1, 1}, "2^20");
  f.say("a heartbeat of the last round", heartbeat{last, {}, 0, all}, "2^20");
  f.say("a heartbeat's answer of the last round", heartbeat_answer{last, {}, 0, all}, "2^20");
  f.say("another configuration in the last round", other_configuration{last, {}, 3}, "2^20");
}

inline std::vector<hostile_frame> frames_for(kv::multi_paxos_replica const*, hostile_view const& v) {
  using namespace multi_paxos;
  hostile_frames<kv::multi_paxos_replica> f{v};
  auto const round = ballot{v.era.value}.round_number();
  auto const own = [&](std::uint64_t r) { return make_ballot(r, v.liar); };
  auto const t = v.era, last = own(ballot::last_round), far = own(round + (std::uint64_t{1} << 20) + 2);
  auto const command = entry_kind::command;
  std::uint64_t const all = 1; // the founding configuration's number
  auto const next_slot = v.last + 1;
  say_leaps(f, v, last, far);
  f.say("slots behind the last index", accept{t, t, nowhere, {}, all, 1, command}, "no log", poison(1), 1);
  f.say("the slot before the log", accept{t, t, {}, {}, all, 1, command}, "no log", poison(1), 1);
  f.say("votes of a later ballot", accept{t, own(round + 1), next_slot, {}, all, 1, command}, "later", poison(1),
        1);
  f.say("earlier votes that are not chosen", accept{t, {}, next_slot, {}, all, 1, command}, "not chosen",
        poison(1), 1);
  f.say("holes", accept{t, t, next_slot, {}, all, 1, entry_kind::hole}, "holes", poison(1), 1);
  f.say("values that are no command", accept{t, t, next_slot, {}, all, 1, command}, "no command", poison(1), 1);
  f.say("no-ops with bytes", accept{t, t, next_slot, {}, all, 2, entry_kind::no_op}, "no-op", poison(2), 2);
  auto const config = entry_kind::configuration;
  f.say("another configuration", accept{t, t, next_slot, {}, all, 1, config}, "fixed", members(3), 1);
  f.say("other founders", accept{t, {}, log_index{1}, log_index{1}, all, 1, config}, "other members", members(4),
        1);
  f.say("a count of slots that are not there", accept{t, t, next_slot, {}, all, 7, command}, "no encoder writes");
  f.say("an accept of another configuration", accept{t, t, next_slot, {}, 3, 0, command}, "");
  f.say("an accept by who does not own the ballot", accept{t, t, next_slot, {}, all, 0, command}, "");
  f.say("a promise of four billion empty slots",
        promise{t, next_slot, log_index{1}, {}, {}, 0xfffffff0, entry_kind::hole, all}, "a gap of more");
  f.say("a promise of a log that is gone", promise{t, next_slot, log_index{1ULL << 62}, {}, {}, 0, command, all},
        "compacted beyond");
  f.say("a promise of later votes", promise{t, next_slot, {}, {}, own(round + 1), 1, command, all},
        "later ballot");
  f.say("a promise that nobody asked for", promise{t, next_slot, {}, nowhere, {}, 0, command, all}, "");
  f.say("values of a later ballot", fetched{t, next_slot, 1, own(round + 1), command, all}, "later", poison(1), 1);
  f.say("values that are no command, fetched", fetched{t, next_slot, 1, t, command, all}, "no command", poison(1),
        1);
  f.say("a fetch of slots that are nowhere", fetch{t, nowhere, greatest & 0xffffffff, t, all}, "no log");
  f.say("a prepare from nowhere", prepare{t, nowhere, all}, "no log");
  f.say("a refusal of nothing", refused{t, t, all}, "");
  f.say("an acknowledgement of everything", accepted{t, log_index{1}, all, 0xffffffff, 255},
        v.leads ? "does not have" : "");
  f.say("an answer that has verified everything", heartbeat_answer{t, nowhere, 0, all}, "");
  f.say("an answer to a round that never was", heartbeat_answer{t, {}, greatest, all}, "");
  f.say("a heartbeat of another configuration", heartbeat{t, nowhere, 0, 3}, "");
  f.say("another configuration, chosen nowhere", other_configuration{t, nowhere, 3}, "no log");
  f.say("another configuration, of a later number", other_configuration{t, log_index{3}, 3}, "");
  f.say("another configuration, of the greatest number", other_configuration{t, {}, greatest}, "no log");
  f.say("another configuration, of the own number", other_configuration{t, v.last, all}, "");
  f.say("another configuration, of no number", other_configuration{t, {}, 0}, "");
  say_of_both(f, v, canvass_granted{t, all});
  return f.take();
}

} // namespace quorate::test
