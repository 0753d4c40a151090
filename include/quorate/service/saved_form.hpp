// The entries of a key-value store as bytes: how they are written in steps, and read back however they are cut.
#pragma once

#include "quorate/core/config.hpp"
#include "quorate/service/entries.hpp"
#include "quorate/service/growing_string.hpp"
#include "quorate/service/operation.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace quorate::service {

// The same entries give the same bytes, and there is one form of them:
//
//   head    mark (4 bytes, "QKVS"), version (4, little-endian)
//   entry   1 (1 byte), the key, the value; the entries stand in their order (entry_order), each key once
//   end     0 (1 byte), how many entries there were (varint)
//
// A key and a value are strings as in an operation (operation.hpp): the length (varint) and the bytes. Whoever
// changes the form counts the version up. Behind the end stands nothing.
struct saved_form {
  static constexpr std::uint8_t version = 1;
  static constexpr std::array<char, 8> head{'Q', 'K', 'V', 'S', char{version}, 0, 0, 0};
  static constexpr char entry = 1;
  static constexpr char end = 0;
};

// How much one step of a save does, at most.
struct saved_step {
  std::size_t bytes = std::size_t{64} << 10; // put; at least `least_bytes`
  std::size_t keys = 512;                    // gone by

  static constexpr std::size_t least_bytes = 64;
};

// Writes the form into a buffer, which is to be taken away when it is full.
class saved_writer {
public:
  // `most` bytes are the most that the buffer comes to hold. Precondition: at least saved_step::least_bytes.
  void begin(std::size_t most) {
    QUORATE_ASSERT(most >= saved_step::least_bytes, "saved_writer: steps of ", most, " bytes are too small");
    *this = {};
    full_ = most - numbers;
    buffer_.reserve(most);
    buffer_.append(saved_form::head.data(), saved_form::head.size());
  }
  // Writes of an entry what there is room for; whether that is all of it. If not, the next call goes on with it.
  // The value is the first `size` bytes of `value`.
  bool entry(std::string_view key, growing_string const& value, std::size_t size) {
    if (at_ == part::none) {
      if (room() == 0) return false;
      buffer_.push_back(saved_form::entry);
      op_detail::put_varint(buffer_, key.size());
      at_ = part::key, left_ = key.size();
    }
    if (at_ == part::key) {
      auto const some = key.substr(key.size() - left_, room());
      buffer_.append(some);
      if ((left_ -= some.size()) > 0) return false;
      op_detail::put_varint(buffer_, size);
      at_ = part::value, left_ = size, place_ = {};
    }
    while (left_ > 0) {
      if (room() == 0) return false;
      auto const some = value.next(place_, (std::min)(left_, room()));
      QUORATE_ASSERT(!some.empty(), "saved_writer: a value ends ", left_, " bytes early");
      buffer_.append(some);
      left_ -= some.size();
    }
    at_ = part::none;
    ++entries_;
    return true;
  }
  // Behind the last entry.
  void end() {
    buffer_.push_back(saved_form::end);
    op_detail::put_varint(buffer_, entries_);
  }

  std::span<std::byte const> buffer() const { return std::as_bytes(std::span<char const>{buffer_}); }
  void take_away() { buffer_.clear(); }

private:
  enum class part : std::uint8_t { none, key, value };

  // What may come behind the last byte for which there was room: an entry's mark, its two lengths, and the end.
  static constexpr std::size_t numbers = 1 + 10 + 10 + 1 + 10;

  std::size_t room() const { return buffer_.size() < full_ ? full_ - buffer_.size() : 0; }

  std::string buffer_{};
  std::size_t full_ = 0;
  std::uint64_t entries_ = 0;
  part at_ = part::none;
  std::size_t left_ = 0; // bytes of that part
  growing_string::place place_{};
};

