// The real file layer: POSIX calls, each wrapped once.
#pragma once

#include "quorate/storage/wal/files.hpp"

#include <cerrno>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace quorate {

class posix_files {
public:
  static constexpr std::uint32_t page_bytes = 4096; // no disk of today has larger sectors

  class file {
  public:
    file() = default;
    explicit file(int fd) : fd_{fd} {}
    file(file&& o) noexcept : fd_{std::exchange(o.fd_, -1)} {}
    file& operator=(file&& o) noexcept {
      std::swap(fd_, o.fd_);
      return *this;
    }
    ~file() {
      if (fd_ >= 0) ::close(fd_);
    }
    int fd() const { return fd_; }

  private:
    int fd_ = -1;
  };

  // Close-on-exec: a child must not keep the lock when its parent has died.
  int open(std::string const& path, file_mode mode, file& out) {
    int const flags = mode == file_mode::read     ? O_RDONLY
                      : mode == file_mode::update ? O_RDWR
                      : mode == file_mode::create ? O_RDWR | O_CREAT | O_EXCL
                                                  : O_RDWR | O_CREAT;
    int fd = -1;
    do fd = ::open(path.c_str(), flags | O_CLOEXEC, 0640);
    while (fd < 0 && errno == EINTR);
    if (fd < 0) return errno;
    out = file{fd};
    return 0;
  }

  int size(file const& f, std::uint64_t& out) {
    struct stat s {};
    if (::fstat(f.fd(), &s) != 0) return errno;
    out = static_cast<std::uint64_t>(s.st_size);
    return 0;
  }

  io_result read(file const& f, std::uint64_t at, std::span<std::byte> into) {
    std::size_t done = 0;
    while (done < into.size()) {
      auto const n = ::pread(f.fd(), into.data() + done, into.size() - done, static_cast<off_t>(at + done));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return {done, errno};
      if (n == 0) break;
      done += static_cast<std::size_t>(n);
    }
    return {done, 0};
  }

  io_result write(file const& f, std::uint64_t at, std::span<std::byte const> from) {
    std::size_t done = 0;
    while (done < from.size()) {
      auto const n = ::pwrite(f.fd(), from.data() + done, from.size() - done, static_cast<off_t>(at + done));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return {done, errno};
      if (n == 0) break;
      done += static_cast<std::size_t>(n);
    }
    return {done, 0};
  }

  int allocate(file const& f, std::uint64_t bytes) {
    int error = 0;
    do error = ::posix_fallocate(f.fd(), 0, static_cast<off_t>(bytes));
    while (error == EINTR);
    return error;
  }

  // An interrupted sync has failed like any other: whether its pages are still to be written is not known.
  int sync_data(file const& f) { return ::fdatasync(f.fd()) == 0 ? 0 : errno; }
  int sync_file(file const& f) { return ::fsync(f.fd()) == 0 ? 0 : errno; }

  int lock(file const& f) { return ::flock(f.fd(), LOCK_EX | LOCK_NB) == 0 ? 0 : errno; }

  int make_directory(std::string const& path) { return ::mkdir(path.c_str(), 0750) == 0 ? 0 : errno; }

  int list(std::string const& path, std::vector<std::string>& names) {
    DIR* const d = ::opendir(path.c_str());
    if (d == nullptr) return errno;
    int error = 0;
    for (;;) {
      errno = 0;
      auto const* const e = ::readdir(d);
      if (e == nullptr) {
        error = errno;
        break;
      }
      if (std::strcmp(e->d_name, ".") != 0 && std::strcmp(e->d_name, "..") != 0) names.emplace_back(e->d_name);
    }
    ::closedir(d);
    return error;
  }

  int sync_directory(std::string const& path) {
    int const fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return errno;
    file const f{fd};
    return sync_file(f);
  }

  int rename(std::string const& from, std::string const& to) {
    return ::rename(from.c_str(), to.c_str()) == 0 ? 0 : errno;
  }
  int unlink(std::string const& path) { return ::unlink(path.c_str()) == 0 ? 0 : errno; }

  int random(std::uint64_t& out) {
    return ::getrandom(&out, sizeof out, 0) == static_cast<ssize_t>(sizeof out) ? 0 : errno;
  }
};

static_assert(wal_files<posix_files>);

} // namespace quorate
