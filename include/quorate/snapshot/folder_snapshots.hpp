// Snapshots in a folder, a file for each: for nodes that must survive. A file gets its name when all of it is on
// the disk, so what has a name is whole, unless it rots; and that is noticed.
//
//   auto opened = quorate::folder_snapshots::open({.directory = dir + "/snapshots", .cluster = c});
//   if (!opened) { report(opened.error); return; }
//   quorate::folder_snapshots& snapshots = *opened.store;
//
// At most one process has it open. Failures are sentences: what, which file, why, what to do. A failure does not
// stop the store (policy/snapshot_store.hpp).
#pragma once

#include "quorate/replica/snapshotting.hpp"
#include "quorate/snapshot/folder_files.hpp"
#include "quorate/storage/wal/posix.hpp"

#include <memory>
#include <utility>

namespace quorate {

struct snapshot_folder_options {
  std::string directory{}; // its own: not that of the log. It is made if it is not there
  cluster_id cluster{};    // snapshots of another one are refused
};

template <wal_files Files>
class basic_folder_snapshots;

// Either a store, or one sentence that says why there is none.
template <wal_files Files>
struct opened_snapshots {
  std::optional<basic_folder_snapshots<Files>> store{};
  std::string error{};
  explicit operator bool() const { return store.has_value(); }
};

template <wal_files Files>
class basic_folder_snapshots {
public:
  // Opens the folder, or makes it. Reads the newest snapshot, all of it; if that is damaged the one before it, and
  // so on: failure() then names them. What was being made when the last process ended is removed.
  static opened_snapshots<Files> open(snapshot_folder_options options, Files files = {}) {
    opened_snapshots<Files> result;
    basic_folder_snapshots s{std::move(options), std::move(files)};
    if (s.start())
      result.store.emplace(std::move(s));
    else
      result.error = s.dir_.problem();
    return result;
  }
  basic_folder_snapshots(basic_folder_snapshots&&) noexcept = default;
  basic_folder_snapshots& operator=(basic_folder_snapshots&&) noexcept = default;

  // The Snapshot store concept (policy/snapshot_store.hpp), in parts.
  bool begin(snapshot_mark const& mark, std::span<std::byte const> entry) {
    if (sealing_) return misused("begin() was called between prepare_seal() and finish_seal()");
    auto const newest_now = newest();
    abandon();
    if (auto const why = misfit_of(mark, entry, newest_now); why != snapshot_misfit::none)
      return misfits(why, mark, newest_now);
    if (!clear() || !make(mark, entry)) return give_up();
    return true;
  }

  bool write(std::span<std::byte const> bytes) {
    if (sealing_ || !part_) return misused("write() was called, and nothing is begun");
    part_->info.size += bytes.size(), part_->sum.add(bytes);
    part_->waiting.insert(part_->waiting.end(), bytes.begin(), bytes.end());
    return part_->waiting.size() < most_waiting || flush() || give_up();
  }

  bool seal() {
    auto pending = prepare_seal();
    if (!pending) return false;
    pending->wait();
    return finish_seal(std::move(*pending));
  }

  class pending_seal {
  public:
    void wait() noexcept {
      wal::folder<wal::files_aside<Files>> dir{{files_}, path_};
      auto const part = snapshots::unfinished_name(name_);
      (void)(drops_ ? dir.unlink(name_) : dir.sync_data(file_, part) && dir.rename(part, name_) && dir.sync());
      problem_ = dir.problem();
    }

