// Entries written where the log already has some, or behind a gap: what Multi-Paxos asks of a storage that knows
// only how to append and to truncate. What lies behind is taken up and laid down again. It is rare: after a change
// of leader, and when messages overtake each other.
#pragma once

#include "quorate/core/log_view.hpp"
#include "quorate/core/payloads.hpp"
#include "quorate/policy/storage.hpp"
#include "quorate/replica/byte_buffer.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace quorate {

class rewriting {
public:
  // `write` takes one write after another: (entry_run, payloads) or (truncation). `offered` is the run's bytes, if
  // it has some of its own; otherwise it keeps those that stand there, or is `count` empty records. False if the
  // storage failed.
  template <storage Storage, class Write>
  [[nodiscard]] bool put(Storage& storage, entry_run const& run, payloads offered, Write&& write) {
    auto const& log = storage.log();
    auto const last = log.last();
    kept_.clear();
    bytes_.clear();
    if (run.first > last + 1) {
      auto const gap = static_cast<std::uint32_t>(run.first - last - 1);
      if (!write(entry_run{last + 1, gap, stamp{}, entry_kind::hole}, empty(gap))) return false;
      bytes_.clear();
      return write(run, offered.count() > 0 ? offered : empty(run.count));
    }
    std::size_t own = 0; // how much of bytes_ is the run's own, at its start
    if (offered.count() == 0) {
      if (run.kind == entry_kind::no_op)
        (void)empty(run.count);
      else if (!take_up(storage, run.first, run.last()))
        return false;
      own = bytes_.size();
      kept_.clear();
    }
    if (run.last() < last && !take_up(storage, run.last() + 1, last)) return false;
    if (run.first <= last && !write(truncation{run.first})) return false;
    auto const whole = bytes_.view();
    if (!write(run, offered.count() > 0 ? offered : payloads::trusted(whole.first(own), run.count))) return false;
    for (std::size_t at = own; auto const& k : kept_) {
      if (!write(k.run, payloads::trusted(whole.subspan(at, k.size), k.run.count))) return false;
      at += k.size;
    }
    return true;
  }

private:
  struct kept {
    entry_run run{};
    std::size_t size{};
  };
  payloads empty(std::uint32_t count) {
    auto const size = payloads::prefix * std::size_t{count};
    if (!bytes_.make_room(size)) return {};
    auto* const at = bytes_.add(size);
    std::memset(at, 0, size);
    return payloads::trusted({at, size}, count);
  }
  // Copies entries first..last behind what is in bytes_.
  template <class Storage>
  bool take_up(Storage& storage, log_index first, log_index last) {
    while (first <= last) {
      auto const left = static_cast<std::uint32_t>(last - first + 1);
      auto const run = storage.log().fit(first, left, std::size_t{1} << 20);
      auto const read = storage.read(run.first, run.count);
      if (!read || !bytes_.make_room(read->whole().size())) return false;
      auto const whole = read->whole();
      if (!whole.empty()) std::memcpy(bytes_.add(whole.size()), whole.data(), whole.size());
      kept_.push_back({run, whole.size()});
      first = run.last() + 1;
    }
    return true;
  }

  byte_buffer bytes_{};
  std::vector<kept> kept_{};
};

} // namespace quorate
