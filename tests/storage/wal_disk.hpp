// A disk in memory with the memory of what it was asked: which bytes and names are durable, which only written. It
// can fail at any operation, lose power at any operation, and keep any part of what was not synced.
#pragma once

#include "quorate/storage/wal/files.hpp"

#include <algorithm>
#include <cerrno>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace quorate {

struct disk {
  using content = std::vector<std::byte>;
  struct change { // of a file: bytes written, or (no bytes) a new size
    std::uint64_t at{};
    content bytes{};
  };
  struct inode {
    content now{};
    content durable{};
    std::vector<change> pending{};
  };
  struct naming { // of the directory: `name` now means `id`, or nothing; a rename takes `from` away as well
    std::string name{};
    int id = -1;
    std::string from{};
  };
  struct event {
    char const* what;
    std::string name;
  };

  std::map<int, inode> inodes{};
  std::map<std::string, int> names{};
  std::map<std::string, int> durable_names{};
  std::vector<naming> pending_names{};
  std::map<int, bool> locked{};
  std::vector<event> events{};
  std::uint64_t random_state = 88172645463325252;

  std::uint64_t operations = 0;
  std::uint64_t fail_at = 0; // the operation of this number fails; 0: none
  bool power_fails = false;  // and all after it
  int error = EIO;
  bool data_sync_lies = false;
  bool directory_sync_lies = false;
  std::string lying_sync{}; // such as "sync_file state": what does nothing and says it did; may be a beginning
  std::function<void(disk const&)> watch{}; // sees the disk before each operation

  // Whether this operation goes wrong.
  bool step(char const* what, std::string const& name) {
    if (watch) watch(*this);
    ++operations;
    events.push_back({what, name});
    return fail_at != 0 && (power_fails ? operations >= fail_at : operations == fail_at);
  }

  bool lies(char const* what, std::string const& name) const {
    return !lying_sync.empty() && (std::string{what} + " " + name).starts_with(lying_sync);
  }

  void heal() { fail_at = 0, operations = 0, events.clear(); }

  content& file(std::string const& name) { return inodes[names.at(name)].now; }

  static void apply(content& c, change const& x, std::size_t from, std::size_t to) {
    if (from == to) return;
    if (c.size() < x.at + to) c.resize(x.at + to);
    std::copy(x.bytes.begin() + static_cast<std::ptrdiff_t>(from),
              x.bytes.begin() + static_cast<std::ptrdiff_t>(to),
              c.begin() + static_cast<std::ptrdiff_t>(x.at + from));
  }

  // The power goes. Of what was not synced each block and each name is kept or lost by itself; some blocks
  // are torn.
  template <class Random>
  void crash(Random& r) {
    auto const percent = [&r](unsigned p) { return r() % 100 < p; };
    unsigned const kept = static_cast<unsigned>(r() % 101);
    constexpr std::size_t block = 64;
    for (auto& [id, f] : inodes) {
      for (auto const& x : f.pending) {
        if (x.bytes.empty() && percent(kept) && f.durable.size() < x.at) f.durable.resize(x.at);
        for (std::size_t from = 0; from < x.bytes.size();) {
          auto const to = std::min(x.bytes.size(), from + block - (x.at + from) % block);
          if (percent(kept)) apply(f.durable, x, from, percent(20) ? from + r() % (to - from) : to);
          from = to;
        }
      }
      f.pending.clear();
      f.now = f.durable;
    }
    for (auto const& n : pending_names)
      if (percent(kept)) rename(durable_names, n);
    pending_names.clear();
    names = durable_names;
    locked.clear();
  }

  static void rename(std::map<std::string, int>& where, naming const& n) {
    if (!n.from.empty()) where.erase(n.from);
    if (n.id < 0)
      where.erase(n.name);
    else
      where[n.name] = n.id;
  }
  void name(naming const& n) {
    rename(names, n);
    pending_names.push_back(n);
  }
};

class disk_files {
public:
  // As small as they may be, so that images are: eight of the blocks that are torn by themselves.
  static constexpr std::uint32_t page_bytes = 512;

  explicit disk_files(disk& d) : disk_{&d} {}

  class file {
  public:
    file() = default;
    file(disk* d, int id, std::string name) : disk_{d}, id_{id}, name_{std::move(name)} {}
    file(file&& o) noexcept { *this = std::move(o); }
    file& operator=(file&& o) noexcept {
      std::swap(disk_, o.disk_), std::swap(id_, o.id_), std::swap(name_, o.name_), std::swap(holds_, o.holds_);
      return *this;
    }
    ~file() {
      if (holds_) disk_->locked.erase(id_);
    }

  private:
    friend class disk_files;
    disk* disk_ = nullptr;
    int id_ = -1;
    std::string name_{};
    mutable bool holds_ = false;
  };