  private:
    friend basic_folder_snapshots;
    Files* files_ = nullptr;
    typename Files::file file_{};
    std::string path_{}, name_{}, problem_{};
    bool drops_ = false; // that file is to go
  };
  std::optional<pending_seal> prepare_seal() {
    if (sealing_ || !part_) return misused("seal() was called, and nothing is begun"), std::nullopt;
    part_->info.checksum = part_->sum.value();
    auto const end = snapshot_form::write_end(part_->info.id, part_->info.size, part_->info.checksum);
    part_->waiting.insert(part_->waiting.end(), end.begin(), end.end());
    if (!flush()) return give_up(), std::nullopt;
    pending_seal p;
    p.files_ = files_.get(), p.file_ = std::move(part_->file), p.path_ = dir_.path(), p.name_ = part_->name;
    sealing_ = true;
    return p;
  }
  bool finish_seal(pending_seal p) {
    if (p.drops_) return p.problem_.empty() || (problem_ = std::move(p.problem_), false);
    sealing_ = false;
    if (!p.problem_.empty()) {
      damaged_.push_back(part_->name); // it may have its name, and not for good
      dir_.refuse(p.problem_);
      return give_up();
    }
    kept_.push_back({part_->info, part_->name, std::move(part_->entry), true});
    part_.reset();
    return true;
  }

  std::optional<snapshot_info> unfinished() const {
    if (sealing_ || !part_) return std::nullopt;
    auto so_far = part_->info;
    so_far.checksum = part_->sum.value();
    return so_far;
  }
  std::optional<snapshot_info> newest() const {
    return kept_.empty() ? std::nullopt : std::optional{kept_.back().info};
  }
  std::optional<snapshot_info> before(snapshot_id id) const {
    auto const at = find(id);
    return at == kept_.end() || at == kept_.begin() ? std::nullopt : std::optional{std::prev(at)->info};
  }
  std::optional<std::span<std::byte const>> entry(snapshot_id id) {
    auto const at = find(id);
    if (at == kept_.end()) return not_there(id), std::nullopt;
    return at->entry;
  }

  std::optional<std::size_t> read(snapshot_id id, std::uint64_t from, std::span<std::byte> out) {
    auto const at = find(id);
    if (at == kept_.end()) return not_there(id), std::nullopt;
    auto const left = at->info.size - (std::min)(at->info.size, from);
    auto const some = out.first(static_cast<std::size_t>((std::min<std::uint64_t>)(out.size(), left)));
    if (some.empty()) return 0;
    if (lent_ != id && !dir_.open(at->name, file_mode::read, lent_file_)) return failed(), std::nullopt;
    lent_ = id;
    if (!dir_.read(lent_file_, at->name, at->first_byte() + from, some)) {
      lent_ = {}, failed();
      return recheck(id), std::nullopt;
    }
    if (!reading_.spoilt(at->info, from, some)) return some.size();
    problem_ = damage(at->name, "the machine's bytes", at->first_byte());
    return refuse(id), std::nullopt;
  }

  bool drop(snapshot_id id) {
    auto const at = find(id);
    if (at == kept_.end()) return true;
    if (is_newest(at)) return false;
    if (lent_ == id) lent_ = {}, lent_file_ = {};
    if (!dir_.unlink(at->name)) return failed();
    kept_.erase(at);
    return true;
  }
  // To remove a large file takes the system a while.
  std::optional<pending_seal> prepare_drop(snapshot_id id) {
    auto const at = find(id);
    if (at == kept_.end() || is_newest(at)) return std::nullopt;
    if (lent_ == id) lent_ = {}, lent_file_ = {};
    pending_seal p;
    p.files_ = files_.get(), p.path_ = dir_.path(), p.name_ = at->name, p.drops_ = true;
    kept_.erase(at);
    return p;
  }

  std::string failure() const { return problem_; }
  // The files that are damaged, or were given up. The next begin() removes them.
  std::vector<std::string> const& damaged() const { return damaged_; }

private:
  using folder = wal::folder<wal::files_aside<Files>>;
  static constexpr std::size_t most_waiting = 256U << 10;

  // The unfinished one. Small pieces of a machine wait until they are worth a call.
  struct part {
    snapshot_info info{};
    std::string name{}; // that it will have
    std::vector<std::byte> entry{};
    typename Files::file file{};
    std::vector<std::byte> waiting{};
    std::uint64_t written = 0;
    snapshot_checksum sum{};
  };

