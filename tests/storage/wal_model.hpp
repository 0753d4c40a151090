// What a log is supposed to hold, kept in the plainest way, and scripts of calls made to a log and its model
// alike.
#pragma once

#include "quorate/storage/file_wal.hpp"
#include "wal_disk.hpp"

#include <algorithm>
#include <deque>
#include <optional>
#include <random>

namespace quorate {

using disk_wal = basic_file_wal<disk_files>;

struct tickets : ticket_source {
  using ticket_source::next;
  using ticket_source::order;
};

inline bool sync(auto& w) { return w.sync(tickets{}.order()).has_value(); }

// A hard state as versions 1 and 2 had them: a store of theirs can be compared with a model. Kinds of other sizes
// are in the conformance suite.
inline hard_state hard_of(std::uint64_t term, std::uint8_t vote, std::uint64_t chosen = 0) {
  hard_state h{earlier_hard_state::kind, 17, {}};
  wal::byte_writer{h.bytes.data()}.u64(term).u8(vote).u64(chosen);
  return h;
}
inline std::uint64_t term_of(hard_state const& h) { return wal::byte_reader{h.bytes.data()}.u64(); }

// The configuration whose entry stood there, of these voters.
inline configuration config_of(log_index at, std::uint64_t voters) {
  configuration c{node_set<64>{voters}};
  c.number = at;
  return c;
}

// The bytes of a configuration's entry with these voters, the first of whom has an address.
inline std::vector<std::byte> config_bytes(log_index at, std::uint64_t voters,
                                           std::span<std::byte const> address) {
  auto const c = config_of(at, voters);
  std::vector<std::byte> out;
  configuration_form::write(
      c, [&](std::byte b) { out.push_back(b); },
      [&](node_index n) {
        bool const is_first = (voters >> n.value << n.value) == voters;
        return member_row{
            n, c.member_at(n), node_id{n.value + 1U}, {}, is_first ? address : std::span<std::byte const>{}};
      });
  return out;
}

struct model_entry {
  stamp written_at{};
  entry_kind kind{};
  std::vector<std::byte> bytes{};
  friend bool operator==(model_entry const&, model_entry const&) = default;
};

struct model {
  log_start start{};
  std::deque<model_entry> entries{};
  hard_state hard{};
  friend bool operator==(model const&, model const&) = default;

  log_index last() const { return start.compacted + entries.size(); }
  model_entry const& at(log_index i) const { return entries[i - start.compacted - 1]; }

  configuration config_at(log_index i) const {
    for (; i > start.compacted; i = i - 1)
      if (at(i).kind == entry_kind::configuration) return configuration_form::read(at(i).bytes, i).value();
    return start.config;
  }
  void truncate(log_index from) {
    while (last() >= from) entries.pop_back();
  }
  void compact(log_index upto) {
    if (upto <= start.compacted) return;
    log_start const next{upto, at(upto).written_at, config_at(upto)};
    while (start.compacted < upto) {
      entries.pop_front();
      start.compacted = start.compacted + 1;
    }
    start = next;
  }
  void install(snapshot_mark const& m, above_mark above) {
    bool const agrees = m.at < last() && (above == above_mark::always || at(m.at).written_at == m.written_at);
    while (!entries.empty() && (!agrees || start.compacted < m.at)) {
      entries.pop_front();
      start.compacted = start.compacted + 1;
    }
    start = {m.at, m.written_at, m.config};
  }
};

inline std::vector<std::byte> blob_of(std::deque<model_entry> const& entries, std::size_t from, std::size_t n) {
  std::vector<std::byte> b;
  for (auto k = from; k < from + n; ++k) {
    auto const& e = entries[k].bytes;
    std::byte prefix[payloads::prefix];
    payloads::put_length(prefix, static_cast<std::uint32_t>(e.size()));
    b.insert(b.end(), prefix, prefix + payloads::prefix);
    b.insert(b.end(), e.begin(), e.end());
  }
  return b;
}

inline std::vector<std::byte> bytes_of(std::string const& s) {
  auto const b = std::as_bytes(std::span{s});
  return {b.begin(), b.end()};
}

// Everything that the log says, as a model: so that "the same" is one comparison.
inline model contents(auto& w, std::size_t budget = 100) {
  model m;
  auto const& log = w.log();
  auto const c = log.compacted();
  m.start = {c, log.stamp_at(c), log.config_at(c)};
  m.hard = w.hard();
  for (auto i = c + 1; i <= log.last();) {
    auto const run = log.fit(i, ~0U, budget);
    auto const bytes = w.read(run.first, run.count);
    if (!bytes) return {};
    bytes->for_each([&](payloads::bytes b) {
      m.entries.push_back({run.written_at, run.kind, {b.begin(), b.end()}});
    });
    i = run.last() + 1;
  }
  // The shape says the same of each entry as its bytes do.
  auto in_force = m.start.config;
  for (auto i = c + 1; i <= log.last(); i = i + 1) {
    auto const& e = m.at(i);
    if (e.kind == entry_kind::configuration) in_force = configuration_form::read(e.bytes, i).value();
    if (log.stamp_at(i) != e.written_at || log.config_at(i) != in_force) return {};
  }
  return m;
}

// Makes the same calls to a log and to its model, up to the first that fails, and keeps what the log has
// acknowledged.
template <class Wal>
class player {
public:
  model now{};   // after every call that was made
  model acked{}; // when a sync last succeeded
  bool failed = false;

