// The disk of a node of single-decree Paxos: two records, each written as a whole. What no sync has covered may be
// lost from the end, as sim/disk.hpp does it for logs.
#pragma once

#include "quorate/effect/ticket.hpp"
#include "quorate/paxos/node.hpp"
#include "quorate/policy/storage.hpp"
#include "quorate/sim/disk.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace quorate::sim {

template <class Value>
class record_disk {
public:
  using record = paxos::acceptor_record<Value>;
  using image = paxos::recovered<Value>;

  explicit record_disk(store_identity const& identity) : identity_{identity} {}

  // --- what a node does with it
  image const& recovered() const { return written_; }
  store_identity identity() const { return identity_; }
  template <class Write>
  bool put(Write const& w) {
    if (trouble_ != disk_trouble::none) {
      failure_ = trouble_ == disk_trouble::full ? "the disk is full" : "a write has failed";
      return false;
    }
    carry_out(written_, w);
    journal_.push_back({w, group_});
    return true;
  }
  std::optional<durable> sync(sync_order order) {
    for (; synced_ < order.upto() && head_ < journal_.size(); ++synced_, ++head_) {
      std::visit([&](auto const& w) { this->carry_out(durable_, w); }, journal_[head_].what);
      if (auto const* r = std::get_if<record>(&journal_[head_].what)) votes_.push_back(r->voted);
    }
    return std::move(order).succeeded();
  }
  std::string failure() const { return failure_; }

  // --- what the simulator does to it
  void close_group() { ++group_; }
  std::size_t groups_at_risk() const {
    std::size_t n = 0;
    for (auto i = head_; i < journal_.size(); ++i)
      n += i == head_ || journal_[i].group != journal_[i - 1].group ? 1 : 0;
    return n;
  }
  void crash(std::size_t kept) {
    std::size_t n = 0;
    for (auto i = head_; i < journal_.size(); ++i) {
      n += i == head_ || journal_[i].group != journal_[i - 1].group ? 1 : 0;
      if (n > kept) break;
      std::visit([&](auto const& w) { this->carry_out(durable_, w); }, journal_[i].what);
      if (auto const* r = std::get_if<record>(&journal_[i].what)) votes_.push_back(r->voted);
    }
    written_ = durable_;
    journal_.clear();
    head_ = 0, synced_ = 0, group_ = 0;
    trouble_ = disk_trouble::none;
    failure_.clear();
    identity_.incarnation = incarnation_id{identity_.incarnation.value + 1};
  }
  void fail(char const* why) { failure_ = why; }
  void make(disk_trouble t) { trouble_ = t; }
  void damage(log_index) { damaged_ = true; }
  bool damaged() const { return damaged_; }

  // --- what is known of it
  image const& durable_image() const { return durable_; }
  // The votes that have become durable since this was last asked.
  std::vector<paxos::vote<Value>> take_votes() { return std::exchange(votes_, {}); }
  bool has_votes() const { return !votes_.empty(); }

private:
  struct entry {
    std::variant<record, paxos::ballot_floor> what{};
    std::uint64_t group = 0;
  };
  static void carry_out(image& i, record const& w) { i.acceptor = w; }
  static void carry_out(image& i, paxos::ballot_floor const& w) { i.proposer = w; }

  store_identity identity_;
  image written_{}, durable_{};
  std::vector<entry> journal_{}; // from head_ on: what no sync has covered
  std::vector<paxos::vote<Value>> votes_{};
  std::size_t head_ = 0;
  std::uint64_t synced_ = 0;
  std::uint64_t group_ = 0;
  disk_trouble trouble_{};
  bool damaged_ = false;
  std::string failure_{};
};

} // namespace quorate::sim
