// A write-ahead log in files: the Storage for nodes that must survive. One frame and one sync a turn (group
// commit), also for a turn that changes term or vote, which are kept twice; preallocated segments, and checksums
// on everything.
//
//   auto opened = quorate::file_wal::open({.directory = dir, .cluster = c, .node = n, .protocol = "raft 1"});
//   if (!opened) { report(opened.error); return; }
//   quorate::file_wal& storage = *opened.wal;
//
// install() makes the log begin behind a snapshot: by a record of its turn, so a crash leaves the old log or the
// new one. Whether what is above the mark stays is judged at the call, by the log as it shows then; a recovery
// judges alike when it comes to the record. Segments of which nothing is left go when that turn is durable.
//
// What it rests on: a sync that returns success has put the bytes on stable storage. A disk that lies about this
// breaks every promise made here, and nothing above can tell. Rot is noticed and refused, but for one place:
// inside the very last turn it looks like a torn tail, and is cut and reported. If that turn changed nothing but
// term and vote, they are not lost by it: their other copy has them.
#pragma once

#include "quorate/policy/storage.hpp"
#include "quorate/replica/sentence.hpp"
#include "quorate/storage/wal/chores.hpp"
#include "quorate/storage/wal/posix.hpp"
#include "quorate/storage/wal/reader.hpp"
#include "quorate/storage/wal/recover.hpp"

namespace quorate {

struct wal_counters {
  std::uint64_t syncs{};   // turns made durable
  std::uint64_t bytes{};   // of their frames
  std::uint64_t entries{}; // put
};

template <wal_files Files>
class basic_file_wal;

// Either a log, or one sentence that says what was expected, what was found, in which file, and what to do.
template <wal_files Files>
struct opened_wal {
  std::optional<basic_file_wal<Files>> wal{};
  std::string error{};
  explicit operator bool() const { return wal.has_value(); }
};

template <wal_files Files>
class basic_file_wal {
public:
  // Opens the store in a directory, or makes one if it is empty. When this returns a log, the store is locked to
  // this process until the log is destroyed, its content is recovered, and its incarnation is raised, durably.
  static opened_wal<Files> open(wal_options options, Files files = {}) {
    opened_wal<Files> result;
    basic_file_wal w{std::move(options), std::move(files)};
    if (w.start())
      result.wal.emplace(std::move(w));
    else
      result.error = w.failure();
    return result;
  }

  basic_file_wal(basic_file_wal&&) noexcept = default;
  basic_file_wal& operator=(basic_file_wal&&) noexcept = default;

  // The Storage concept (policy/storage.hpp).
  wal::wal_log const& log() const { return log_; }
  hard_state hard() const { return state_.hard; }
  store_identity identity() const { return {head_.cluster, head_.node, head_.store, state_.incarnation}; }
  std::string failure() const { return dir_.problem(); }
  // What one turn may write: put() refuses what comes on top.
  static constexpr std::uint64_t turn_bytes() { return most_bytes; }

  std::optional<payloads> read(log_index i, std::uint32_t n) {
    if (n == 0 || i <= log_.compacted() || i + (n - 1) > log_.last()) {
      dir_.refuse("entries " + std::to_string(i.value) + " and on, " + std::to_string(n) +
                  " of them, were read, which are not all in the log: this is a bug of the program");
      return std::nullopt;
    }
    return reader_.read(dir_, segments_, tail_, durable_, head_.salt, log_, i, n);
  }

  // A put, a truncation, a compaction or an installation reaches the disk with the next sync.
  bool put(entry_run const& run, payloads bytes) {
    if (dir_.failed()) return false;
    if (run.first != log_.last() + 1 ||
        bytes.whole().size() > most_bytes - (std::min)(most_bytes, tail_.frame_bytes()))
      return misused("put", run.first);
    auto const spot = tail_.add_entries(run, bytes.whole());
    counters_.entries += run.count;
    return log_.put(run, bytes, spot.record, spot.back) || misused("put", run.first);
  }

  bool truncate(log_index from) {
    if (dir_.failed()) return false;
    if (from <= log_.compacted()) return misused("truncate", from);
    if (from > log_.last()) return true;
    log_.truncate(from);
    tail_.add({0, wal::record_type::truncate, {}, 0, from, {}});
    lowest_cut_ = (std::min)(lowest_cut_, from);
    return true;
  }

