// Snapshots as files of a folder: their names, and how one is looked at.
#pragma once

#include "quorate/snapshot/form.hpp"
#include "quorate/storage/wal/chores.hpp"

#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quorate::snapshots {

// "snapshot-", the index and the id, 16 digits each: in the order of their names they stand in the order of their
// indices. One that is being made has another name.
inline constexpr std::string_view prefix = "snapshot-";
inline constexpr std::string_view unfinished = ".part";

inline std::string file_name(log_index at, snapshot_id id) {
  return std::string{prefix} + wal::hex(at.value) + "-" + wal::hex(id.value);
}
inline std::string unfinished_name(std::string const& name) { return name + std::string{unfinished}; }
// What a name says; nothing: it is none of a snapshot's.
struct file_named {
  log_index at{};
  snapshot_id id{};
  bool finished = true;
};
inline std::optional<file_named> parse_name(std::string_view name) {
  file_named n;
  if (name.ends_with(unfinished)) n.finished = false, name.remove_suffix(unfinished.size());
  if (!name.starts_with(prefix)) return std::nullopt;
  name.remove_prefix(prefix.size());
  if (name.size() != 33 || name[16] != '-') return std::nullopt;
  auto const number = [&](std::size_t from, std::uint64_t& to) {
    auto const* const end = name.data() + from + 16;
    auto const r = std::from_chars(name.data() + from, end, to, 16);
    return r.ec == std::errc{} && r.ptr == end;
  };
  if (!number(0, n.at.value) || !number(17, n.id.value)) return std::nullopt;
  return n;
}

// A snapshot's file as a source (form.hpp).
template <class Folder>
class file_source {
public:
  using file = typename Folder::file;
  file_source(Folder& dir, file const& f, std::string const& name, std::uint64_t size)
      : dir_{dir}, file_{f}, name_{name}, size_{size} {}
  std::uint64_t size() const { return size_; }
  bool read(std::uint64_t at, std::span<std::byte> out) { return dir_.read(file_, name_, at, out); }
  std::optional<std::span<std::byte const>> view(std::uint64_t at, std::size_t n) {
    buffer_.resize(n);
    if (!read(at, buffer_)) return std::nullopt;
    return buffer_;
  }

private:
  Folder& dir_;
  file const& file_;
  std::string const& name_;
  std::uint64_t size_;
  std::vector<std::byte> buffer_{};
};

// One that is in the folder.
struct kept_snapshot {
  snapshot_info info{};
  std::string name{};
  std::vector<std::byte> entry{};
  bool checked = false; // all its bytes, since the store was opened, or it was made since
  std::uint64_t first_byte() const { return snapshot_form::head_size + entry.size(); }
};

// What is found in a file, and its entry. Of a cut file the length is read and not believed.
template <class Folder>
snapshot_found look_at(Folder& dir, std::string const& name, bool thorough, std::vector<std::byte>& entry) {
  typename Folder::file f;
  std::uint64_t size = 0;
  if (!dir.open(name, file_mode::read, f)) return {};
  if (auto const error = dir.files().size(f, size); error != 0) {
    dir.refuse("can't find the size of " + dir.in(name) + ": " + std::generic_category().message(error) + ". " +
               wal::advice(error));
    return {};
  }
  file_source<Folder> source{dir, f, name, size};
  auto const found = inspect_snapshot(source, thorough);
  if (found.verdict == snapshot_verdict::whole) {
    entry.resize(found.entry_size);
    if (!source.read(snapshot_form::head_size, entry)) return {};
  }
  return found;
}

} // namespace quorate::snapshots
