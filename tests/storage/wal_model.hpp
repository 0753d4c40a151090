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

  static configuration config_of(model_entry const& e) {
    return {node_set<64>{wal::byte_reader{e.bytes.data()}.u64()}};
  }
  configuration config_at(log_index i) const {
    for (; i > start.compacted; i = i - 1)
      if (at(i).kind == entry_kind::configuration) return config_of(at(i));
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
  for (auto i = c; i <= log.last(); i = i + 1) // the shape says the same of each entry as its bytes do
    if ((i > c && log.stamp_at(i) != m.at(i).written_at) || log.config_at(i) != m.config_at(i)) return {};
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
      e.bytes.resize(kind == entry_kind::no_op ? 0 : kind == entry_kind::configuration ? size + 8 : size);
      for (auto& b : e.bytes) b = static_cast<std::byte>(++counter_ * 37);
      now.entries.push_back(std::move(e));
    }
    auto const blob = blob_of(now.entries, now.entries.size() - n, n);
    return done(w.put({first, n, stamp{term}, kind}, payloads::trusted(blob, n)));
  }
  bool truncate(Wal& w, log_index from) {
    if (failed) return false;
    now.truncate(from);
    return done(w.truncate(from));
  }
  bool hard(Wal& w, std::uint64_t term, std::uint8_t vote) {
    if (failed) return false;
    now.hard = {stamp{term}, node_index{vote}, log_index{3 * term}};
    return done(w.put(now.hard));
  }
  bool compact(Wal& w, log_index upto) {
    if (failed) return false;
    now.compact(upto);
    return done(w.compact(upto));
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
    auto const term = std::max(now.hard.promised.value, now.entries.empty() ? now.start.written_at.value
                                                                            : now.entries.back().written_at.value);
    switch (pick(12)) {
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
    default:
      return put(w, static_cast<std::uint32_t>(1 + pick(5)), term, entry_kind::command,
                 pick(pick(40) == 0 ? 900 : 60));
    }
  }

private:
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
