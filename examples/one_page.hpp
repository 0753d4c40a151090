// A storage of one's own: a value of plain bytes, which each sync writes to a new file that replaces the old one.
#pragma once
#include "quorate/core/log_shape.hpp"
#include "quorate/policy/storage.hpp"
#include <fcntl.h>
#include <string>
#include <unistd.h>

// A log_view that knows where its entries end; their records; what else must last.
struct page : quorate::log_shape<256, 256> {
  quorate::hard_state hard{};
  std::uint64_t incarnation = 0; // how often it was opened
  std::uint32_t ends[257]{};     // entry i's record ends there; entry 0 is none
  std::byte records[32768]{};
  std::uint64_t room() const { return 256 - last().value; } // each may be a run, and a configuration, of its own
  quorate::entry_run fit(quorate::log_index i, std::uint32_t max, std::size_t bytes) const {
    auto run = run_at(i, max);
    while (run.count > 1 && ends[run.last().value] - ends[i.value - 1] > bytes) --run.count;
    return run;
  }
};

struct descriptor { // an open file, closed whatever happens
  int fd;
  explicit descriptor(int f) : fd{f} {}
  descriptor(descriptor const&) = delete;
  ~descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

struct one_page {
  page now{};
  std::string folder;
  bool sound = true; // a save that has failed is not tried again
  explicit one_page(std::string f) : folder{std::move(f)} {
    if (descriptor const file{::open((folder + "/page").c_str(), O_RDONLY | O_CLOEXEC)}; file.fd >= 0)
      sound = ::read(file.fd, &now, sizeof now) == sizeof now;
    ++now.incarnation, sound = sound && save(); // before anything is sent
  }
  page const& log() const { return now; }
  quorate::hard_state hard() const { return now.hard; }
  quorate::store_identity identity() const { return {.incarnation = quorate::incarnation_id{now.incarnation}}; }
  std::optional<quorate::payloads> read(quorate::log_index i, std::uint32_t n) const {
    return quorate::payloads::trusted(
        {now.records + now.ends[i.value - 1], now.records + now.ends[i.value - 1 + n]}, n);
  }
  bool put(quorate::entry_run const& run, quorate::payloads const& p) {
    auto* end = now.ends + run.first.value - 1;
    if (p.whole().size() > sizeof now.records - *end || run.count > now.room()) return false; // it is full
    p.copy(now.records + *end, p.whole());
    p.for_each([&](auto record) { end[1] = *end + static_cast<std::uint32_t>(p.prefix + record.size()), ++end; });
    if (run.kind != quorate::entry_kind::configuration) return now.put(run);
    auto const who = quorate::configuration_form::read(p.front(), run.first); // as such an entry's bytes say
    return who && now.put(run, *who);
  }
  bool put(quorate::hard_state const& h) { return now.hard = h, true; }
  bool truncate(quorate::log_index from) { return now.truncate(from), true; }
  bool compact(quorate::log_index) { return true; } // it may keep more than it is asked to
  std::optional<quorate::durable> sync(quorate::sync_order order) {
    return (sound = sound && save()) ? std::optional{std::move(order).succeeded()} : std::nullopt;
  }
  std::string failure() const { return "the page in " + folder + " can't be read or written"; }
  bool save() const { // the rename is what makes it whole or not at all
    descriptor const dir{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    descriptor const file{::openat(dir.fd, "new", O_CREAT | O_TRUNC | O_RDWR | O_CLOEXEC, 0600)};
    return ::write(file.fd, &now, sizeof now) == sizeof now && ::fsync(file.fd) == 0 &&
           ::renameat(dir.fd, "new", dir.fd, "page") == 0 && ::fsync(dir.fd) == 0;
  }
};
static_assert(quorate::storage<one_page> && std::is_trivially_copyable_v<page>);
