// Up to three clients of one register, each of which writes its own number and, once that is done, reads; and
// what they remember, by which a history is judged.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace quorate::check {

class register_clients {
public:
  static constexpr std::size_t most = 3;

  explicit register_clients(std::size_t count) : each_(count) {}
  static register_clients of(std::span<std::uint32_t const> words) {
    register_clients all{words.size()};
    for (std::size_t c = 0; c < words.size(); ++c) {
      auto const w = words[c];
      all.each_[c] = {w & 3, w >> 2 & 3, {w >> 4 & 3, w >> 6 & 3, w >> 8 & 3}};
    }
    return all;
  }
  std::uint32_t word(std::size_t c) const {
    auto const& x = each_[c];
    return x.done | x.read << 2 | x.seen[0] << 4 | x.seen[1] << 6 | x.seen[2] << 8;
  }
  std::size_t size() const { return each_.size(); }

  bool writes(std::size_t c) const { return each_[c].done == 0; }
  bool reads(std::size_t c) const { return each_[c].done == 1; }
  // Its write is done, and its read begins.
  void has_written(std::size_t c) {
    each_[c].done = 1;
    for (std::size_t other = 0; other < size(); ++other)
      if (other != c) each_[c].seen[other] = each_[other].done;
  }
  void has_read(std::size_t c, std::uint32_t value) {
    each_[c].done = 2;
    each_[c].read = value;
  }

  // Whether all operations that are done, with any of those that are not, can be put into one order that explains
  // what was read and in which nothing comes before what was done when it began.
  bool linearizable() const { return ordered({}, 0); }

private:
  struct client {
    std::uint32_t done = 0; // operations, of its two
    std::uint32_t read = 0;
    std::array<std::uint32_t, most> seen{}; // how many of each other client's were done when its read began
  };
  using counts = std::array<std::uint32_t, most>;

  bool ordered(counts const& placed, std::uint32_t value) const {
    bool all = true;
    for (std::size_t c = 0; c < size(); ++c) all = all && placed[c] >= each_[c].done;
    if (all) return true;
    for (std::size_t c = 0; c < size(); ++c) {
      if (!may_come_next(c, placed, value)) continue;
      auto next = placed;
      ++next[c];
      if (ordered(next, placed[c] == 0 ? static_cast<std::uint32_t>(c) + 1 : value)) return true;
    }
    return false;
  }
  bool may_come_next(std::size_t c, counts const& placed, std::uint32_t value) const {
    auto const& x = each_[c];
    if (placed[c] == 0) return true;
    if (placed[c] > x.done || placed[c] == 2) return false;
    for (std::size_t other = 0; other < size(); ++other)
      if (placed[other] < x.seen[other]) return false;
    return x.done == 1 || x.read == value;
  }

  std::vector<client> each_;
};

} // namespace quorate::check
