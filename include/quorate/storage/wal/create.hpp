// Makes a store, finds out that the one that is there is not ours, or brings it to this version.
#pragma once

#include "quorate/storage/wal/segment.hpp"

namespace quorate::wal {

template <wal_files Files>
class founding {
public:
  founding(folder<Files>& dir, wal_options const& options, wal_recovery& report)
      : dir_{dir}, options_{options}, report_{report} {}

  // The directory is there, and it holds a store, nothing, or what is left of a founding that was cut short.
  // It says so before the lock file is made, so that a directory named by mistake stays as it is.
  bool survey() {
    std::vector<std::string> names;
    if (!dir_.make() || !dir_.list(names)) return false;
    for (auto const& n : names) founded_ = founded_ || n == store_name;
    if (founded_) return true;
    if (!options_.expected_because.empty())
      return dir_.refuse("the directory " + dir_.path() + " has no store, and one is expected, because " +
                         options_.expected_because + ". " + restore);
    for (auto const& n : names)
      if (n != "lock" && n != state_name && n != new_store_name && n != "lost+found" && !segment_start(n))
        return dir_.refuse("the directory " + dir_.path() + " has no store but holds other files, such as " +
                           dir_.in(n) + ". Name an empty directory.");
    return true;
  }

  // Makes the store if there is none. `store` comes last: once it has its name, everything else is durable.
  // Precondition: the lock is held. (The system knows by whom: it can't be asserted.)
  bool found() {
    founded_ = false;
    if (!survey()) return false;
    if (founded_) return true;
    report_.created = true;
    store_head head{format_version, options_.cluster, options_.node, {}, 0, options_.protocol};
    if (!clear_leftovers() || !dir_.random(head.store.value) || !dir_.random(head.salt)) return false;
    segment_head first;
    first.page = Files::page_bytes;
    first.size = size_of_segment(first.page, options_.segment_bytes, 0);
    first.cluster = head.cluster;
    first.node = head.node;
    first.store = head.store;
    first.before = options_.start;
    first.compacted = options_.start.compacted;
    state_slot slot;
    slot.store = head.store;
    slot.alone = true;
    typename Files::file log;
    return make_segment(dir_, segment_name(0), first, slot, head.salt, log) &&
           make_file(state_name, state_copy{{}, head.store, 0, 0}.encode()) && put_store(head);
  }

  // Whether the store is this node's, whose head it reads. Precondition: found().
  bool is_ours(store_head& head) {
    QUORATE_ASSERT(founded_ || report_.created, "file_wal: there is no store to be checked");
    std::vector<std::byte> raw;
    if (!dir_.load(store_name, raw)) return false;
    auto const read = store_head::decode(raw);
    auto const file = dir_.in(store_name);
    if (!read)
      return dir_.refuse("the file " + file + " is damaged or not a store's (offset 0, " +
                         std::to_string(raw.size()) + " bytes): expected " + std::to_string(store_head::size) +
                         " bytes with a good checksum. " + restore);
    head = *read;
    if (!head.readable())
      return dir_.refuse("the store in " + dir_.path() + " has format version " + std::to_string(head.format) +
                         " (file " + file + "), and this program reads versions 1 to " +
                         std::to_string(format_version) +
                         ". Start the program that wrote it, or convert the store.");
    auto const at = std::ranges::mismatch(head.encode(), raw).in2 - raw.begin();
    if (static_cast<std::size_t>(at) != raw.size())
      return dir_.refuse(not_known("the byte " + hex_byte(std::to_integer<unsigned>(raw.begin()[at])),
                                   static_cast<std::uint64_t>(at), file));
    auto const mine = [&](char const* what, std::string const& expected, std::string const& found) {
      return expected == found ||
             dir_.refuse("the store in " + dir_.path() + " belongs to " + what + " " + found + " and not to " +
                         what + " " + expected + ", which was expected (file " + file +
                         "). Name the directory of " + what + " " + expected + ", or start the node as " + what +
                         " " + found + ".");
    };
    return mine("protocol", options_.protocol, head.protocol) &&
           mine("cluster", std::to_string(options_.cluster.value), std::to_string(head.cluster.value)) &&
           mine("node", std::to_string(options_.node.value), std::to_string(head.node.value));
  }

  // Has `store` say the present version, which no program before it opens. Until then nothing else of this version
  // may be there. Precondition: is_ours(head), and the store was read.
  bool bring_up(store_head& head) {
    if (head.format == format_version) return true;
    report_.notes.push_back("brought the store in " + dir_.path() + " from format version " +
                            std::to_string(head.format) + " to " + std::to_string(format_version));
    head.format = format_version;
    return dir_.discard(new_store_name) && put_store(head);
  }

  // An empty directory in its place would have forgotten what it acknowledged.
  static constexpr char const* restore = "Restore it from a copy made since the node was last up; without one, "
                                         "leave the node down: the others go on as long as they are a majority.";

private:
  // A founding that was cut short has written no frame, and no state but the first.
  bool clear_leftovers() {
    std::vector<std::string> names;
    if (!dir_.list(names)) return false;
    for (auto const& n : names) {
      std::vector<std::byte> raw;
      if (!segment_start(n) && n != state_name) continue;
      if (!dir_.load(n, raw)) return false;
      auto const state = state_copy::decode(raw);
      bool const used = n == state_name ? state && state->state != node_state{}
                                        : holds_frames(raw, Files::page_bytes) || n != segment_name(0);
      if (used)
        return dir_.refuse("the directory " + dir_.path() + " holds a log (" + dir_.in(n) + ") but the file " +
                           dir_.in(store_name) + " that says whose it is is missing. " + restore);
    }
    bool removed = false;
    for (auto const& n : names)
      if (segment_start(n) || n == state_name || n == new_store_name) {
        if (!dir_.unlink(n)) return false;
        removed = true;
      }
    return !removed || dir_.sync();
  }

  bool put_store(store_head const& head) {
    return make_file(new_store_name, head.encode()) && dir_.rename(new_store_name, store_name) && dir_.sync();
  }
  bool make_file(std::string const& name, byte_span content) {
    typename Files::file f;
    return dir_.open(name, file_mode::create, f) && dir_.write(f, name, 0, content) && dir_.sync_file(f, name) &&
           dir_.sync();
  }

  folder<Files>& dir_;
  wal_options const& options_;
  wal_recovery& report_;
  bool founded_ = false;
};

} // namespace quorate::wal
