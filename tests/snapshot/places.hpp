// Where the tests of snapshot stores get them from, and the bytes of a snapshot.
#pragma once

#include "quorate/conform/snapshot_model.hpp"
#include "quorate/snapshot/folder_snapshots.hpp"
#include "storage/wal_disk.hpp"
#include "support/dice.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quorate::test {

inline std::vector<std::byte> bytes_of(std::string_view s) {
  std::vector<std::byte> b;
  for (char const c : s) b.push_back(static_cast<std::byte>(c));
  return b;
}

// A mark, the entry of its configuration and a machine's bytes, in which the index is.
struct sample {
  snapshot_mark mark{};
  std::vector<std::byte> entry{}, bytes{};
  explicit sample(std::uint64_t at, std::size_t size = 40) : bytes(size, static_cast<std::byte>(at)) {
    mark = {log_index{at}, stamp{at + 7}, configuration{node_set<64>::first(3)}};
    mark.config.number = log_index{1};
    configuration_form::write(
        mark.config, [&](std::byte b) { entry.push_back(b); },
        [&](node_index n) {
          return member_row{n, mark.config.member_at(n), node_id{n.value + 1U}, store_id{5}, bytes};
        });
  }
  template <class Store>
  bool begin(Store& s) const {
    return s.begin(mark, entry);
  }
  template <class Store>
  bool put(Store& s) const {
    return begin(s) && s.write(bytes) && s.seal();
  }
};

template <class Store>
std::optional<std::vector<std::byte>> read_all(Store& s, snapshot_info const& i, std::size_t piece = 7) {
  std::vector<std::byte> all, out(piece);
  while (all.size() < i.size) {
    auto const n = s.read(i.id, all.size(), out);
    if (!n || *n == 0) return std::nullopt;
    all.insert(all.end(), out.begin(), out.begin() + static_cast<std::ptrdiff_t>(*n));
  }
  return all;
}

using disk_snapshots = basic_folder_snapshots<disk_files>;
inline opened_snapshots<disk_files> open_snapshots(disk& d, cluster_id c = cluster_id{7}) {
  return disk_snapshots::open({"/disk", c}, disk_files{d});
}

// The folder, over files in memory that know what is durable.
class snapshot_disk_place {
public:
  disk_snapshots* open() {
    auto opened = open_snapshots(*disk_);
    store_ = std::move(opened.store);
    return store_ ? &*store_ : nullptr;
  }
  void close() { store_.reset(); }
  void cut_power(std::uint64_t kept) {
    store_.reset();
    dice d{kept};
    auto const draw = [&] { return kept == 0 ? 0 : d(std::uint64_t{1} << 32); };
    disk_->crash(draw);
  }
  void fail_at(std::uint64_t k) {
    disk_->heal();
    disk_->fail_at = k;
    disk_->error = k % 3 == 0 ? EIO : k % 3 == 1 ? ENOSPC : 0;
  }
  bool failed() const { return disk_->fail_at != 0 && disk_->operations >= disk_->fail_at; }
  void damage(std::uint64_t at) {
    for (auto n = disk_->names.rbegin(); n != disk_->names.rend(); ++n)
      if (auto const parsed = snapshots::parse_name(n->first); parsed && parsed->finished) {
        auto& f = disk_->inodes[n->second];
        f.now[at % f.now.size()] ^= std::byte{4};
        f.durable = f.now, f.pending.clear();
        return;
      }
  }

private:
  std::unique_ptr<disk> disk_ = std::make_unique<disk>();
  std::optional<disk_snapshots> store_{};
};

} // namespace quorate::test