  // The same state again is not written again (scenario T3).
  bool put(hard_state const& h) {
    if (dir_.failed()) return false;
    if (h != state_.hard) change_state({state_.sequence + 1, h, state_.incarnation});
    return true;
  }

  bool compact(log_index upto) {
    if (dir_.failed()) return false;
    if (upto > log_.last()) return misused("compact", upto);
    if (upto <= log_.compacted()) return true;
    log_.compact(upto);
    std::byte config[wal::config_fields::encoded_size];
    wal::byte_writer w{config};
    wal::config_fields::write(w, log_.config_at(upto));
    tail_.add({0, wal::record_type::base, {}, 0, upto, log_.stamp_at(upto)}, config);
    return true;
  }

  // One record, so after a crash the log is the old one or the new one. It reaches back as a truncation from the
  // entry behind the mark does: to judge by that, a recovery needs the log as it was.
  [[gnu::cold]] bool install(snapshot_mark const& m, above_mark above) {
    if (dir_.failed()) return false;
    if (m.at <= log_.compacted()) return misused("begin behind a snapshot", m.at);
    log_.install(m, above);
    std::byte fields[wal::install_fields::encoded_size];
    wal::install_fields{m.config, above}.encode(fields);
    tail_.add({0, wal::record_type::install, {}, 0, m.at, m.written_at}, fields);
    lowest_cut_ = (std::min)(lowest_cut_, m.at + 1);
    return true;
  }

  std::optional<durable> sync(sync_order order) {
    if (!commit()) return std::nullopt;
    return static_cast<sync_order&&>(order).succeeded();
  }

  // The same in three parts (parted_storage). Whatever waits for the disk is in wait(): also where segments are
  // made and removed. The log stays where it is meanwhile: it is not moved.
  class pending_sync {
  public:
    void wait() noexcept { problem_ = wal_->carry_out(work_); }

  private:
    friend basic_file_wal;
    pending_sync(basic_file_wal& w, sync_order order, wal::chores work)
        : wal_{&w}, order_{std::move(order)}, work_{std::move(work)} {}
    basic_file_wal* wal_;
    sync_order order_;
    wal::chores work_;
    std::string problem_{};
  };
  std::optional<pending_sync> prepare(sync_order order) {
    wal::chores work;
    if (!prepare(work)) return std::nullopt;
    return pending_sync{*this, std::move(order), std::move(work)};
  }
  std::optional<durable> finish(pending_sync p) {
    if (!finish(p.work_, std::move(p.problem_))) return std::nullopt;
    return std::move(p.order_).succeeded();
  }

  wal_counters const& counters() const { return counters_; }
  // What the opening found and mended.
  wal_recovery const& recovered() const { return recovered_; }

private:
  using file = typename Files::file;
  static constexpr std::uint64_t most_bytes = std::uint64_t{1} << 30; // of one turn

  basic_file_wal(wal_options options, Files files)
      : options_{std::move(options)}, dir_{std::move(files), options_.directory} {}

  bool start() {
    if (options_.directory.empty() || options_.protocol.size() > wal::store_head::protocol_limit)
      return dir_.refuse("a store needs a directory, and a protocol name of at most 64 bytes");
    if (options_.node == node_id{})
      return dir_.refuse("wal_options::node is 0: expected 1 or more, because 0 names nobody; give the node's id");
    if (options_.segment_bytes < wal::least_segment_bytes || options_.segment_bytes > wal::most_segment_bytes)
      return dir_.refuse(sentence({"wal_options::segment_bytes is ", options_.segment_bytes, ": expected ",
                                   wal::least_segment_bytes, " to ", wal::most_segment_bytes,
                                   ", because a segment is reserved as a whole and holds a frame at the least"}));
    wal::founding<Files> founding{dir_, options_, recovered_};
    if (!founding.survey() || !dir_.lock(lock_) || !founding.found() || !founding.is_ours(head_)) return false;
    wal::recovery<Files> recovery{dir_, head_, recovered_};
    if (!recovery.read() || !recovery.mend()) return false;
    log_ = std::move(recovery.log());
    segments_ = std::move(recovery.segments());
    state_ = recovery.state();
    slot_number_ = recovery.slot_number();
    durable_ = recovery.end();
    tail_ = wal::tail{durable_};
    settle();
    // What was found is whole and durable now, and `state` and a slot say so before the turn that raises the
    // incarnation: were `state` bad, a segment that a crash in that turn leaves half made would be taken for
    // damage. It is written again behind that turn, so that a segment copied back from before this opening is
    // noticed. A store of an earlier version keeps its `state` until `store` says that it is of this one.
    bool const earlier = head_.format != wal::format_version;
    return open_state() && (earlier ? recovery.keep_state(state_file_) : save_state()) &&
           recovery.remove_dropped() && founding.bring_up(head_) && open_active(recovery) &&
           write_slot(durable_, true) && dir_.sync_data(active_, active_name()) && raise_incarnation() &&
           save_state();
  }

