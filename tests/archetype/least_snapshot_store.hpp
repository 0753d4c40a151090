// The least snapshot store: the members that the concept documents and no other, neither copied nor moved. `Lacks`
// takes one member away (0: none), to show that the concept asks for it.
#pragma once

#include "quorate/snapshot/form.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace quorate::test {

// Text, as std::string_view: and no more than that.
struct least_reason {
  operator std::string_view() const { return "what was asked can't be done"; }
};

template <int Lacks = 0>
class least_snapshot_store {
public:
  least_snapshot_store() = default;
  least_snapshot_store(least_snapshot_store const&) = delete;
  least_snapshot_store& operator=(least_snapshot_store const&) = delete;
  void operator&() const = delete;

  bool begin(snapshot_mark const& mark, std::span<std::byte const> entry) requires(Lacks != 1) {
    unfinished_.reset();
    auto const newest = kept_.empty() ? std::nullopt : std::optional{kept_.back().info};
    if (misfit_of(mark, entry, newest) != snapshot_misfit::none) return false;
    unfinished_ = one{{mark, snapshot_id{++ids_}, 0, 0}, {entry.begin(), entry.end()}, {}};
    return true;
  }
  bool write(std::span<std::byte const> bytes) requires(Lacks != 2) {
    if (unfinished_) unfinished_->bytes.insert(unfinished_->bytes.end(), bytes.begin(), bytes.end());
    return unfinished_.has_value();
  }
  bool seal() requires(Lacks != 3) {
    if (!unfinished_) return false;
    unfinished_->info.size = unfinished_->bytes.size();
    unfinished_->info.checksum = snapshot_checksum{}.add(unfinished_->bytes).value();
    kept_.push_back(*unfinished_);
    unfinished_.reset();
    return true;
  }
  std::optional<snapshot_info> unfinished() const requires(Lacks != 10) {
    if (!unfinished_) return std::nullopt;
    auto so_far = unfinished_->info;
    so_far.size = unfinished_->bytes.size();
    so_far.checksum = snapshot_checksum{}.add(unfinished_->bytes).value();
    return so_far;
  }
  std::optional<snapshot_info> newest() const requires(Lacks != 4) {
    return kept_.empty() ? std::nullopt : std::optional{kept_.back().info};
  }
  std::optional<snapshot_info> before(snapshot_id id) const requires(Lacks != 5) {
    for (std::size_t k = 1; k < kept_.size(); ++k)
      if (kept_[k].info.id == id) return kept_[k - 1].info;
    return std::nullopt;
  }
  std::optional<std::span<std::byte const>> entry(snapshot_id id) requires(Lacks != 6) {
    for (auto const& k : kept_)
      if (k.info.id == id) return k.entry;
    return std::nullopt;
  }
  std::optional<std::size_t> read(snapshot_id id, std::uint64_t from,
                                  std::span<std::byte> out) requires(Lacks != 7) {
    for (auto const& k : kept_) {
      if (k.info.id != id) continue;
      std::span<std::byte const> left{k.bytes};
      left = left.subspan(std::min<std::size_t>(from, left.size()));
      left = left.first(std::min(left.size(), out.size()));
      std::copy(left.begin(), left.end(), out.begin());
      return left.size();
    }
    return std::nullopt;
  }
  bool drop(snapshot_id id) requires(Lacks != 8) {
    if (!kept_.empty() && kept_.back().info.id == id) return false;
    std::erase_if(kept_, [&](one const& k) { return k.info.id == id; });
    return true;
  }
  least_reason failure() const requires(Lacks != 9) { return {}; }

private:
  struct one {
    snapshot_info info;
    std::vector<std::byte> entry, bytes;
  };
  std::vector<one> kept_{};
  std::optional<one> unfinished_{};
  std::uint64_t ids_ = 0;
};

} // namespace quorate::test
