// The user's own fields: in the entry, where every node sees them at apply, and in the envelope, which only
// the two ends of a wire see; and the frames that carry both.
#include "cluster.hpp"

#include "quorate/replica/wire.hpp"
#include "quorate/transport/tcp_versions.hpp"

#include <cstring>
#include <random>
#include <string>

namespace quorate {
namespace {

struct origin { // in the entry
  std::uint64_t client{};
  std::uint32_t sequence{};
  using fields = field_list<field<"client", &origin::client>, field<"sequence", &origin::sequence>>;
  friend bool operator==(origin const&, origin const&) = default;
};
struct trace { // in the envelope
  std::uint64_t span{};
  std::string note{};
  using fields = field_list<field<"span", &trace::span>, field<"note", &trace::note>>;
};
using rich = messages<std::string, origin, trace>;
using replica_type = raft::replica<rich, memory, manual_timer>;
using wire = wire_of<replica_type>;

struct seen_entry {
  log_index index{};
  stamp written_at{};
  std::string command{};
  origin extra{};
  friend bool operator==(seen_entry const&, seen_entry const&) = default;
};
struct frame {
  node_id from{};
  node_id to{};
  std::vector<std::byte> bytes{};
};

// Three replicas that talk in frames only.
struct framed {
  struct node {
    node_id id;
    memory disk;
    replica_type r;
    std::vector<seen_entry> applied{};
    std::map<std::uint64_t, fate> told{};
    explicit node(node_id i)
        : id{i}, disk{{.identity = {.node = i, .incarnation = incarnation_id{1}}, .entries = 512, .bytes = 4096}},
          r{{i, {node_id{1}, node_id{2}, node_id{3}}}, disk, manual_timer{{100, 30, 400}, i.value}} {}
  };
  std::vector<std::unique_ptr<node>> nodes{};
  std::deque<frame> net{};
  std::vector<trace> seen{};
  std::uint64_t now = 0;
  std::uint64_t stamped = 0;