  basic_folder_snapshots(snapshot_folder_options o, Files files)
      : options_{std::move(o)}, files_{std::make_unique<Files>(std::move(files))}, dir_{{files_.get()},
                                                                                        options_.directory} {}

  bool start() {
    std::vector<std::string> names;
    if (!dir_.make() || !dir_.lock(lock_) || !dir_.list(names)) return false;
    std::sort(names.begin(), names.end());
    for (auto const& name : names)
      if (auto const n = snapshots::parse_name(name); n && !(n->finished ? take(name) : dir_.unlink(name)))
        return false;
    // A process may have been killed when it had given a file its name, and had not synced that.
    return dir_.sync() && settle();
  }
  bool take(std::string const& name) {
    snapshots::kept_snapshot k;
    k.name = name;
    auto const found = snapshots::look_at(dir_, name, false, k.entry);
    k.info = found.info;
    switch (found.verdict) {
    case snapshot_verdict::whole: break;
    case snapshot_verdict::damaged: return note_damage(name, found);
    case snapshot_verdict::later: return dir_.refuse(wal::not_known(found.what, found.offset, dir_.in(name)));
    case snapshot_verdict::unreadable: return false;
    }
    if (found.cluster != options_.cluster)
      return dir_.refuse("the snapshot " + dir_.in(name) + " belongs to cluster " +
                         std::to_string(found.cluster.value) + " and not to cluster " +
                         std::to_string(options_.cluster.value) +
                         ", which was expected. Name the folder of this "
                         "cluster.");
    auto const named = snapshots::file_name(k.info.mark.at, k.info.id);
    if (named != name) return note_damage(name, {snapshot_verdict::damaged, "the head", 0, {}, {}, 0});
    kept_.push_back(std::move(k));
    return true;
  }
  // Reads the newest one, and refuses it if it is damaged, until one is whole.
  bool settle() {
    while (!kept_.empty() && !kept_.back().checked) {
      auto& k = kept_.back();
      auto const found = snapshots::look_at(dir_, k.name, true, k.entry);
      if (found.verdict == snapshot_verdict::unreadable) return false;
      k.checked = true;
      if (found.verdict == snapshot_verdict::whole) return true;
      note_damage(k.name, found);
      kept_.pop_back();
    }
    return true;
  }
  // Always true.
  bool note_damage(std::string const& name, snapshot_found const& found) {
    damaged_.push_back(name);
    if (!problem_.empty()) problem_ += " And ";
    problem_ += damage(name, found.what, found.offset);
    return true;
  }
  std::string damage(std::string const& name, char const* what, std::uint64_t offset) const {
    return "the snapshot " + dir_.in(name) + " is damaged: expected " + what + " at offset " +
           std::to_string(offset) +
           " to be as sealed, and other bytes came. It is refused, and the one before it "
           "serves, if there is one. The disk may be failing: look at the system's log.";
  }
  // A file that could not be read is damaged, or it is not.
  void recheck(snapshot_id id) {
    auto const at = find(id);
    std::vector<std::byte> entry;
    auto const found = snapshots::look_at(dir_, at->name, true, entry);
    if (dir_.failed()) renew();
    if (found.verdict != snapshot_verdict::damaged) return;
    problem_ = damage(at->name, found.what, found.offset);
    refuse(id);
  }
  void refuse(snapshot_id id) {
    auto const at = find(id);
    damaged_.push_back(at->name);
    if (lent_ == id) lent_ = {}, lent_file_ = {};
    kept_.erase(at);
    while (!settle()) // nor is one given out that can't be read
      problem_ += " And " + dir_.problem(), renew(), kept_.pop_back();
  }

