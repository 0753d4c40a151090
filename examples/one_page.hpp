// A storage of one's own: a value of plain bytes, which each sync writes to a new file that replaces the old one.
#pragma once
#include "quorate/core/log_shape.hpp"
#include "quorate/policy/storage.hpp"
#include <fcntl.h>
#include <string>
#include <unistd.h>
using namespace quorate;

struct page : log_shape<32> { // a log_view that knows where its entries end; their records; what else must last
  hard_state hard{};
  std::uint64_t incarnation = 0; // how often it was opened
  std::uint32_t ends[257]{};     // entry i's record ends there; entry 0 is none
  std::byte records[8192]{};
  std::uint64_t room() const { return 256 - last().value; }
  entry_run fit(log_index i, std::uint32_t max, std::size_t bytes) const {
    auto run = run_at(i, max);
    while (run.count > 1 && ends[run.last().value] - ends[i.value - 1] > bytes) --run.count;
    return run;
  }
};

struct one_page {
  page now{};
  std::string folder;
  bool sound = true; // a save that has failed is not tried again
  explicit one_page(std::string f) : folder{std::move(f)} {
    if (int const fd = ::open((folder + "/page").c_str(), O_RDONLY); fd >= 0)
      sound = ::read(fd, &now, sizeof now) == sizeof now && ::close(fd) == 0;
    ++now.incarnation, sound = sound && save(); // before anything is sent
  }
  page const& log() const { return now; }
  hard_state hard() const { return now.hard; }
  store_identity identity() const { return {.incarnation = incarnation_id{now.incarnation}}; }
  std::optional<payloads> read(log_index i, std::uint32_t n) const {
    return payloads::trusted({now.records + now.ends[i.value - 1], now.records + now.ends[i.value - 1 + n]}, n);
  }
  bool put(entry_run const& run, payloads const& p) {
    auto* end = now.ends + run.first.value - 1;
    if (p.whole().size() > sizeof now.records - *end || run.count > now.room()) return false; // it is full
    payloads::copy(now.records + *end, p.whole());
    p.for_each([&](auto record) { end[1] = *end + static_cast<std::uint32_t>(p.prefix + record.size()), ++end; });
    configuration who{}; // with which such an entry's bytes begin
    if (run.kind == entry_kind::configuration) std::memcpy(&who, p.front().data(), sizeof who);
    return now.put(run, who);
  }
  bool put(hard_state const& h) { return now.hard = h, true; }
  bool truncate(log_index from) { return now.truncate(from), true; }
  bool compact(log_index) { return true; } // it may keep more than it is asked to
  std::optional<durable> sync(sync_order order) {
    return (sound = sound && save()) ? std::optional{std::move(order).succeeded()} : std::nullopt;
  }
  std::string failure() const { return "the page in " + folder + " can't be read or written"; }
  bool save() const { // the rename is what makes it whole or not at all
    int const dir = ::open(folder.c_str(), O_RDONLY), fd = ::openat(dir, "new", O_CREAT | O_TRUNC | O_RDWR, 0600);
    return ::write(fd, &now, sizeof now) == sizeof now && ::fsync(fd) == 0 && ::close(fd) == 0 &&
           ::renameat(dir, "new", dir, "page") == 0 && ::fsync(dir) == 0 && ::close(dir) == 0;
  }
};
static_assert(storage<one_page> && std::is_trivially_copyable_v<page>);