  bool open_state() {
    if (dir_.has(wal::state_name)) return dir_.open(wal::state_name, file_mode::update, state_file_);
    return dir_.open(wal::state_name, file_mode::create, state_file_) && dir_.sync();
  }
  bool open_active(wal::recovery<Files> const& found) {
    if (segments_.back().version != wal::format_version) return leave_earlier_version(found.state_of_frames());
    return dir_.open(wal::segment_name(segments_.back().start), file_mode::update, active_);
  }

  // The newest segment is of an earlier version: the log goes on in a new one. A segment in which there is no
  // frame has the very name that the new one needs, which therefore gets it when it is complete. Its head says
  // what the frames before it say, and its slots what a slot of the earlier segment may have had on top.
  bool leave_earlier_version(wal::node_state const& in_frames) {
    if (segments_.back().start == durable_) segments_.pop_back();
    auto next = add_segment(0);
    next.head.state = in_frames;
    return wal::make_segment(dir_, wal::new_segment_name, next, head_.salt, active_) &&
           dir_.rename(wal::new_segment_name, wal::segment_name(durable_)) && dir_.sync() && save_state();
  }

  bool raise_incarnation() {
    change_state({state_.sequence + 1, state_.hard, incarnation_id{state_.incarnation.value + 1}});
    return commit();
  }

  void change_state(wal::node_state const& next) {
    state_ = next;
    std::byte b[wal::node_state::encoded_size];
    wal::byte_writer w{b};
    next.write(w);
    tail_.add({0, wal::record_type::state, {}, 0, {}, {}}, b);
  }

  // The group commit.
  bool commit() {
    wal::chores work;
    return prepare(work) && finish(work, carry_out(work));
  }

  // Writes the frame and then a slot: both, in any part, may be there after a crash (wal/recover.hpp). If they
  // need a new segment, they are written where that is made. Nothing in here waits for the disk.
  bool prepare(wal::chores& work) {
    if (dir_.failed()) return false;
    work.dirty = tail_.dirty();
    work.active = segments_.back().start;
    if (!work.dirty) return true;
    bool const alone = tail_.states_alone();
    auto const frame = tail_.seal(durable_, state_.incarnation, head_.salt);
    prepared_ = durable_ + frame.size();
    if (segments_.back().offset_of(prepared_) > segments_.back().size) {
      work.next = add_segment(frame.size());
      work.active = durable_;
      work.next->frame.assign(frame.begin(), frame.end());
      work.next->after = next_slot(prepared_, alone);
    } else if (!dir_.write(active_, active_name(), segments_.back().offset_of(durable_), frame) ||
               !write_slot(prepared_, alone)) {
      return false;
    }
    auto& lowest = segments_.back().lowest_cut;
    lowest = (std::min)(lowest, lowest_cut_);
    settle();
    drop_segments(work);
    return true;
  }

  // Waits until what was prepared is on stable storage: the one thing in a turn that does. On any thread.
  std::string carry_out(wal::chores const& work) {
    return wal::carry_out(work, dir_.files(), dir_.path(), head_.salt, active_, state_file_);
  }

