// Reads a store back after a shutdown or a crash, and tells a torn tail from damage.
//
// What a crash can leave. A turn writes its frame into the newest segment, and one of the two slots at its head,
// and syncs both at once; only then is it acknowledged and the next one begun. So (1) at most one frame, the
// last, is not durable: its bytes may be there in any part, but nothing behind it is; (2) at most one slot is
// torn, and the other is that of the turn before; (3) the slot of the last turn may be there without its frame,
// and the frame without the slot. And, as for the segments: (4) `state` is torn only while the log is whole, and
// never ahead of it; (5) a new segment is made durable, head, slots, size and name, before `state` names it, and
// that is synced before a frame is written to it; (6) `state` disowns a segment before it is removed. Whatever
// breaks one of these is damage, and is refused before anything on disk is changed.
//
// The evidence of what was durable: the newest good slot says how far the log was durable before its turn; so
// does every good frame, also one behind a bad place, and `state`; and a segment's being there says it of all
// segments before it. A bad or missing place below that is damage; at or above it, a torn tail. So rot is taken
// for a torn tail in the very last turn only, and then it is reported.
//
// Term and vote are the newest that frames and slots say. A slot that is ahead of the frames counts only if its
// turn changed nothing else: a turn is there as a whole or not at all, so they are not taken without the entries
// that were written with them.
//
// In version 1 there were no slots: `state` was written and synced after each frame that changed term, vote or
// incarnation, and before the turn was acknowledged. A log whose newest segment has no slots is read by that rule.
//
// Whatever is whole, and has something in it that this program does not know, is of a later one: the opening stops
// with a sentence, and nothing is changed.
#pragma once

#include "quorate/storage/wal/create.hpp"
#include "quorate/storage/wal/replay.hpp"

namespace quorate::wal {

template <wal_files Files>
class recovery {
public:
  recovery(folder<Files>& dir, store_head const& store, wal_recovery& report)
      : dir_{dir}, store_{store}, report_{report} {}

  // Reads everything and changes nothing.
  bool read() {
    if (!read_state() || !list_segments()) return false;
    std::vector<std::byte> raw;
    for (std::size_t k = 0; k < segments_.size(); ++k) {
      if (!dir_.load(segment_name(segments_[k].start), raw)) return false;
      if (half_made(k, raw)) break;
      if (!read_head(k, raw) || !read_frames(k, raw) || !read_slots(segments_[k], raw)) return false;
    }
    return judge_end(raw) && judge_start() && judge_state();
  }

  // Removes what a crash left over, and makes durable what was found. Idempotent: cut short and begun anew,
  // it ends in the same.
  bool mend() {
    if (!dir_.discard(new_segment_name)) return false;
    if (half_made_) {
      auto const name = segment_name(*half_made_);
      if (!dir_.unlink(name)) return false;
      report_.notes.push_back("removed " + dir_.in(name) + ", a segment whose making a crash had cut short");
    }
    auto const& s = segments_.back();
    auto const name = segment_name(s.start);
    typename Files::file f;
    // A process that was killed, or stopped when a sync failed, may have left names and bytes that can be
    // read and are not on the disk. After a failed sync the system may take such bytes for clean, so syncing
    // alone is not enough: those that nothing proves durable are written again, the newest slot among them.
    if (!dir_.open(name, file_mode::update, f)) return false;
    if (!unproven_.empty() && !dir_.write(f, name, s.offset_of(end_) - unproven_.size(), unproven_)) return false;
    if (slot_ && !dir_.write(f, name, s.slot_at(slot_->number), slot_bytes_)) return false;
    return (report_.cut_bytes == 0 || cut(f, name)) && dir_.sync_data(f, name) && dir_.sync();
  }

  // Makes `state` durable as it was read: that of a store of an earlier version, which programs of that version
  // still open.
  bool keep_state(typename Files::file& f) {
    return !copy_ || (dir_.write(f, state_name, 0, copy_bytes_) && dir_.sync_data(f, state_name));
  }

  // Goes on with a removal that a crash cut short. Precondition: the `state` that disowns the segments is
  // durable; the one that was read may not have been. (The disk alone knows: it can't be asserted.)
  bool remove_dropped() {
    for (auto const start : dropped_)
      if (!dir_.unlink(segment_name(start))) return false;
    return dropped_.empty() || dir_.sync();
  }