// Makes entries of the bytes, which come in pieces. Whatever they are, it holds no more than they could make: a
// length that claims to be large has nothing allocated for it.
class saved_reader {
public:
  // Takes the next bytes. False: they are no such form, and no more need come. The time is that of making the
  // entries which the piece holds.
  bool read(std::span<std::byte const> piece) {
    std::string_view in{reinterpret_cast<char const*>(piece.data()), piece.size()};
    while (!in.empty() && at_ != part::refused) take(in);
    return at_ != part::refused;
  }
  // Whether all has come, to the last byte, and is sound.
  bool whole() const { return at_ == part::over; }
  // The entries that it has made; then it has none. Unless it is whole() they are for the garbage.
  entry_map entries() {
    if (value_.size() > 0) add();
    return std::exchange(entries_, {});
  }

private:
  enum class part : std::uint8_t { head, mark, key_size, key, value_size, value, count, over, refused };

  void take(std::string_view& in) {
    switch (at_) {
    case part::head: return head(in);
    case part::mark: return mark(in);
    case part::key_size:
      if (!number(in)) return;
      at_ = part::key;
      [[fallthrough]];
    case part::key: return key(in);
    case part::value_size:
      if (!number(in)) return;
      at_ = part::value;
      [[fallthrough]];
    case part::value: return value(in);
    case part::count:
      if (number(in)) at_ = left_ == entries_.size() ? part::over : part::refused;
      return;
    case part::over:
    case part::refused: break;
    }
    at_ = part::refused;
  }

  void head(std::string_view& in) {
    if (in.front() != saved_form::head[seen_]) return refuse();
    in.remove_prefix(1);
    if (++seen_ == saved_form::head.size()) at_ = part::mark, seen_ = 0;
  }
  void mark(std::string_view& in) {
    auto const c = in.front();
    in.remove_prefix(1);
    at_ = c == saved_form::entry ? part::key_size : c == saved_form::end ? part::count : part::refused;
  }
  void key(std::string_view& in) {
    key_.append(some(in));
    if (left_ > 0) return;
    hash_ = entry_hash(key_);
    bool const ascends =
        entries_.empty() || entry_order{}(std::prev(entries_.end())->first, entry_probe{hash_, key_});
    at_ = ascends ? part::value_size : part::refused;
  }
  void value(std::string_view& in) {
    auto const bytes = some(in);
    if (value_.size() == 0)
      value_ = bytes; // in a row, as far as they came so
    else
      value_.append(bytes);
    if (left_ > 0) return;
    add();
    at_ = part::mark;
  }
  void add() {
    entries_.emplace_hint(entries_.end(), entry_key{hash_, std::exchange(key_, {})}, std::exchange(value_, {}));
  }

  // Whether a varint is there, in left_. It may have begun in an earlier piece. Refuses all but the shortest form.
  bool number(std::string_view& in) {
    while (!in.empty()) {
      auto const c = in.front();
      in.remove_prefix(1);
      digits_[seen_++] = c;
      bool const last = static_cast<unsigned char>(c) < 0x80;
      if (!last && seen_ < digits_.size()) continue;
      std::string_view digits{digits_.data(), std::exchange(seen_, 0)};
      auto const n = op_detail::take_varint(digits);
      if (!n) return refuse(), false;
      left_ = *n;
      return true;
    }
    return false;
  }
  // Of the left_ bytes of a string those that are there.
  std::string_view some(std::string_view& in) {
    auto const bytes = in.substr(0, static_cast<std::size_t>((std::min<std::uint64_t>)(left_, in.size())));
    in.remove_prefix(bytes.size());
    left_ -= bytes.size();
    return bytes;
  }
  void refuse() { at_ = part::refused; }

  part at_ = part::head;
  std::size_t seen_ = 0;          // bytes of the head, or of a number
  std::array<char, 10> digits_{}; // of the number that is coming
  std::uint64_t left_ = 0;        // a number that has come; of a string, how many of its bytes have not
  std::string key_{};
  std::uint64_t hash_ = 0;
  growing_string value_{};
  entry_map entries_{};
};

} // namespace quorate::service
