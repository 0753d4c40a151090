// Memory storage against a model that keeps each entry by itself: what a reader sees, and what a power cut leaves.
#include "quorate/storage/memory.hpp"

#include "support/seeds.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <span>
#include <utility>
#include <vector>

namespace quorate {
namespace {

using bytes = std::vector<std::byte>;

struct entry {
  stamp written_at{};
  entry_kind kind{};
  bytes record{};
};

// The state after each write; the first `compacted` entries are kept here, and hidden. Those up to a snapshot's
// mark are none.
struct model {
  std::vector<entry> entries{};
  hard_state hard{};
  snapshot_mark begins{};
};

// What a configuration's entry says at a place: any voters.
bytes config_record(log_index at, std::uint64_t seed) {
  configuration c{node_set<64>{seed | 1}};
  c.number = at;
  bytes out(payloads::prefix);
  configuration_form::write(
      c, [&](std::byte b) { out.push_back(b); },
      [&](node_index n) {
        return member_row{n, c.member_at(n), node_id{n.value + 1U}, {}, {}};
      });
  payloads::put_length(out.data(), static_cast<std::uint32_t>(out.size() - payloads::prefix));
  return out;
}

bytes record_of(std::size_t size, std::uint64_t seed) {
  bytes out(payloads::prefix + size);
  payloads::put_length(out.data(), static_cast<std::uint32_t>(size));
  for (std::size_t i = 0; i < size; ++i) out[payloads::prefix + i] = static_cast<std::byte>(seed * 31 + i * 7);
  return out;
}

configuration said_by(entry const& e, log_index at) {
  return configuration_form::read(std::span{e.record}.subspan(payloads::prefix), at).value();
}

hard_state hard_of(std::uint64_t a, std::uint64_t b) {
  hard_state h{'T', 16, {}};
  std::memcpy(h.bytes.data(), &a, 8), std::memcpy(h.bytes.data() + 8, &b, 8);
  return h;
}

class tickets : public ticket_source {
public:
  using ticket_source::next;
  using ticket_source::order;
};

// Everything that can be read agrees, in pieces of at most `budget` bytes.
void check_same(memory& m, model const& expected, std::size_t budget) {
  auto const& log = m.log();
  REQUIRE(log.last().value == expected.entries.size());
  CHECK(m.hard() == expected.hard);
  for (auto i = log.compacted() + 1; i <= log.last();) {
    auto const run = log.fit(i, 1000, budget);
    REQUIRE(run.first == i);
    REQUIRE(run.count >= 1);
    auto const read = m.read(run.first, run.count);
    REQUIRE(read);
    CHECK((run.count == 1 || read->whole().size() <= budget));
    read->for_each([&](payloads::bytes record) {
      auto const& e = expected.entries[i.value - 1];
      CHECK((run.written_at == e.written_at && run.kind == e.kind));
      CHECK(std::equal(record.begin(), record.end(), e.record.begin() + payloads::prefix, e.record.end()));
      CHECK(log.stamp_at(i) == e.written_at);
      i = i + 1;
    });
  }
  auto const& begins = expected.begins;
  if (log.compacted() == begins.at) CHECK(log.stamp_at(begins.at) == begins.written_at);
  auto config = begins.config;
  for (auto i = begins.at.value; i < expected.entries.size(); ++i)
    if (auto const& e = expected.entries[i]; e.kind == entry_kind::configuration)
      config = said_by(e, log_index{i + 1});
  CHECK(log.config_at(log.last()) == config);
}

// A storage beside its model, and one step after another drawn from a seed.
class life {
public:
  explicit life(std::uint64_t seed) : random_{seed} {}

  void step() {
    switch (below(11)) {
    case 10:
      if (below(2) == 0) install();
      break;
    case 0: truncate(); break;
    case 1: vote(); break;
    case 2: compact(); break;
    case 3: sync(); break;
    case 4:
      if (below(4) == 0) crash();
      break;
    default: put_run();
    }
    check_same(memory_, now(), 1 + below(400));
  }

private:
  std::uint64_t below(std::uint64_t n) { return random_() % n; }
  model const& now() const { return states_.back(); }
  std::uint64_t compacted() const { return memory_.log().compacted().value; }
  std::uint64_t kept() const { return now().entries.size() - compacted(); }
  void wrote(model next) {
    (void)tickets_.next();
    states_.push_back(std::move(next));
  }

