// Messages on their way, each in a slot of its own until it is delivered or lost.
#pragma once

#include "quorate/core/id.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <vector>

namespace quorate::sim {

template <class Message>
struct packet {
  std::uint32_t from = 0, to = 0; // places
  store_id store{};               // of the sender
  store_id meant_for{};           // the receiver's, as the sender knew it
  Message what{};
  std::vector<std::byte> bytes{};
  std::uint32_t count = 0;
  std::uint64_t hash = 0;   // of all this; its last eight bits are the type
  std::uint64_t number = 0; // of no other message; 0: this one has arrived, or is lost
};

template <class Message>
class mailbox {
public:
  packet<Message>& operator[](std::uint32_t slot) { return packets_[slot]; }
  packet<Message> const& operator[](std::uint32_t slot) const { return packets_[slot]; }

  std::uint32_t take() {
    if (free_.empty()) {
      packets_.emplace_back();
      return static_cast<std::uint32_t>(packets_.size() - 1);
    }
    auto const slot = free_.back();
    free_.pop_back();
    return slot;
  }
  void free(std::uint32_t slot) {
    auto& p = packets_[slot];
    p.number = 0;
    if (by_content_) {
      auto [it, end] = by_content_->equal_range(p.hash);
      while (it != end && it->second != slot) ++it;
      if (it != end) by_content_->erase(it);
    }
    free_.push_back(slot);
  }
  void free_all() {
    for (std::uint32_t slot = 0; slot < packets_.size(); ++slot)
      if (packets_[slot].number != 0) free(slot);
  }

  // --- to find them by what they say; only what is noted after index() is found fast
  void index() { by_content_.emplace(); }
  void note(std::uint32_t slot) {
    if (by_content_) by_content_->emplace(packets_[slot].hash, slot);
  }
  // Of several alike the oldest; if there is none, the oldest of its type on that link: once something is left out
  // of a schedule, numbers in messages differ.
  std::optional<std::uint32_t> find(std::uint32_t from, std::uint32_t to, std::uint64_t hash) const {
    if (!by_content_) return std::nullopt;
    auto const it = by_content_->lower_bound(hash);
    if (it != by_content_->end() && it->first == hash) return it->second;
    std::optional<std::uint32_t> found;
    for (std::uint32_t slot = 0; slot < packets_.size(); ++slot) {
      auto const& p = packets_[slot];
      if (p.number == 0 || p.from != from || p.to != to || p.what.index() != (hash & 0xff)) continue;
      if (!found || p.number < packets_[*found].number) found = slot;
    }
    return found;
  }

private:
  std::deque<packet<Message>> packets_{}; // whose places do not move
  std::vector<std::uint32_t> free_{};
  std::optional<std::multimap<std::uint64_t, std::uint32_t>> by_content_{};
};

} // namespace quorate::sim
