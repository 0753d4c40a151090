// A disk with a place for snapshots beside the log. Both share their troubles and their power cuts; a snapshot
// whose seal was on its way is there afterwards, whole, or it is not.
#pragma once

#include "quorate/policy/snapshot_store.hpp"
#include "quorate/sim/disk.hpp"
#include "quorate/snapshot/form.hpp"
#include "quorate/snapshot/memory_snapshots.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

namespace quorate::sim {

// A Snapshot store: made empty, robbed of power, opened again after that, and spoilt. May be specialised for a
// type that needs it.
template <class Store>
struct snapshot_store_fitting {
  static Store make() { return Store{}; }
  static void crash(Store& s) { s.crash(); } // what is unfinished is gone
  static void open(Store& s) { s.reopen(); }
  static void spoil(Store& s, std::uint64_t at) { s.spoil(at); } // the newest one: a byte of it
};

// A store of another's whose seal takes its time, and may fail.
template <class Store>
class slow_snapshots {
  using fitting = snapshot_store_fitting<Store>;
  using bytes = std::span<std::byte const>;

public:
  struct pending_seal {
    void wait() noexcept {}
  };

  // --- the Snapshot store policy
  bool begin(snapshot_mark const& mark, bytes entry) { return takes() && inner_.begin(mark, entry); }
  bool write(bytes b) { return takes() && inner_.write(b); }
  bool seal() {
    auto p = prepare_seal();
    return p && finish_seal(*p);
  }
  std::optional<pending_seal> prepare_seal() {
    if (!takes() || (!inner_.unfinished() && !inner_.seal())) return std::nullopt; // it says that none is begun
    sealing_ = true;
    return pending_seal{};
  }
  bool finish_seal(pending_seal) {
    if (!std::exchange(sealing_, false)) misused_ = "a seal that was not prepared is finished";
    if (std::exchange(fails_, false)) return refuse("a seal has failed");
    return inner_.seal();
  }
  std::optional<snapshot_info> unfinished() const { return inner_.unfinished(); }
  std::optional<snapshot_info> newest() const { return inner_.newest(); }
  std::optional<snapshot_info> before(snapshot_id id) const { return inner_.before(id); }
  std::optional<bytes> entry(snapshot_id id) { return why_ = nullptr, inner_.entry(id); }
  std::optional<std::size_t> read(snapshot_id id, std::uint64_t from, std::span<std::byte> out) {
    return why_ = nullptr, inner_.read(id, from, out);
  }
  bool drop(snapshot_id id) { return why_ = nullptr, inner_.drop(id); }
  std::string_view failure() const { return why_ != nullptr ? std::string_view{why_} : inner_.failure(); }

  // --- what the simulator does to it
  void make(disk_trouble t) { trouble_ = t; }
  void fail_seal() { fails_ = true; } // the one that is prepared
  // `sealed`: a seal that is prepared had reached the disk.
  void crash(bool sealed) {
    if (sealing_ && sealed) (void)inner_.seal();
    fitting::crash(inner_);
    sealing_ = fails_ = false;
    trouble_ = disk_trouble::none, why_ = nullptr;
  }
  void open() { fitting::open(inner_); }
  void spoil(std::uint64_t at) { fitting::spoil(inner_, at); }

  // --- what is known of it
  bool sealing() const { return sealing_; }
  char const* misused() const { return misused_; } // nullptr: never
  std::uint64_t refused() const { return refused_; }
  Store& inner() { return inner_; }

private:
  bool takes() {
    why_ = nullptr;
    if (sealing_) misused_ = "while a snapshot is sealed nothing is begun, written or sealed";
    if (trouble_ == disk_trouble::none) return true;
    return refuse(trouble_ == disk_trouble::full ? "the disk is full" : "a write has failed");
  }
  bool refuse(char const* why) {
    fitting::crash(inner_); // which ends the unfinished one, and no other
    ++refused_;
    return why_ = why, false;
  }

  Store inner_ = fitting::make();
  disk_trouble trouble_{};
  bool sealing_ = false, fails_ = false;
  std::uint64_t refused_ = 0;
  char const* why_ = nullptr;
  char const* misused_ = nullptr;
};

template <class Storage, class Store = memory_snapshots>
class snapshot_disk : public disk<Storage> {
  using base = disk<Storage>;

public:
  using store_type = slow_snapshots<Store>;
  using base::base;
  static_assert(installing_storage<Storage>, "quorate: sim: a Storage needs install(mark, above) for snapshots");

  store_type& snapshots() { return snapshots_; }
  store_type const& snapshots() const { return snapshots_; }

  void crash(std::size_t kept, bool sealed) { base::crash(kept), snapshots_.crash(sealed); }
  void make(disk_trouble t) { base::make(t), snapshots_.make(t); }
  // A new life begins: what is whole is found.
  void open() { snapshots_.open(); }

  // The newest snapshot rots; of a node that runs, the machine's bytes, because a store has read the rest. True:
  // the machine of a node that is down can't be brought to where the log begins.
  bool spoil(std::uint64_t at, bool runs) {
    auto const newest = snapshots_.newest();
    if (!newest || (runs && newest->size == 0)) return false;
    if (runs) at = snapshot_form::head_size + snapshots_.entry(newest->id)->size() + at % newest->size;
    auto const older = snapshots_.before(newest->id);
    auto const begins = this->log().compacted();
    snapshots_.spoil(at);
    return begins != log_index{} && newest->mark.at >= begins && !(older && older->mark.at >= begins);
  }

private:
  store_type snapshots_{};
};

template <bool Snapshots, class Storage, class Store>
struct disk_for {
  using type = disk<Storage>;
};
template <class Storage, class Store>
struct disk_for<true, Storage, Store> {
  using type = snapshot_disk<Storage, Store>;
};

static_assert(parted_snapshot_store<slow_snapshots<memory_snapshots>>);

} // namespace quorate::sim
