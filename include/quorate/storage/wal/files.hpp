// The file layer under the write-ahead log: the few things it asks of an operating system. posix_files is the
// real one; tests put in layers that fail, record or forget.
#pragma once

#include "quorate/core/config.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace quorate {

enum class file_mode : std::uint8_t {
  read,   // must exist; reading only
  update, // must exist; reading and writing
  create, // must not exist; reading and writing
  lock,   // made if it is missing; reading and writing
};

struct io_result {
  std::size_t bytes{}; // moved
  int error{};         // an errno value; 0: none
};

// An `int` result is an errno value, 0 for success. Nothing throws. Two threads may call it at once, with
// different files: the log's own, and the one that waits for its sync. `F::file` is an open file that closes
// itself. `F::page_bytes` is the size of a page of a file, at least 512: a write that a crash interrupts may spoil
// the pages that it writes to, and no others.
//
// | expression               | does                                                                          |
// | f.open(path, mode, file) | opens into `file`                                                             |
// | f.size(file, n)          | its length in bytes                                                           |
// | f.read(file, at, span)   | reads until the span is full or the file ends                                 |
// | f.write(file, at, span)  | writes all of it; fewer bytes without an error count as a failure too         |
// | f.allocate(file, n)      | makes it n bytes long, with its blocks reserved; new bytes read as zero       |
// | f.sync_data(file)        | its bytes and what reading them needs are on stable storage when it returns 0 |
// | f.sync_file(file)        | the same with all its attributes                                              |
// | f.lock(file)             | takes an exclusive lock, until `file` or the process ends; EWOULDBLOCK: taken |
// | f.make_directory(path)   | EEXIST if something of that name is there                                     |
// | f.list(path, names)      | adds the names in a directory, in any order, without . and ..                 |
// | f.sync_directory(path)   | which names it holds is on stable storage when it returns 0                   |
// | f.rename(from, to)       | replaces `to` in one step                                                     |
// | f.unlink(path)           | removes a name                                                                |
// | f.random(n)              | unpredictable bits                                                            |
template <class F>
concept wal_files = std::movable<F> && std::movable<typename F::file> &&
    std::default_initializable<typename F::file> &&
    requires(F f, typename F::file const& file, typename F::file& opened, std::string const& path, file_mode mode,
             std::uint64_t at, std::uint64_t& number, std::span<std::byte> into, std::span<std::byte const> from,
             std::vector<std::string>& names) {
  { F::page_bytes } -> std::convertible_to<std::uint32_t>;
  { f.open(path, mode, opened) } -> std::same_as<int>;
  { f.size(file, number) } -> std::same_as<int>;
  { f.read(file, at, into) } -> std::same_as<io_result>;
  { f.write(file, at, from) } -> std::same_as<io_result>;
  { f.allocate(file, at) } -> std::same_as<int>;
  { f.sync_data(file) } -> std::same_as<int>;
  { f.sync_file(file) } -> std::same_as<int>;
  { f.lock(file) } -> std::same_as<int>;
  { f.make_directory(path) } -> std::same_as<int>;
  { f.list(path, names) } -> std::same_as<int>;
  { f.sync_directory(path) } -> std::same_as<int>;
  { f.rename(path, path) } -> std::same_as<int>;
  { f.unlink(path) } -> std::same_as<int>;
  { f.random(number) } -> std::same_as<int>;
};

} // namespace quorate