  void truncate() { // the newest entries go
    if (kept() == 0) return;
    auto next = now();
    auto const from = compacted() + 1 + below(kept());
    next.entries.resize(from - 1);
    REQUIRE(memory_.truncate(log_index{from}));
    wrote(std::move(next));
  }
  void install() { // within what there is, or a little behind it
    auto next = now();
    auto const at = compacted() + 1 + below(kept() + 4);
    bool const within = at < next.entries.size(), agrees = within && below(2) == 0;
    auto const above = below(2) == 0 ? above_mark::if_agreeing : above_mark::always;
    next.begins = {log_index{at}, stamp{term_ + 1}, configuration{node_set<64>{1 + below(7)}}};
    if (agrees) next.begins.written_at = next.entries[at - 1].written_at;
    if (!within || (above == above_mark::if_agreeing && !agrees)) next.entries.assign(at, {});
    term_ += 1;
    REQUIRE(memory_.install(next.begins, above));
    CHECK(memory_.log().compacted() == log_index{at});
    wrote(std::move(next));
  }
  void vote() {
    auto next = now();
    next.hard = hard_of(++term_, below(100));
    REQUIRE(memory_.put(next.hard));
    wrote(std::move(next));
  }
  void compact() { // the oldest entries go, as many of them as may
    if (kept() > 0) REQUIRE(memory_.compact(log_index{compacted() + 1 + below(kept())}));
  }
  void sync() {
    REQUIRE(memory_.sync(tickets_.order()));
    states_.erase(states_.begin(), states_.end() - 1);
  }
  void crash() {
    if (below(2) == 0) memory_ = memory{memory_}; // a copy is as good
    memory_.crash();
    states_.erase(states_.begin() + 1, states_.end());
    tickets_ = tickets{};
  }
  void put_run() {
    auto const kind = below(8) == 0 ? entry_kind::configuration : entry_kind::command;
    auto const wanted = kind == entry_kind::configuration ? 1 : 1 + below(12);
    auto const count = std::min(wanted, room_ - kept());
    if (count == 0) return;
    auto next = now();
    stamp const written_at{term_};
    bytes whole;
    for (std::uint64_t i = 0; i < count; ++i) {
      auto const record =
          kind == entry_kind::configuration
              ? config_record(log_index{next.entries.size() + 1}, random_() & random_() & random_())
              : record_of(below(below(10) == 0 ? 300 : 30), random_());
      whole.insert(whole.end(), record.begin(), record.end());
      next.entries.push_back({written_at, kind, record});
    }
    entry_run const run{memory_.log().last() + 1, static_cast<std::uint32_t>(count), written_at, kind};
    REQUIRE(memory_.put(run, payloads::trusted(whole, run.count)));
    wrote(std::move(next));
  }

  std::mt19937_64 random_;
  std::uint64_t term_ = 0;
  memory memory_{{.entries = 64 + below(64), .bytes = 1 + below(600)}};
  std::uint64_t room_ = memory_.log().room();
  std::vector<model> states_ = std::vector<model>(1); // the last is now; the first is durable
  tickets tickets_{};
};

TEST_CASE("memory storage reads as a model does, through wraps, growth, cuts at both ends and power cuts") {
  for (std::uint64_t seed = 0; seed < test::seeds(60); ++seed) {
    CAPTURE(seed);
    life one{seed};
    for (int step = 0; step < 400; ++step) one.step();
  }
}

TEST_CASE("a long run is read from any place in it") {
  constexpr std::uint32_t count = 2000;
  memory m{{.entries = 4096, .bytes = 1 << 16}};
  bytes whole;
  std::vector<bytes> records;
  for (std::uint64_t i = 0; i < count; ++i) {
    records.push_back(record_of(i % 20, i));
    whole.insert(whole.end(), records.back().begin(), records.back().end());
  }
  REQUIRE(m.put(entry_run{log_index{1}, count, stamp{1}, entry_kind::command}, payloads::trusted(whole, count)));
  for (std::uint64_t first = 1; first <= count; first += 7) {
    auto const run = m.log().fit(log_index{first}, 300, 999);
    REQUIRE(run.count >= 1);
    auto const read = m.read(run.first, run.count);
    REQUIRE(read);
    CHECK(read->whole().size() <= 999);
    auto at = first;
    read->for_each([&](payloads::bytes record) {
      auto const& wanted = records[at++ - 1];
      CHECK(std::equal(record.begin(), record.end(), wanted.begin() + payloads::prefix, wanted.end()));
    });
  }
}

TEST_CASE("a sync order covers what was written before it and not what came after") {
  memory m{{}};
  tickets source;
  auto const put = [&](std::uint64_t term) {
    REQUIRE(m.put(hard_of(term, 0)));
    (void)source.next();
  };
  put(1);
  auto order = source.order();
  put(2);
  REQUIRE(m.sync(std::move(order)));
  m.crash();
  CHECK(m.hard() == hard_of(1, 0));
}

TEST_CASE("an entry that is said to be a configuration, and is none, is refused with a sentence") {
  memory m{{}};
  auto record = config_record(log_index{2}, 7);
  entry_run const run{log_index{1}, 1, stamp{1}, entry_kind::configuration};
  CHECK_FALSE(m.put(run, payloads::trusted(record, 1))); // it is the configuration of another index
  CHECK(m.failure().find("entry 1 is no configuration that this program can read") == 0);
  CHECK(m.log().last() == log_index{});
  record = config_record(log_index{1}, 7);
  CHECK(m.put(run, payloads::trusted(record, 1)));
  CHECK(m.log().config_at(log_index{1}).voters.bits == 7);
}

} // namespace
} // namespace quorate