  wal_log& log() { return replayed_.log; }
  std::vector<segment>& segments() { return segments_; }
  node_state const& state() const { return state_; }
  // Of the frames alone: a slot may be ahead of it.
  node_state const& state_of_frames() const { return replayed_.state; }
  std::uint64_t end() const { return end_; }
  // Of the newest slot.
  std::uint64_t slot_number() const { return slot_ ? slot_->number : 0; }

private:
  bool damaged(std::string const& name, std::uint64_t offset, std::string const& why) {
    return dir_.refuse("the file " + dir_.in(name) + " is damaged at offset " + std::to_string(offset) + ": " +
                       why + ". Nothing has been changed. " + founding<Files>::restore);
  }

  // Refuses what is wrong at an offset of a file, if anything is.
  bool refused(std::string const& name, std::uint64_t offset, std::optional<trouble> const& t) {
    if (!t) return false;
    if (!t->later_build) return !damaged(name, offset + t->offset, t->what);
    return !dir_.refuse(not_known(t->what, offset + t->offset, dir_.in(name)));
  }

  bool read_state() {
    std::vector<std::string> names;
    if (!dir_.list(names)) return false;
    for (auto const& n : names)
      if (n == state_name && !dir_.load(n, copy_bytes_)) return false;
    copy_ = state_copy::decode(copy_bytes_);
    if (copy_ && copy_bytes_.size() == state_copy::size &&
        refused(state_name, 0, strange_byte(copy_->unsealed(), copy_bytes_, "the state")))
      return false;
    if (copy_ && copy_->store != store_.store)
      return damaged(state_name, 0, "it is the state of another store, " + hex(copy_->store.value));
    return true;
  }

  bool list_segments() {
    std::vector<std::string> names;
    if (!dir_.list(names)) return false;
    for (auto const& n : names)
      if (auto const start = segment_start(n)) {
        if (copy_ && *start < copy_->first)
          dropped_.push_back(*start);
        else
          segments_.push_back({*start, 0, {}});
      }
    std::sort(segments_.begin(), segments_.end(), [](auto& a, auto& b) { return a.start < b.start; });
    auto const missing = [&](std::uint64_t start) {
      return std::none_of(segments_.begin(), segments_.end(), [=](auto& s) { return s.start == start; });
    };
    if (segments_.empty()) return damaged(segment_name(0), 0, "no segment of the log is there at all");
    if (copy_ && missing(copy_->first))
      return damaged(segment_name(copy_->first), 0, "this file, the oldest segment of the log, is missing");
    if (copy_ && missing(copy_->active))
      return damaged(segment_name(copy_->active), 0, "this file, the newest segment of the log, is missing");
    return true;
  }

  // The newest segment, when `state` does not know it yet and nothing is in it: a crash came while it was
  // being made.
  bool half_made(std::size_t k, byte_span raw) {
    if (k == 0 || k + 1 != segments_.size() || !copy_ || segments_[k].start <= copy_->active) return false;
    if (holds_frames(raw, store_.format == 1 ? 0 : Files::page_bytes, store_.format)) return false;
    half_made_ = segments_[k].start;
    segments_.pop_back();
    return true;
  }

  bool read_head(std::size_t k, byte_span raw) {
    auto& s = segments_[k];
    auto const name = segment_name(s.start);
    auto const head = segment_head::decode(raw);
    if (!head) return damaged(name, 0, "the segment's head has a bad checksum");
    if (head->version >= 3 && refused(name, 0, strange_byte(head->unsealed(), raw, "the segment's head")))
      return false;
    if (head->store != store_.store || head->cluster != store_.cluster || head->node != store_.node)
      return damaged(name, 0,
                     "it is a segment of node " + std::to_string(head->node.value) + " of cluster " +
                         std::to_string(head->cluster.value) + ", store " + hex(head->store.value) +
                         ", and not of store " + hex(store_.store.value));
    if (head->start != s.start)
      return damaged(name, 0, "it is the segment " + segment_name(head->start) + ", renamed");
    if (raw.size() != head->size)
      return damaged(name, raw.size(),
                     "it was made " + std::to_string(head->size) + " bytes long and has now " +
                         std::to_string(raw.size()));
    auto const version = "it is of format version " + std::to_string(head->version);
    if (head->version > store_.format)
      return damaged(name, 0, version + ", and the store of version " + std::to_string(store_.format));
    if (k > 0 && head->version < segments_[k - 1].version)
      return damaged(name, 0, version + ", and the segment before it of a later one");
    s.page = head->page;
    s.size = head->size;
    s.version = head->version;
    if ((s.version > 1 && s.page < segment_head::size_in(s.version)) || s.size < segment::frames_at(s.page))
      return damaged(name, 0,
                     "a segment of " + std::to_string(s.size) + " bytes in pages of " + std::to_string(s.page) +
                         " has no room for head and slots");
    s.before = head->before.compacted;
    if (k == 0) replayed_.begin(*head);
    auto const& log = replayed_.log;
    if (s.before != log.last() || head->before.written_at != log.stamp_at(s.before) ||
        head->before.config != log.config_at(s.before) || head->state != replayed_.state)
      return damaged(name, 0, "its head does not go on where the segment before it ends");
    return true;
  }