  int open(std::string const& path, file_mode mode, file& out) {
    auto const name = base(path);
    bool const there = disk_->names.contains(name);
    bool const makes = mode == file_mode::create || (mode == file_mode::lock && !there);
    if (disk_->step(makes ? "create" : "open", name)) return failure();
    if (makes && there) return EEXIST;
    if (!makes && !there) return ENOENT;
    if (makes) {
      int const id = disk_->inodes.empty() ? 1 : disk_->inodes.rbegin()->first + 1;
      disk_->inodes[id];
      disk_->name({name, id, {}});
    }
    out = file{disk_, disk_->names.at(name), name};
    return 0;
  }
  int size(file const& f, std::uint64_t& out) {
    out = node(f).now.size();
    return disk_->step("size", f.name_) ? failure() : 0;
  }
  io_result read(file const& f, std::uint64_t at, std::span<std::byte> into) {
    if (disk_->step("read", f.name_)) return {0, failure()};
    auto const& c = node(f).now;
    auto const n = at >= c.size() ? 0 : std::min<std::size_t>(into.size(), c.size() - at);
    std::copy_n(c.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(at, c.size())), n, into.begin());
    return {n, 0};
  }
  // A write that fails has written half; and reports it as an error, or (`error` 0) as a short write.
  io_result write(file const& f, std::uint64_t at, std::span<std::byte const> from) {
    bool const fails = disk_->step("write", f.name_);
    auto const n = fails ? from.size() / 2 : from.size();
    disk::change c{at, {from.begin(), from.begin() + static_cast<std::ptrdiff_t>(n)}};
    if (n > 0) {
      disk::apply(node(f).now, c, 0, n);
      node(f).pending.push_back(std::move(c));
    }
    return {n, fails ? disk_->error : 0};
  }
  int allocate(file const& f, std::uint64_t bytes) {
    if (disk_->step("allocate", f.name_)) return disk_->error != 0 ? disk_->error : ENOSPC;
    if (node(f).now.size() < bytes) node(f).now.resize(bytes);
    node(f).pending.push_back({bytes, {}});
    return 0;
  }
  // A sync that fails has written half of each change. It drops the rest, and the next one knows nothing of it;
  // the bytes can still be read.
  int sync_data(file const& f) { return sync(f, "sync_data"); }
  int sync_file(file const& f) { return sync(f, "sync_file"); }
  int lock(file const& f) {
    if (disk_->step("lock", f.name_)) return failure();
    if (disk_->locked.contains(f.id_)) return EWOULDBLOCK;
    disk_->locked[f.id_] = f.holds_ = true;
    return 0;
  }
  int make_directory(std::string const&) { return EEXIST; }
  int sync_directory(std::string const& path) {
    if (disk_->step("sync_directory", path)) {
      if (path == "/disk") disk_->pending_names.clear();
      return failure();
    }
    if (path != "/disk" || disk_->directory_sync_lies || disk_->lies("sync_directory", path)) return 0;
    disk_->pending_names.clear();
    disk_->durable_names = disk_->names;
    return 0;
  }
  int list(std::string const& path, std::vector<std::string>& names) {
    if (disk_->step("list", path)) return failure();
    for (auto const& [name, id] : disk_->names) names.push_back(name);
    return 0;
  }
  int rename(std::string const& from, std::string const& to) {
    if (disk_->step("rename", base(to))) return failure();
    disk_->name({base(to), disk_->names.at(base(from)), base(from)});
    return 0;
  }
  int unlink(std::string const& path) {
    if (disk_->step("unlink", base(path))) return failure();
    if (!disk_->names.contains(base(path))) return ENOENT;
    disk_->name({base(path), -1, {}});
    return 0;
  }
  int random(std::uint64_t& out) {
    auto& s = disk_->random_state;
    s ^= s << 13, s ^= s >> 7, s ^= s << 17;
    out = s;
    return disk_->step("random", "") ? failure() : 0;
  }

private:
  static std::string base(std::string const& path) { return path.substr(path.rfind('/') + 1); }
  disk::inode& node(file const& f) const { return disk_->inodes[f.id_]; }
  int failure() const { return disk_->error != 0 ? disk_->error : EIO; }
  int sync(file const& f, char const* what) {
    auto& n = node(f);
    bool const fails = disk_->step(what, f.name_);
    if (!fails && (disk_->data_sync_lies || disk_->lies(what, f.name_))) return 0;
    for (auto const& c : n.pending) {
      if (c.bytes.empty() && n.durable.size() < c.at) n.durable.resize(c.at);
      disk::apply(n.durable, c, 0, fails ? c.bytes.size() / 2 : c.bytes.size());
    }
    n.pending.clear();
    return fails ? failure() : 0;
  }

  disk* disk_;
};

static_assert(wal_files<disk_files>);

} // namespace quorate
