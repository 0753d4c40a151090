// Which store each peer had, kept in a small file: so that a node whose disk was wiped is refused by those that
// knew it (scenarios M8, P12), also after they have restarted.
#pragma once

#include "quorate/core/id.hpp"
#include "quorate/storage/wal/bytes.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <unistd.h>

namespace quorate {

// One line a peer: its node id, its store id, and a checksum of the two. Written anew as a whole, synced and
// renamed, so that a crash leaves the old file or the new one: an empty file, half a line, or a line that its
// checksum does not fit, is damage. A file of earlier versions has no checksums; it is read, and written anew.
class known_stores {
public:
  // `directory` must exist. failure() is not empty if the file is there and can't be read, or is damaged.
  explicit known_stores(std::string directory) : directory_{std::move(directory)} {
    std::FILE* const f = std::fopen(path().c_str(), "re");
    if (f == nullptr) {
      if (errno != ENOENT) fail("open");
      return;
    }
    std::string text;
    char piece[4096];
    for (std::size_t n; (n = std::fread(piece, 1, sizeof piece, f)) > 0;) text.append(piece, n);
    bool const whole = std::ferror(f) == 0 || fail("read");
    std::fclose(f);
    if (whole) parse(text);
    if (failure_.empty() && !stores_.empty() && !sums_) (void)save();
  }

  // Why a log must be there beside the file: file_wal needs it, to tell a log that is gone from a new store. Empty
  // if no peer is known.
  std::string expects_log() const {
    return stores_.empty() ? ""
                           : path() + " is there, which a node writes when it has a store and hears of a peer";
  }
  std::optional<store_id> find(node_id node) const {
    auto const at = stores_.find(node);
    return at == stores_.end() ? std::nullopt : std::optional{at->second};
  }
  // False: it could not be made durable, and failure() says why.
  bool remember(node_id node, store_id store) {
    stores_[node] = store;
    return save();
  }
  std::string const& failure() const { return failure_; }

private:
  std::string path() const { return directory_ + "/peers"; }
  bool fail(char const* what) {
    failure_ = std::string{what} + " " + path() + ": " + std::strerror(errno);
    return false;
  }
  void parse(std::string_view text) {
    if (text.empty()) return damaged(1, text);
    for (std::size_t line = 1; !text.empty(); ++line) {
      auto const end = text.find('\n');
      std::uint32_t node = 0;
      std::uint64_t store = 0;
      auto const* const last = text.data() + (std::min)(end, text.size());
      auto const id = std::from_chars(text.data(), last, node);
      if (end == text.npos || id.ec != std::errc{} || node == 0 || *id.ptr != ' ') return damaged(line, text);
      auto const found = std::from_chars(id.ptr + 1, last, store, 16);
      if (found.ec != std::errc{}) return damaged(line, text);
      // All lines have a checksum, or none has.
      bool const summed = found.ptr != last;
      if (line == 1) sums_ = summed;
      auto const size = static_cast<std::size_t>(found.ptr - text.data());
      if (summed != sums_ || (summed && text.substr(size, end - size) != sum_of(text.substr(0, size))))
        return damaged(line, text);
      if (!stores_.emplace(node_id{node}, store_id{store}).second) return damaged(line, text);
      text.remove_prefix(end + 1);
    }
  }
  void damaged(std::size_t line, std::string_view rest) {
    failure_ =
        "the file " + path() + " is damaged in line " + std::to_string(line) +
        ": expected a node id that is not in a line before, a store id in hexadecimal and the checksum of the "
        "two, with a space between them, and the end of the line, but got " +
        (rest.empty() ? "nothing"
                      : "\"" + std::string{rest.substr(0, (std::min)(rest.find('\n'), longest))} + "\"") +
        ". Restore the file from a copy. Remove it only if no disk of a peer was ever replaced: without it this "
        "node takes any store for a peer's.";
  }
  // With a space before it.
  static std::string sum_of(std::string_view line) {
    char text[16];
    auto const sum = wal::checksum{}.add(std::as_bytes(std::span{line})).value();
    std::snprintf(text, sizeof text, " %08lx", static_cast<unsigned long>(sum));
    return text;
  }
  bool save() {
    std::string text;
    char line[64];
    for (auto const& [node, store] : stores_) {
      std::snprintf(line, sizeof line, "%u %llx", node.value, static_cast<unsigned long long>(store.value));
      text += line + sum_of(line) + '\n';
    }
    auto const fresh = path() + ".new";
    int const file = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file < 0) return fail("create");
    bool const written = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    bool const synced = written && ::fsync(file) == 0;
    ::close(file);
    if (!synced || std::rename(fresh.c_str(), path().c_str()) != 0) return fail("write");
    int const folder = ::open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool const kept = folder >= 0 && ::fsync(folder) == 0;
    if (folder >= 0) ::close(folder);
    return kept || fail("sync the directory of");
  }

  static constexpr std::size_t longest = 40; // of a line that is cited

  std::string directory_;
  std::map<node_id, store_id> stores_{};
  bool sums_ = true; // the file that was read has checksums
  std::string failure_{};
};

} // namespace quorate
