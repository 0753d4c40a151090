// What a power cut may leave of a disk: every subset of what was not synced, each block whole or torn, sizes and
// names by themselves. Blocks are small here, so that a turn is several.
#pragma once

#include "support/dice.hpp"
#include "wal_disk.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

namespace quorate {

class crash_images {
public:
  static constexpr std::size_t block = 64;

  explicit crash_images(disk const& d) : base_{d} {
    base_.watch = nullptr;
    base_.heal();
    for (auto const& [id, f] : d.inodes)
      for (std::size_t k = 0; k < f.pending.size(); ++k) add_change(id, f.pending[k], k);
    for (std::size_t k = 0; k < d.pending_names.size(); ++k) pieces_.push_back({.name = true, .change = k});
  }
  std::size_t pending() const { return pieces_.size(); }

  // Calls f(disk) for each image that differs, as long as f says true; if there are more than `most`, then for
  // about that many, drawn, and for those in which each change is lost, torn in its middle or kept, if there are
  // few changes. False: they were drawn.
  template <class F>
  bool each(std::uint64_t most, test::dice& dice, F&& f) const {
    std::vector<fate> fates(pieces_.size(), fate::lost);
    std::unordered_set<std::uint64_t> seen;
    auto const show = [&] {
      auto d = image(fates);
      return !seen.insert(hash(d)).second || f(std::move(d));
    };
    if (count(3) <= most) {
      do
        if (!show()) return true;
      while (next(fates, true));
      return true;
    }
    if (count(2) <= most) { // all subsets of whole blocks, and as many with torn ones
      do
        if (!show()) return false;
      while (next(fates, false));
    }
    auto const changes = first_pieces();
    std::vector<fate> coarse(changes.size(), fate::lost);
    if (changes.size() <= 4) do {
        for (std::size_t c = 0; c < changes.size(); ++c) {
          auto const end = c + 1 < changes.size() ? changes[c + 1] : pieces_.size();
          auto const middle = changes[c] + (end - changes[c]) / 2;
          for (auto k = changes[c]; k < end; ++k)
            fates[k] = coarse[c] != fate::torn ? coarse[c] : k < middle ? fate::kept : fate::lost;
          if (coarse[c] == fate::torn && tears(middle)) fates[middle] = fate::torn;
        }
        if (!show()) return false;
      } while (next_coarse(coarse));
    for (std::uint64_t n = 0; n < most; ++n) {
      auto const kept = dice(101);
      for (std::size_t k = 0; k < fates.size(); ++k)
        fates[k] = dice(100) >= kept ? fate::lost : tears(k) && dice(5) == 0 ? fate::torn : fate::kept;
      if (!show()) return false;
    }
    return false;
  }

private:
  enum class fate : std::uint8_t { lost, kept, torn };
  struct piece { // of a change to a file: some of its bytes, or (none) its size; or a name
    bool name = false;
    std::size_t change = 0;
    int file = -1;
    std::size_t from = 0, to = 0;
  };

  void add_change(int id, disk::change const& x, std::size_t k) {
    if (x.bytes.empty()) pieces_.push_back({.change = k, .file = id});
    for (std::size_t from = 0; from < x.bytes.size();) {
      auto const to = std::min(x.bytes.size(), from + block - (x.at + from) % block);
      pieces_.push_back({.change = k, .file = id, .from = from, .to = to});
      from = to;
    }
  }
  // Where the pieces of each change begin.
  std::vector<std::size_t> first_pieces() const {
    std::vector<std::size_t> first;
    for (std::size_t k = 0; k < pieces_.size(); ++k)
      if (pieces_[k].from == 0) first.push_back(k);
    return first;
  }
  static bool next_coarse(std::vector<fate>& fates) {
    for (auto& f : fates) {
      f = f == fate::lost ? fate::kept : f == fate::kept ? fate::torn : fate::lost;
      if (f != fate::lost) return true;
    }
    return false;
  }
  bool tears(std::size_t k) const { return pieces_[k].to > pieces_[k].from + 1; }
  // How many images there are, if a block that can be torn has so many fates.
  std::uint64_t count(std::uint64_t torn) const {
    std::uint64_t n = 1;
    for (std::size_t k = 0; k < pieces_.size() && n < std::uint64_t{1} << 40; ++k) n *= tears(k) ? torn : 2;
    return n;
  }
  bool next(std::vector<fate>& fates, bool torn) const {
    for (std::size_t k = 0; k < fates.size(); ++k) {
      if (fates[k] == fate::lost) return fates[k] = fate::kept, true;
      if (fates[k] == fate::kept && torn && tears(k)) return fates[k] = fate::torn, true;
      fates[k] = fate::lost;
    }
    return false;
  }

  disk image(std::vector<fate> const& fates) const {
    auto d = base_;
    for (std::size_t k = 0; k < fates.size(); ++k) {
      auto const& p = pieces_[k];
      if (fates[k] == fate::lost) continue;
      if (p.name) {
        disk::rename(d.durable_names, base_.pending_names[p.change]);
        continue;
      }
      auto& f = d.inodes[p.file];
      auto const& x = base_.inodes.at(p.file).pending[p.change];
      if (x.bytes.empty() && f.durable.size() < x.at) f.durable.resize(x.at);
      disk::apply(f.durable, x, p.from, fates[k] == fate::torn ? p.from + (p.to - p.from) / 2 : p.to);
    }
    for (auto& [id, f] : d.inodes) f.pending.clear(), f.now = f.durable;
    d.pending_names.clear();
    d.names = d.durable_names;
    d.locked.clear();
    return d;
  }
  static std::uint64_t hash(disk const& d) {
    std::uint64_t h = 0;
    auto const mix = [&h](std::string_view s) {
      h = (h ^ std::hash<std::string_view>{}(s)) * 0x9e3779b97f4a7c15U;
      h ^= h >> 29;
    };
    for (auto const& [name, id] : d.names) {
      mix(name);
      auto const& now = d.inodes.at(id).now;
      mix({reinterpret_cast<char const*>(now.data()), now.size()});
    }
    return h;
  }

  disk base_;
  std::vector<piece> pieces_{};
};

} // namespace quorate
