// One directory seen through a file layer. Every failure becomes one sentence: what, which file, why, what to do.
#pragma once

#include "quorate/storage/wal/bytes.hpp"
#include "quorate/storage/wal/files.hpp"

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace quorate::wal {

inline std::string advice(int error) {
  switch (error) {
  case ENOSPC:
  case EDQUOT: return "Free some space there, then start the node again.";
  case EACCES:
  case EPERM:
  case EROFS: return "Let this user write there, then start the node again.";
  case EIO: return "The disk may be failing: look at the system's log before you start the node again.";
  case EFBIG: return "Raise the limit on the size of a file (ulimit -f), then start the node again.";
  case EMFILE:
  case ENFILE: return "Raise the limit on open files, then start the node again.";
  default: return "Mend the cause, then start the node again.";
  }
}

// Why a store is not opened in which something good stands that only a later program can have written.
inline std::string not_known(std::string const& what, std::uint64_t offset, std::string const& path) {
  return what + " at offset " + std::to_string(offset) + " of the file " + path +
         " is not known to this build: a later one has written it. Nothing has been changed. Start the program "
         "that wrote it.";
}

// Keeps the first failure and does nothing more after it. That is the whole of fail-stop: a write or sync
// that failed may have lost its pages, and the next one would "succeed" without them.
template <wal_files Files>
class folder {
public:
  using file = typename Files::file;

  folder(Files files, std::string path) : files_{std::move(files)}, path_{std::move(path)} {
    while (path_.size() > 1 && path_.back() == '/') path_.pop_back();
  }

  Files& files() { return files_; }
  std::string const& path() const { return path_; }
  std::string in(std::string const& name) const { return path_ + "/" + name; }
  bool failed() const { return !problem_.empty(); }
  std::string const& problem() const { return problem_; }
  // Fails with a sentence of the caller's. Always false.
  bool refuse(std::string sentence) {
    if (!failed()) problem_ = std::move(sentence);
    return false;
  }

  bool open(std::string const& name, file_mode mode, file& out) {
    return !failed() && succeeded(files_.open(in(name), mode, out), "open", in(name));
  }
  // Reads a whole file.
  bool load(std::string const& name, std::vector<std::byte>& out) {
    file f;
    std::uint64_t size = 0;
    if (!open(name, file_mode::read, f) || !succeeded(files_.size(f, size), "find the size of", in(name)))
      return false;
    out.resize(static_cast<std::size_t>(size));
    return read(f, name, 0, out);
  }
  bool read(file const& f, std::string const& name, std::uint64_t at, std::span<std::byte> into) {
    if (failed()) return false;
    auto const r = files_.read(f, at, into);
    if (!succeeded(r.error, "read", in(name))) return false;
    return r.bytes == into.size() ||
           refuse("the file " + in(name) + " ends before offset " + std::to_string(at + into.size()) +
                  ", where it should go on: it has been cut. Restore it from a copy made since the "
                  "node was last up.");
  }
  bool write(file const& f, std::string const& name, std::uint64_t at, byte_span from) {
    if (failed()) return false;
    auto const r = files_.write(f, at, from);
    return succeeded(r.error == 0 && r.bytes != from.size() ? EIO : r.error, "write", in(name));
  }
  bool allocate(file const& f, std::string const& name, std::uint64_t bytes) {
    return !failed() && succeeded(files_.allocate(f, bytes), "reserve space for", in(name));
  }
  bool sync_data(file const& f, std::string const& name) {
    return !failed() && succeeded(files_.sync_data(f), "sync", in(name));
  }
  bool sync_file(file const& f, std::string const& name) {
    return !failed() && succeeded(files_.sync_file(f), "sync", in(name));
  }
  bool sync() { return !failed() && succeeded(files_.sync_directory(path_), "sync the directory", path_); }
  bool rename(std::string const& from, std::string const& to) {
    return !failed() && succeeded(files_.rename(in(from), in(to)), "rename " + in(from) + " to", in(to));
  }
  bool unlink(std::string const& name) {
    return !failed() && succeeded(files_.unlink(in(name)), "remove", in(name));
  }
  bool random(std::uint64_t& out) {
    return !failed() && succeeded(files_.random(out), "get random bits for", path_);
  }
  bool list(std::vector<std::string>& names) {
    return !failed() && succeeded(files_.list(path_, names), "list the directory", path_);
  }

  // Removes what a crash may have left of a file that was being made; its name need not be there.
  bool discard(std::string const& name) { return has(name) ? unlink(name) : !failed(); }

  // Whether a name is there; false too when that can't be found out, and then failed() is true.
  bool has(std::string const& name) {
    std::vector<std::string> names;
    return list(names) && std::find(names.begin(), names.end(), name) != names.end();
  }

  // Makes the directory and those above it where they are missing; each new name is durable in its parent.
  bool make() {
    for (auto at = path_.find('/', 1); at != std::string::npos && !failed(); at = path_.find('/', at + 1)) {
      auto const part = path_.substr(0, at);
      // One that can't be made shows when the one below it can't.
      if (files_.make_directory(part) == 0)
        succeeded(files_.sync_directory(parent(part)), "sync the directory", parent(part));
    }
    if (failed()) return false;
    auto const error = files_.make_directory(path_);
    if (error != 0 && error != EEXIST) return succeeded(error, "make the directory", path_);
    // Also when it is there: a process may have been killed right after it made it. But a parent that
    // somebody else made, and that can't be opened here, is their concern.
    auto const synced = files_.sync_directory(parent(path_));
    return (error == EEXIST && synced == EACCES) || succeeded(synced, "sync the directory", parent(path_));
  }

  bool lock(file& out) {
    if (!open("lock", file_mode::lock, out)) return false;
    auto const error = files_.lock(out);
    if (error == EWOULDBLOCK || error == EAGAIN)
      return refuse("the store in " + path_ + " is in use by another process, which holds the lock on " +
                    in("lock") + ". Stop that process, or give this node a directory of its own.");
    return succeeded(error, "lock", in("lock"));
  }

private:
  bool succeeded(int error, std::string const& what, std::string const& which) {
    return error == 0 || refuse("can't " + what + " " + which + ": " + std::generic_category().message(error) +
                                ". " + advice(error));
  }
  static std::string parent(std::string const& path) {
    auto const slash = path.rfind('/');
    return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
  }

  Files files_;
  std::string path_;
  std::string problem_;
};

} // namespace quorate::wal