  // Damaged files are of no use, and need space.
  bool clear() {
    for (; !damaged_.empty(); damaged_.pop_back())
      if (!dir_.discard(damaged_.back())) return false;
    return true;
  }
  bool make(snapshot_mark const& mark, std::span<std::byte const> entry) {
    part_.emplace();
    auto& id = part_->info.id;
    do
      if (!dir_.random(id.value)) return false;
    while (id == snapshot_id{} || find(id) != kept_.end());
    part_->info.mark = mark;
    part_->name = snapshots::file_name(mark.at, id);
    part_->entry.assign(entry.begin(), entry.end());
    auto const head = snapshot_form::write_head(mark, id, options_.cluster, entry);
    part_->waiting.assign(head.begin(), head.end());
    part_->waiting.insert(part_->waiting.end(), entry.begin(), entry.end());
    return dir_.open(part_name(), file_mode::create, part_->file) && flush();
  }
  std::string part_name() const { return snapshots::unfinished_name(part_->name); }
  bool flush() {
    if (!dir_.write(part_->file, part_name(), part_->written, part_->waiting)) return false;
    part_->written += part_->waiting.size();
    part_->waiting.clear();
    return true;
  }
  // The unfinished one is to be removed by the next clear().
  void abandon() {
    if (part_) damaged_.push_back(part_name());
    part_.reset();
  }
  // What failed is told, and the unfinished one goes, at the latest with the next begin. Always false.
  bool give_up() {
    failed();
    abandon();
    if (!clear()) renew();
    return false;
  }

  // The folder's sentence is kept, and the folder made anew: it does nothing after a failure. Always false.
  bool failed() {
    problem_ = dir_.problem();
    return renew(), false;
  }
  void renew() { dir_ = folder{{files_.get()}, options_.directory}; }
  bool misused(std::string const& what) {
    problem_ = what + ": this is a bug of the program that uses the snapshots in " + dir_.path() + ".";
    return false;
  }
  void not_there(snapshot_id id) {
    problem_ = "snapshot " + std::to_string(id.value) +
               " was to be read, and there is no whole one of that name in " + dir_.path() +
               ": it was dropped, or is damaged. Ask for newest().";
  }
  bool misfits(snapshot_misfit why, snapshot_mark const& m, std::optional<snapshot_info> const& newest_now) {
    problem_ = "a snapshot at index " + std::to_string(m.at.value) + " was begun in " + dir_.path() + ", and ";
    if (why == snapshot_misfit::behind)
      problem_ += "one above index " + std::to_string(newest_now->mark.at.value) +
                  " was expected, where the newest stands. Begin none behind it.";
    else
      problem_ += "the entry of its configuration was expected, which has the number " +
                  std::to_string(m.config.number.value) +
                  ": other bytes came, or it stands above the mark. Give the entry's own.";
    return false;
  }

  using list = std::vector<snapshots::kept_snapshot>;
  list::iterator find(snapshot_id id) {
    return std::find_if(kept_.begin(), kept_.end(), [&](auto const& k) { return k.info.id == id; });
  }
  // It can't be dropped.
  bool is_newest(list::const_iterator at) {
    return at->info.id == kept_.back().info.id &&
           !misused("drop() was called for the newest one, " + dir_.in(at->name));
  }
  list::const_iterator find(snapshot_id id) const {
    return std::find_if(kept_.begin(), kept_.end(), [&](auto const& k) { return k.info.id == id; });
  }

  snapshot_folder_options options_;
  std::unique_ptr<Files> files_;
  folder dir_;
  typename Files::file lock_{};
  list kept_{};                        // by their indices
  std::vector<std::string> damaged_{}; // and what else is to be removed
  std::optional<part> part_{};
  bool sealing_ = false;
  snapshot_id lent_{}; // whose file is open
  typename Files::file lent_file_{};
  snapshot_reading reading_{};
  std::string problem_{};
};

using folder_snapshots = basic_folder_snapshots<posix_files>;
static_assert(parted_snapshot_store<folder_snapshots>);

} // namespace quorate