  framed() {
    for (std::uint32_t i = 1; i <= 3; ++i) nodes.push_back(std::make_unique<node>(node_id{i}));
  }
  void turn(node& n) {
    n.r.turn(
        now,
        [&](node_id to, auto const& m, payloads bytes) {
          frame f{n.id, to, {std::byte{0xee}}}; // appended behind what is there
          REQUIRE(
              wire::append(f.bytes, n.r.member(), m, bytes, trace{++stamped, "of " + std::to_string(n.id.value)}));
          CHECK(f.bytes[0] == std::byte{0xee});
          f.bytes.erase(f.bytes.begin());
          net.push_back(std::move(f));
        },
        [&](auto const& e) {
          if constexpr (requires { e.command; })
            n.applied.push_back({e.index, e.written_at, e.command, e.extra});
          else if constexpr (std::is_same_v<decltype(e), proposal_outcome const&>)
            for (std::uint32_t i = 0; i < e.count; ++i) n.told[e.first.value + i] = e.what;
        });
  }
  void run(int ticks) {
    for (; ticks > 0; --ticks) {
      ++now;
      for (auto k = net.size(); k > 0; --k) {
        auto const f = std::move(net.front());
        net.pop_front();
        auto const bad = wire::deliver(nodes[f.to.value - 1]->r, f.from, f.bytes, [&](trace const& t) {
          CHECK(t.note == "of " + std::to_string(f.from.value));
          seen.push_back(t);
        });
        CHECK(bad == decode_error::none);
      }
      for (auto& n : nodes) turn(*n);
    }
  }
  node* leader() {
    for (auto& n : nodes)
      if (n->r.core().leads()) return n.get();
    return nullptr;
  }
};

TEST_CASE("an entry's extra fields are stored with it and seen at apply on every node, forwarded or not") {
  framed f;
  while (f.leader() == nullptr) f.run(1);
  f.run(10);
  auto& l = *f.leader();
  auto& other = *f.nodes[l.id.value == 1 ? 1 : 0];
  REQUIRE(l.r.propose("from the leader", {77, 1}));
  REQUIRE(other.r.propose("from a follower", {88, 2}));
  REQUIRE(other.r.propose("", {0, 0}));
  f.run(20);
  for (auto& n : f.nodes) {
    REQUIRE(n->applied.size() == 3);
    CHECK(n->applied == f.nodes[0]->applied);
  }
  std::map<std::string, origin> const expected{
      {"from the leader", {77, 1}}, {"from a follower", {88, 2}}, {"", {0, 0}}};
  for (auto const& e : l.applied) CHECK(expected.at(e.command) == e.extra);
  CHECK(l.told.at(1) == fate::done);
  CHECK(other.told.at(1) == fate::done);
  CHECK(other.told.at(2) == fate::done);
  CHECK(f.seen.size() + f.net.size() == f.stamped); // each envelope's once
}

TEST_CASE("the envelope's extra fields take their own bytes in a frame; without any there is not one more") {
  raft::vote_granted const m{term_id{3}};
  std::vector<std::byte> const record(4);
  auto const bytes = payloads::trusted(record, 1);
  auto const least = 8 + encoded_message_size(m) + record.size(); // a head, a length, the message, its payload
  std::vector<std::byte> none, some;
  REQUIRE(wire_of<raft::replica<test::numbers, memory, manual_timer>>::append(none, member_id{2}, m, bytes));
  REQUIRE(wire::append(some, member_id{2}, m, bytes, trace{1, "x"}));
  CHECK(none.size() == least);
  CHECK(some.size() == least + encoded_size(trace{1, "x"}));
}

// A command with its extra, as one record.
std::vector<std::byte> record_of(std::string const& command) {
  auto const size = rich::entry_size(command, {});
  std::vector<std::byte> out(payloads::prefix + size);
  payloads::put_length(out.data(), static_cast<std::uint32_t>(size));
  rich::encode_entry(command, {}, out.data() + payloads::prefix);
  return out;
}

struct told { // of a transport's options, what the replica knows
  std::string protocol{};
  version_range protocol_versions{};
  std::uint64_t command_fingerprint{};
  std::uint32_t max_frame_bytes{};
};

TEST_CASE("a replica describes its frames to a transport: the protocol, the commands and the largest frame") {
  using other = raft::replica<messages<std::string, origin>, memory, manual_timer>;
  framed f;
  told t;
  auto const& r = f.nodes[0]->r;
  wire::describe(t, r);
  CHECK(t.protocol == "raft");
  CHECK(t.protocol_versions == version_range{2, 2});
  CHECK(t.command_fingerprint == command_fingerprint<rich>());
  CHECK(t.command_fingerprint != command_fingerprint<other::messages_type>());
  CHECK(t.max_frame_bytes == r.max_frame_bytes());
}

// A node that hears frames, on its own.
struct listener {
  static constexpr memory_options options{
      .identity = {.node = node_id{1}, .incarnation = incarnation_id{1}}, .entries = 128, .bytes = 1024};
  memory disk{options};
  replica_type r{{node_id{1}, {node_id{1}, node_id{2}, node_id{3}}}, disk, manual_timer{{100, 30, 400}, 1}};
  [[gnu::noinline]] listener() {} // or g++ 12 sees a dangling pointer where there is none
};

TEST_CASE("a frame that is cut anywhere, or followed by anything, is an error, and the replica hears nothing") {
  listener node;
  auto& r = node.r;
  auto const core = r.core();
  auto const record = record_of("set");
  std::vector<std::byte> whole;
  raft::append_entries const m{term_id{3}, log_index{1},       term_id{}, term_id{3}, log_index{1},
                               1,          entry_kind::command};
  REQUIRE(wire::append(whole, member_id{2}, m, payloads::trusted(record, 1), trace{1, "x"}));
  int seen = 0;
  auto const count = [&](trace const&) { ++seen; };
  for (std::size_t n = 0; n < whole.size(); ++n) {
    std::vector<std::byte> const part(whole.data(), whole.data() + n); // an own block
    CHECK(wire::deliver(r, node_id{2}, part, count) != decode_error::none);
  }
  auto more = whole;
  more.push_back(std::byte{});
  CHECK(wire::deliver(r, node_id{2}, more, count) != decode_error::none);
  // The count says two, or none, where one record is.
  for (std::uint32_t const wrong : {0U, 2U, ~0U}) {
    auto lies = m;
    lies.count = wrong;
    std::vector<std::byte> f;
    REQUIRE(wire::append(f, member_id{2}, lies, payloads::trusted(record, 1), trace{}));
    CHECK(wire::deliver(r, node_id{2}, f, count) != decode_error::none);
  }
  CHECK(seen == 0);
  CHECK(r.core() == core);
  CHECK(node.disk.log().last() == log_index{1});
  CHECK(r.status().counters.dropped_in == 0);
  CHECK(wire::deliver(r, node_id{2}, whole, count) == decode_error::none);
  CHECK(seen == 1);
  CHECK(node.disk.log().last() == log_index{2});
}

TEST_CASE("a message with extra bytes behind its fields, or another version or type, is an error") {
  listener node;
  auto& r = node.r;
  auto const core = r.core();
  std::vector<std::byte> good;
  REQUIRE(wire::append(good, member_id{2}, raft::request_vote{term_id{5}, log_index{1}, term_id{}}, {}, trace{}));
  for (std::size_t const at : {8U, 9U}) { // version, type
    auto bad = good;
    bad[at] = std::byte{0xfe};
    CHECK(wire::deliver(r, node_id{2}, bad) != decode_error::none);
  }
  CHECK(r.core() == core);
}

TEST_CASE("a frame with a flag that is not known, or of another member than its node is, closes the connection") {
  listener node;
  auto& r = node.r;
  auto const core = r.core();
  std::vector<std::byte> good;
  REQUIRE(wire::append(good, member_id{2}, raft::request_vote{term_id{5}, log_index{1}, term_id{}}, {}, trace{}));
  auto const with = [&](std::size_t at, unsigned value) {
    auto bad = good;
    bad[at] = static_cast<std::byte>(value);
    return closing(wire::deliver(r, node_id{2}, bad));
  };
  for (unsigned bit = 0; bit < 8; ++bit)
    for (std::size_t const at : {2U, 3U})
      CHECK(with(at, 1U << bit) == "a frame was not taken: a flag of frames that this build does not know");
  for (unsigned const other : {0U, 1U, 3U, 4U, 255U})
    CHECK(with(0, other) == "a frame was not taken: a frame of another member than its node is");
  CHECK(r.core() == core);
  CHECK(with(0, 2).empty());
  CHECK(r.core() != core);
}

// Well-formed frames of every kind and any content, and some of noise; then bytes are changed, or cut off.
class frame_source {
public:
  explicit frame_source(std::mt19937_64& random) : random_{random} {}

