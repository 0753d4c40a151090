// The user's node ids, and who they are: members, with their places.
#pragma once

#include "quorate/core/entry.hpp"
#include "quorate/core/payloads.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace quorate {

// The members of a cluster as it was founded: least id first. So every node that is given the same ids gives them
// the same places and numbers, in whatever order they came.
template <std::size_t Capacity>
class membership {
public:
  // False if there are none, too many, the same twice, or one is 0.
  [[nodiscard]] bool assign(std::span<node_id const> ids) {
    for (auto& id : ids_) id = {};
    size_ = 0;
    for (auto const id : ids) {
      if (id == node_id{} || find(id) != peer{} || size_ == Capacity) return false;
      ids_[size_++] = id;
      for (auto i = size_ - 1; i > 0 && ids_[i] < ids_[i - 1]; --i) std::swap(ids_[i], ids_[i - 1]);
    }
    config_ = configuration{node_set<64>::first(size_)};
    config_.number = log_index{1};
    return size_ > 0;
  }
  std::size_t size() const { return size_; }
  // Precondition: it is one of them.
  node_id operator[](peer p) const {
    QUORATE_ASSERT(p.place.value < size_, "no member is at the place of member ", p.member.value);
    return ids_[p.place.value];
  }
  // peer{} if it is none of them.
  peer find(node_id id) const {
    if (id == node_id{}) return {};
    for (std::size_t i = 0; i < Capacity; ++i) // what is behind the last one is 0
      if (ids_[i] == id)
        return {node_index{static_cast<std::uint8_t>(i)}, member_id{static_cast<std::uint16_t>(i + 1)}};
    return {};
  }
  configuration const& config() const { return config_; }

  // The configuration's entry, as one record.
  std::vector<std::byte> record() const {
    std::vector<std::byte> out(payloads::prefix);
    configuration_form::write(
        config_, [&](std::byte b) { out.push_back(b); },
        [&](node_index place) {
          return member_row{place, founder_at(place), ids_[place.value], {}, {}};
        });
    payloads::put_length(out.data(), static_cast<std::uint32_t>(out.size() - payloads::prefix));
    return out;
  }
  // Does that entry name these members? In the form of any version: a store that an earlier one made has its form.
  bool is_named_by(payloads::bytes entry) const {
    bool same = true;
    auto const row = [&](member_row const& r) {
      same = same && r.place.value < size_ && r.node == ids_[r.place.value] && r.store == store_id{} &&
             r.bytes.empty();
    };
    auto const c = configuration_form::read(entry, log_index{1}, row);
    return same && c == std::optional{config_};
  }

private:
  node_id ids_[Capacity]{};
  std::size_t size_ = 0;
  configuration config_{};
};

} // namespace quorate