  bool read_frames(std::size_t k, byte_span raw) {
    auto& s = segments_[k];
    end_ = s.start;
    durable_ = (std::max)(durable_, s.start);
    while (s.offset_of(end_) < raw.size()) {
      auto const from = raw.subspan(static_cast<std::size_t>(s.offset_of(end_)));
      auto const head = good_frame(from, end_, store_.salt, s.version);
      if (!head || head->incarnation < incarnation_) break;
      if (!knows(s, *head, from)) return false;
      incarnation_ = head->incarnation;
      durable_ = (std::max)(durable_, head->durable);
      if (!replay(s, from.subspan(frame_head::encoded_size, head->length))) return false;
      end_ = head->next();
    }
    if (k + 1 == segments_.size() || end_ == segments_[k + 1].start) return true;
    return damaged(segment_name(s.start), s.offset_of(end_),
                   "its good frames end here, and the next segment goes on from log offset " +
                       std::to_string(segments_[k + 1].start) + " and not from " + std::to_string(end_));
  }

  bool knows(segment const& s, frame_head const& head, byte_span found) {
    if (s.version < 3) return true;
    std::byte own[frame_head::encoded_size];
    head.encode(own, store_.salt);
    return !refused(segment_name(s.start), s.offset_of(head.at), strange_byte(own, found, "the frame's head"));
  }

  // The newest good slot, and where bad ones are.
  bool read_slots(segment const& s, byte_span raw) {
    slot_.reset();
    bad_slots_.clear();
    for (std::uint64_t which = 0; s.has_slots() && which < 2; ++which) {
      auto const at = s.slot_at(which);
      auto const here = raw.subspan(static_cast<std::size_t>(at));
      auto const slot = state_slot::decode(here, store_.salt, s.version);
      if (slot && s.version >= 3 &&
          refused(segment_name(s.start), at, strange_byte(slot->unsealed(), here, "the slot")))
        return false;
      bool const good = slot && slot->store == store_.store && slot->number % 2 == which &&
                        s.start <= slot->durable && slot->durable <= slot->end &&
                        slot->end - s.start <= s.size - segment::frames_at(s.page);
      if (!good) {
        bad_slots_.push_back(at);
      } else if (!slot_ || slot->number > slot_->number) {
        slot_ = slot;
        auto const own = here.first(state_slot::size_in(s.version));
        slot_bytes_.assign(own.begin(), own.end());
      }
    }
    return true;
  }

  bool replay(segment& s, byte_span records) {
    auto at = end_ + frame_head::encoded_size;
    while (!records.empty()) {
      auto const whole = records.first(record_head::encoded_size + record_head::decode(records).length);
      if (refused(segment_name(s.start), s.offset_of(at), replayed_.record(s, whole, at))) return false;
      at += whole.size();
      records = records.subspan(whole.size());
    }
    return true;
  }

  // What follows the last good frame. `raw` is the last segment, or the half-made one.
  bool judge_end(byte_span raw) {
    state_ = replayed_.state;
    if (copy_) durable_ = (std::max)(durable_, copy_->durable);
    if (slot_) durable_ = (std::max)(durable_, slot_->durable);
    auto const& s = segments_.back();
    auto const name = segment_name(s.start);
    if (s.has_slots() && !slot_)
      return damaged(name, bad_slots_.front(),
                     "both copies of term and vote, here and at offset " + std::to_string(bad_slots_.back()) +
                         ", are bad. Expected a good one at the least, because no crash spoils both");
    auto const offset = s.offset_of(end_);
    auto const at = static_cast<std::size_t>(offset);
    auto const rest = half_made_ || offset > raw.size() ? byte_span{} : raw.subspan(at);
    auto const torn = written_end(rest);
    for (std::size_t n = frame_alignment; n < torn; n += frame_alignment)
      if (auto const head = frame_head::decode(rest.subspan(n), end_ + n, store_.salt, s.version))
        durable_ = (std::max)(durable_, head->durable);
    if (half_made_) durable_ = (std::max)(durable_, *half_made_);
    if (end_ < durable_)
      return damaged(name, offset,
                     "its good frames end here, at log offset " + std::to_string(end_) +
                         ". Expected good frames up to log offset " + std::to_string(durable_) +
                         ", because the log was durable up to there");
    auto const written = raw.size() < offset || half_made_
                             ? byte_span{}
                             : raw.first(at).last(static_cast<std::size_t>(end_ - durable_));
    unproven_.assign(written.begin(), written.end());
    auto const lost = (std::max)(torn, slot_ && slot_->end > end_ ? slot_->end - end_ : 0);
    if (lost == 0) return true;
    if (!s.has_slots() && !copy_)
      return damaged(name, offset,
                     "the last turn is torn here, and the second copy of term and vote, in " +
                         dir_.in(state_name) +
                         " at offset 0, is bad as well: this node may have promised what it no longer knows");
    report_.cut_file = dir_.in(name);
    report_.cut_offset = offset;
    report_.cut_bytes = lost;
    return true;
  }

