// A string to which bytes are appended in the time that they take, however long it is.
#pragma once

#include "quorate/core/config.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quorate::service {

// A std::string that grows moves all of its bytes now and then: one in many appends is as dear as the string is
// long. That does for one string; but a client may make a thousand long ones, and append a byte to each at once,
// which then took seconds. Here what is appended to a long string lies in pieces of its own, and an append moves
// at most `piece` bytes besides its own. To read a string in pieces puts it together for once: what reads it all
// takes as long as it is anyhow.
class growing_string {
public:
  static constexpr std::size_t piece = 4096;

  growing_string() = default;
  explicit growing_string(std::string_view bytes) : head_{bytes} {}

  std::size_t size() const { return size_of_tail_ + head_.size(); }
  // Bytes on the heap, nearly.
  std::size_t memory() const { return head_.capacity() + size_of_tail_ + tail_.capacity() * sizeof(std::string); }
  // Whether all bytes lie in a row; always so of `piece` bytes and fewer.
  bool whole() const { return tail_.empty(); }

  growing_string& operator=(std::string_view bytes) {
    head_ = bytes;
    tail_.clear();
    size_of_tail_ = 0;
    return *this;
  }
  void append(std::string_view bytes) {
    if (whole() && (size() + bytes.size() <= piece || head_.capacity() - head_.size() >= bytes.size())) {
      head_.append(bytes);
      return;
    }
    if (whole() || tail_.back().size() + bytes.size() > piece) tail_.emplace_back();
    tail_.back().append(bytes);
    size_of_tail_ += bytes.size();
  }

  // Calls read(std::string_view) with all bytes, and returns what that does.
  template <class Read>
  decltype(auto) with(Read&& read) const {
    if (whole()) return read(std::string_view{head_});
    std::string all;
    all.reserve(size());
    each_piece([&](std::string_view bytes) { all.append(bytes); });
    return read(std::string_view{all});
  }

  // A place in a string. It stays good when bytes are appended and when the string is moved.
  struct place {
    std::size_t piece = 0;
    std::size_t offset = 0;
  };
  // The next bytes from `at` on that lie in a row, at most `most`; `at` is then behind them. Empty: at the end, or
  // `most` is 0. So a long string is read bit by bit, and not put together.
  std::string_view next(place& at, std::size_t most) const {
    for (; at.piece < tail_.size() && at.offset == bytes_of(at.piece).size(); at.offset = 0) ++at.piece;
    auto const bytes = std::string_view{bytes_of(at.piece)}.substr(at.offset, most);
    at.offset += bytes.size();
    return bytes;
  }

  friend bool operator==(growing_string const& a, std::string_view b) {
    if (a.size() != b.size()) return false;
    bool same = true;
    a.each_piece([&](std::string_view bytes) {
      same = same && b.starts_with(bytes);
      b.remove_prefix(bytes.size());
    });
    return same;
  }
  // By their bytes, in whatever pieces.
  friend bool operator==(growing_string const& a, growing_string const& b) {
    return b.with([&](std::string_view bytes) { return a == bytes; });
  }

private:
  std::string const& bytes_of(std::size_t n) const { return n == 0 ? head_ : tail_[n - 1]; }
  template <class F>
  void each_piece(F&& f) const {
    f(std::string_view{head_});
    for (auto const& bytes : tail_) f(std::string_view{bytes});
  }

  std::string head_{};
  std::vector<std::string> tail_{};
  std::size_t size_of_tail_ = 0;
};

} // namespace quorate::service
