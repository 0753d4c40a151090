// A store's entries as they stood at one moment, which are shown bit by bit while the store changes.
#pragma once

#include "quorate/service/entries.hpp"
#include "quorate/service/garbage.hpp"
#include "quorate/service/work_budget.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace quorate::service {

// A walk goes through the entries in their order. A write to a key that the walk has not passed first puts aside
// what was there: the old value is moved, not copied, and one that grows by APPEND stays where it is.
//
// Why so: a write pays only during a save, once for each key. A persistent map would make each write build a path
// of new nodes, for ever. fork() stops the program while page tables are copied, which grows with the store. It
// also copies a page for each byte written, and is nothing for a program with threads.
//
// What is put aside: of each key written since begin(), the key and a node; and old values, which the store had.
//
// Not part of a store's state, as garbage is not: a copy shows nothing, and it makes no two stores different.
class frozen_entries {
public:
  frozen_entries() = default;
  frozen_entries(frozen_entries const&) {}
  frozen_entries(frozen_entries&& other) noexcept { swap(other); }
  frozen_entries& operator=(frozen_entries const&) { return *this = frozen_entries{}; }
  frozen_entries& operator=(frozen_entries&& other) noexcept {
    frozen_entries{std::move(other)}.swap(*this);
    return *this;
  }
  friend bool operator==(frozen_entries const&, frozen_entries const&) { return true; }

  // Between begin() and end(). The store tells of each write before it is done, and only then.
  bool shown() const { return shown_; }

  // `all` is what is shown, as it is now. Takes no time. Precondition: !shown().
  void begin(entry_map const& all) {
    shown_ = true;
    next_ = all.begin();
    left_ = !all.empty();
  }
  // No more is shown. Takes no time: what was put aside is freed later, by tidy of `rest` and of this.
  void end(garbage<entry_map>& rest) {
    rest.add(std::exchange(flushed_, {}));
    garbage_.add(std::exchange(aside_, {}));
    shown_ = left_ = detached_ = false;
  }

  // The value there will be overwritten. Unless the walk is done with it, it is moved out.
  [[gnu::noinline]] void before_put(entry_map::iterator at) {
    if (passed(at->first)) return;
    auto const [mark, fresh] = mark_of(at->first);
    if (!fresh && mark->second.is != state::in_place) return;
    if (fresh) mark->second.size = at->second.size();
    mark->second.is = state::aside;
    mark->second.value = std::exchange(at->second, {});
  }
  // There is no such key, and there will be.
  [[gnu::noinline]] void before_insert(entry_probe key) {
    if (!passed(key)) mark_of(key);
  }
  // A value that grows keeps what it has: its size is enough.
  [[gnu::noinline]] void before_append(entry_map::iterator at) {
    if (passed(at->first)) return;
    auto const [mark, fresh] = mark_of(at->first);
    if (!fresh) return;
    mark->second.is = state::in_place;
    mark->second.size = at->second.size();
  }
  // The entry will be taken out of `all`. Its value may be moved out.
  [[gnu::noinline]] void before_erase(entry_map const& all, entry_map::iterator at) {
    before_put(at);
    if (!detached_ && left_ && next_ == at) go_on(all);
  }
  // All entries will be taken out. Takes them if the walk needs them still.
  void before_flush(entry_map& all) {
    if (!left_ || detached_) return;
    flushed_ = std::exchange(all, {});
    detached_ = true;
  }

  // Goes on: calls visit(std::string_view key, growing_string const& value, std::size_t size) for the next
  // entries; the value's first `size` bytes are what was there. What visit says is whether it is done with the
  // entry; if not, the walk stops, and comes with the same key and the same bytes next time. It goes by at most
  // `most` entries, shown or not. `all` is what begin() had. True: there are no more.
  template <class Visit>
  bool visit(entry_map const& all, std::size_t most, Visit&& visit) {
    for (; left_ || !aside_.empty(); --most) {
      if (most == 0) return false;
      auto const mark = aside_.begin();
      bool const marked = mark != aside_.end() && !(left_ && entry_order{}(next_->first, mark->first));
      bool const there = left_ && !(marked && entry_order{}(mark->first, next_->first));
      auto const is = marked ? mark->second.is : state::in_place;
      if (is != state::absent) {
        auto const& value = is == state::in_place ? next_->second : mark->second.value;
        auto const& key = there ? next_->first : mark->first;
        if (!visit(std::string_view{key.text}, value, marked ? mark->second.size : value.size())) return false;
      }
      if (marked) {
        garbage_.add(std::move(mark->second));
        aside_.erase(mark);
      }
      if (there) go_on(detached_ ? flushed_ : all);
    }
    return true;
  }

  // Frees what was shown and is no more, as garbage does.
  bool tidy(work_budget& budget) { return garbage_.tidy(budget); }
  bool tidied() const { return garbage_.empty(); }

private:
  enum class state : std::uint8_t {
    absent,   // there was no such key
    in_place, // the first `size` bytes of what is there
    aside,    // the first `size` bytes of `value`
  };
  struct marked_value {
    growing_string value{};
    std::size_t size = 0;
    state is = state::absent;

    std::size_t memory() const { return value.memory(); }
  };
  using marks = std::map<entry_key, marked_value, entry_order>;

  // Whether nothing need be put aside for that key: the walk is done with it, or goes through other entries. It
  // may stand at a key that has been erased meanwhile. Keys from there to next_ are new, and not looked at.
  template <class Key>
  bool passed(Key const& key) const {
    return !left_ || detached_ || entry_order{}(key, next_->first);
  }
  // The key's mark, and whether it was made: as of a key that was absent.
  template <class Key>
  std::pair<marks::iterator, bool> mark_of(Key const& key) {
    auto const at = aside_.lower_bound(key);
    if (at != aside_.end() && !entry_order{}(key, at->first)) return {at, false};
    return {aside_.emplace_hint(at, entry_key{key.hash, std::string{key.text}}, marked_value{}), true};
  }
  void go_on(entry_map const& walked) { left_ = ++next_ != walked.end(); }
  // Of maps that are swapped, what an iterator points to stays; but not so the end. That is why there is left_.
  void swap(frozen_entries& other) noexcept {
    std::swap(shown_, other.shown_);
    std::swap(left_, other.left_);
    std::swap(detached_, other.detached_);
    std::swap(next_, other.next_);
    flushed_.swap(other.flushed_);
    aside_.swap(other.aside_);
    std::swap(garbage_, other.garbage_);
  }

  bool shown_ = false;
  bool left_ = false;     // whether next_ is an entry
  bool detached_ = false; // the walk goes through flushed_
  entry_map::const_iterator next_{};
  entry_map flushed_{};
  // Of keys that the walk has not passed and that were written since. At a key that is in both, the mark holds.
  // in_place: then the key is in both.
  marks aside_{};
  garbage<marks> garbage_{};
};

} // namespace quorate::service