  bool put(Wal& w, std::uint32_t n, std::uint64_t term, entry_kind kind, std::size_t size) {
    if (failed) return false;
    auto const first = now.last() + 1;
    for (std::uint32_t k = 0; k < n; ++k) {
      model_entry e{stamp{term}, kind, {}};
      e.bytes.resize(kind == entry_kind::no_op ? 0 : size);
      for (auto& b : e.bytes) b = static_cast<std::byte>(++counter_ * 37);
      if (kind == entry_kind::configuration) e.bytes = config_bytes(first + k, 1 + ++counter_ % 7, e.bytes);
      now.entries.push_back(std::move(e));
    }
    return put_last(w, {first, n, stamp{term}, kind});
  }
  // The first entry, as founders laid it down in versions 1 and 2: three voters.
  bool found_earlier(Wal& w) {
    if (failed) return false;
    model_entry e{stamp{}, entry_kind::configuration, {}};
    e.bytes.resize(8 + 3 * 4);
    wal::byte_writer{e.bytes.data()}.u64(7).u32(1).u32(2).u32(3);
    now.entries.push_back(std::move(e));
    return put_last(w, {now.last(), 1, stamp{}, entry_kind::configuration});
  }
  bool truncate(Wal& w, log_index from) {
    if (failed) return false;
    now.truncate(from);
    return done(w.truncate(from));
  }
  bool hard(Wal& w, std::uint64_t term, std::uint8_t vote) {
    if (failed) return false;
    now.hard = hard_of(term, vote, 3 * term);
    return done(w.put(now.hard));
  }
  bool compact(Wal& w, log_index upto) {
    if (failed) return false;
    now.compact(upto);
    return done(w.compact(upto));
  }
  bool install(Wal& w, snapshot_mark const& m, above_mark above) {
    if (failed) return false;
    now.install(m, above);
    return done(w.install(m, above));
  }
  bool sync(Wal& w) {
    if (failed || !done(quorate::sync(w))) return false;
    acked = now;
    return true;
  }

  // One call, of a random kind, as a Raft node might make it.
  template <class Random>
  bool move(Wal& w, Random& r) {
    auto const pick = [&r](std::uint64_t n) { return r() % n; };
    auto const term = std::max(term_of(now.hard), now.entries.empty() ? now.start.written_at.value
                                                                      : now.entries.back().written_at.value);
    switch (pick(13)) {
    case 0: return hard(w, term + pick(2), static_cast<std::uint8_t>(pick(3)));
    case 1:
      if (now.entries.empty()) return true;
      return truncate(w, now.last() - pick(std::min<std::uint64_t>(6, now.entries.size())));
    case 2: return compact(w, now.start.compacted + pick(now.entries.size() + 1) / 2);
    case 3: return put(w, 1, term, entry_kind::no_op, 0);
    case 4: return put(w, 1, term, entry_kind::configuration, pick(9));
    case 5:
    case 6:
    case 7: return sync(w);
    case 8: return install(w, any_mark(term, pick), pick(2) == 0 ? above_mark::if_agreeing : above_mark::always);
    default:
      return put(w, static_cast<std::uint32_t>(1 + pick(5)), term, entry_kind::command,
                 pick(pick(40) == 0 ? 900 : 60));
    }
  }

private:
  // In the log or a little behind it; of what the log has there, or of something else.
  template <class Pick>
  snapshot_mark any_mark(std::uint64_t term, Pick&& pick) {
    auto const at = now.start.compacted + 1 + pick(now.entries.size() + 3);
    bool const within = at <= now.last();
    snapshot_mark m{at, stamp{term + 1}, now.config_at(within ? at : now.last())};
    if (pick(2) != 0) m.written_at = within ? now.at(at).written_at : stamp{term};
    if (pick(2) != 0) m.config = config_of(at, 1 + pick(7));
    return m;
  }
  bool put_last(Wal& w, entry_run const& run) {
    auto const blob = blob_of(now.entries, now.entries.size() - run.count, run.count);
    return done(w.put(run, payloads::trusted(blob, run.count)));
  }
  bool done(bool well) {
    failed = failed || !well;
    return well;
  }
  std::uint64_t counter_ = 0;
};

// A log that is none: what the calls come to can be told without one.
struct no_log {
  bool put(entry_run const&, payloads const&) { return true; }
  bool put(hard_state const&) { return true; }
  bool truncate(log_index) { return true; }
  bool compact(log_index) { return true; }
  bool install(snapshot_mark const&, above_mark) { return true; }
  std::optional<durable> sync(sync_order order) { return std::move(order).succeeded(); }
};

inline wal_options disk_options(std::uint64_t segment_bytes = 1024) {
  wal_options o;
  o.directory = "/disk";
  o.cluster = cluster_id{7};
  o.node = node_id{3};
  o.protocol = "raft 1";
  o.segment_bytes = segment_bytes;
  o.cache_bytes = 512;
  return o;
}

inline opened_wal<disk_files> open_disk(disk& d, wal_options const& o = disk_options()) {
  return disk_wal::open(o, disk_files{d});
}

} // namespace quorate