  // A log that does not begin with the store's first segment must say that it was compacted that far: so that
  // a missing one is noticed without the second copy of the state as well.
  bool judge_start() {
    auto const& s = segments_.front();
    return s.start == 0 || s.before <= replayed_.compacted ||
           damaged(segment_name(s.start), 0,
                   "the log begins here, behind entry " + std::to_string(s.before.value) +
                       ", but is compacted only up to " + std::to_string(replayed_.compacted.value) +
                       ": a segment before this one is missing");
  }

  bool judge_state() {
    if (slot_ && !judge_slot()) return false;
    if (!copy_) {
      report_.notes.push_back("the file " + dir_.in(state_name) +
                              " was bad or missing: it is written anew from what the log says");
      return true;
    }
    return copy_->state.sequence < state_.sequence || copy_->state == state_ ||
           damaged(state_name, 0, "it holds a newer term and vote than the log, which has lost its end");
  }

  bool judge_slot() {
    auto const& s = segments_.back();
    auto const name = segment_name(s.start);
    auto const at = s.slot_at(slot_->number);
    for (auto const bad : bad_slots_)
      report_.notes.push_back("the copy of term and vote at offset " + std::to_string(bad) + " of " +
                              dir_.in(name) + " was torn by a crash, or damaged: the one at offset " +
                              std::to_string(at) + " and the log are good");
    bool const ahead = slot_->state.sequence > state_.sequence;
    if ((ahead && !slot_->alone && slot_->end <= end_) ||
        (slot_->state.sequence == state_.sequence && slot_->state != state_))
      return damaged(name, at, "it holds another term and vote than the frames that were written with it");
    if (!ahead || !slot_->alone) return true;
    // The opening's own turn writes it into the log again: its frame is no longer, so it fits into the same
    // segment.
    state_ = slot_->state;
    if (report_.cut_bytes != 0)
      report_.notes.push_back("took term and vote from the copy at offset " + std::to_string(at) + " of " +
                              dir_.in(name) + ": the last turn changed nothing else");
    return true;
  }

  // Zeroes the torn bytes rather than shortening the file, so that its size stays what its head says.
  bool cut(typename Files::file const& f, std::string const& name) {
    auto const most = (std::min<std::uint64_t>)(report_.cut_bytes, std::uint64_t{1} << 20);
    std::vector<std::byte> const zeros(static_cast<std::size_t>(most));
    for (std::uint64_t done = 0; done < report_.cut_bytes; done += zeros.size()) {
      auto const n = static_cast<std::size_t>((std::min<std::uint64_t>)(zeros.size(), report_.cut_bytes - done));
      if (!dir_.write(f, name, report_.cut_offset + done, byte_span{zeros}.first(n))) return false;
    }
    report_.notes.push_back("cut a torn tail of " + std::to_string(report_.cut_bytes) + " bytes at offset " +
                            std::to_string(report_.cut_offset) + " of " + report_.cut_file +
                            ": the last turn. Either a crash has interrupted it, and nobody was told of it; or "
                            "it was whole, and has been damaged since");
    return true;
  }

  folder<Files>& dir_;
  store_head const& store_;
  wal_recovery& report_;
  std::optional<state_copy> copy_{};
  std::vector<std::byte> copy_bytes_{};
  std::optional<state_slot> slot_{}; // the newest good one of the newest segment
  std::vector<std::byte> slot_bytes_{};
  std::vector<std::uint64_t> bad_slots_{}; // offsets in it
  std::vector<segment> segments_{};
  std::optional<std::uint64_t> half_made_{};
  std::vector<std::uint64_t> dropped_{}; // segments whose removal a crash cut short
  std::vector<std::byte> unproven_{};    // the good bytes before end_ that may not be durable
  replayer replayed_{};
  node_state state_{};           // the newest that frames and slots say
  incarnation_id incarnation_{}; // of the last frame
  std::uint64_t end_ = 0;        // of the good frames
  std::uint64_t durable_ = 0;    // the greatest log offset that something says was durable
};

} // namespace quorate::wal