  std::vector<std::byte> next() {
    std::vector<std::byte> f;
    write(f);
    auto const changes = random_() % 4;
    for (std::size_t k = 0; k < changes && !f.empty(); ++k)
      f[random_() % f.size()] = static_cast<std::byte>(random_() % 8 == 0 ? 0xff : random_());
    if (random_() % 8 == 0) f.resize(random_() % (f.size() + 1));
    f.shrink_to_fit();
    return f;
  }

private:
  std::uint64_t small() { return random_() % 4; }
  void write(std::vector<std::byte>& f) {
    member_id const by{static_cast<std::uint16_t>(2 + random_() % 2)};
    auto const add = [&](auto const& m, payloads p = {}) {
      REQUIRE(wire::append(f, by, m, p, trace{small(), "a"}));
    };
    auto const bytes = payloads::trusted(record_, 1);
    incarnation_id const me{1};
    term_id const t{small()};
    log_index const at{small()};
    switch (random_() % 12) {
    case 0: {
      auto const kind = entry_kind{static_cast<std::uint8_t>(random_() % 3)};
      return add(raft::append_entries{t, at, t, t, at, 1, kind}, bytes);
    }
    case 1: return add(raft::append_entries{t, at, t, t, at, 0, entry_kind::command});
    case 2: return add(raft::request_vote{t, at, t});
    case 3: return add(raft::vote_granted{t});
    case 4: return add(raft::appended{t, at, 1});
    case 5: return add(raft::rejected{t, at, at, t});
    case 6: return add(raft::heartbeat_answer{t, log_index{small()}, small()});
    case 7: return add(forward{me, small(), t, 1}, bytes);
    case 8: return add(forward_placed{me, small(), 1, at, t});
    case 9: return add(read_answer{me, small(), at});
    case 10: return add(raft::request_pre_vote{t, at, t});
    default: f.resize(random_() % 40);
    }
  }

  std::mt19937_64& random_;
  std::vector<std::byte> record_ = record_of("set");
};

// Nothing is read outside a frame: run it under a sanitizer.
TEST_CASE("random frames, and good ones with some bytes changed, leave no mark or are heard whole") {
  std::mt19937_64 random{20240611};
  frame_source frames{random};
  auto node = std::make_unique<listener>();
  int heard = 0, refused = 0;
  for (std::uint64_t i = 0; i < 100000; ++i) {
    auto& r = node->r;
    auto const& disk = node->disk;
    auto const f = frames.next();
    auto const core = r.core();
    auto const last = disk.log().last();
    auto const hard = disk.hard();
    auto const dropped = r.status().counters.dropped_in;
    bool seen = false;
    node_id const from{2 + static_cast<std::uint32_t>(random() % 2)};
    auto const bad = wire::deliver(r, from, f, [&](trace const&) { seen = true; });
    CHECK(seen == (bad == decode_error::none));
    if (bad != decode_error::none) {
      ++refused;
      CHECK(r.core() == core);
      CHECK(disk.log().last() == last);
      CHECK(disk.hard() == hard);
      CHECK(r.status().counters.dropped_in == dropped);
      continue;
    }
    ++heard;
    if (random() % 16 == 0)
      r.turn(
          i, [](node_id, auto const&, payloads) {}, [](auto const&) {});
    if (r.stopped() || disk.log().last() > log_index{40}) node = std::make_unique<listener>();
  }
  CHECK(heard > 10000);
  CHECK(refused > 10000);
}

} // namespace
} // namespace quorate