  bool finish(wal::chores const& work, std::string problem) {
    if (dir_.failed() || (!problem.empty() && !dir_.refuse(std::move(problem)))) return false;
    if (!work.dirty) return true;
    ++counters_.syncs;
    counters_.bytes += prepared_ - durable_;
    durable_ = prepared_;
    tail_.shrink(options_.cache_bytes);
    return true;
  }

  // What a segment that begins behind what was prepared would have to say of the log before it.
  void settle() {
    settled_.before = {log_.last(), log_.stamp_at(log_.last()), log_.config_at(log_.last())};
    settled_.compacted = log_.compacted();
    settled_.state = state_;
    lowest_cut_ = log_index{~std::uint64_t{0}};
  }

  std::string active_name() const { return wal::segment_name(segments_.back().start); }

  // For the slot that was not written last.
  wal::state_slot next_slot(std::uint64_t end, bool alone) {
    return {++slot_number_, state_, head_.store, durable_, end, alone};
  }
  bool write_slot(std::uint64_t end, bool alone) {
    auto const slot = next_slot(end, alone);
    return dir_.write(active_, active_name(), segments_.back().slot_at(slot.number), slot.encode(head_.salt));
  }

  wal::state_copy state_with(std::uint64_t durable) const {
    return {settled_.state, head_.store, durable, segments_.back().start, segments_.front().start};
  }
  bool save_state() { return wal::save_state(dir_, state_file_, state_with(durable_)); }

  // The segment that begins at the durable end: a frame never spans two. It is not made yet.
  wal::new_segment add_segment(std::uint64_t bytes) {
    auto head = settled_;
    head.start = durable_;
    head.page = Files::page_bytes;
    head.size = wal::size_of_segment(head.page, options_.segment_bytes, bytes);
    head.cluster = head_.cluster;
    head.node = head_.node;
    head.store = head_.store;
    segments_.push_back({head.start, head.size, head.before.compacted, head.page, head.version});
    wal::state_slot const slot{slot_number_ + 1, settled_.state, head_.store, durable_, durable_, true};
    slot_number_ += 2;
    return {head, slot, state_with(durable_), {}, {}};
  }

  // Segments whose entries are all compacted go once this turn is durable. The first that stays must stand alone:
  // nothing in it or behind it may reach back before it.
  void drop_segments(wal::chores& work) {
    std::size_t keep = 0;
    auto lowest = log_index{~std::uint64_t{0}};
    for (auto k = segments_.size() - 1; k > 0 && keep == 0; --k) {
      lowest = (std::min)(lowest, segments_[k].lowest_cut);
      if (segments_[k].before <= settled_.compacted && lowest > segments_[k].before) keep = k;
    }
    if (keep == 0) return;
    auto const stay = segments_.begin() + static_cast<std::ptrdiff_t>(keep);
    auto& gone = work.dropped.emplace();
    for (auto s = segments_.begin(); s != stay; ++s) gone.starts.push_back(s->start);
    segments_.erase(segments_.begin(), stay);
    reader_.forget();
    gone.state = state_with(prepared_);
  }

  bool misused(std::string const& what, log_index i) {
    return dir_.refuse("the log can't " + what + " at entry " + std::to_string(i.value) + ": it holds entries " +
                       std::to_string(log_.compacted().value + 1) + " to " + std::to_string(log_.last().value) +
                       ". This is a bug of the program");
  }

  wal_options options_;
  wal::folder<Files> dir_;
  file lock_{};
  wal::store_head head_{};
  wal_recovery recovered_{};
  wal::wal_log log_{};
  wal::node_state state_{};
  wal::segment_head settled_{}; // as of the prepared end: only what settle() fills in
  std::vector<wal::segment> segments_{};
  file active_{}; // the newest of them
  file state_file_{};
  wal::tail tail_{};
  std::uint64_t durable_ = 0;               // log offset up to which everything is on stable storage
  std::uint64_t prepared_ = 0;              // and up to which it is written
  std::uint64_t slot_number_ = 0;           // of the slot that was written last
  log_index lowest_cut_{~std::uint64_t{0}}; // of the truncations and installations that wait for a sync
  wal::reader<Files> reader_{};
  wal_counters counters_{};
};

using file_wal = basic_file_wal<posix_files>;
static_assert(parted_storage<file_wal> && installing_storage<file_wal>);

} // namespace quorate
