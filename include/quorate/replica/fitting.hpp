// Whether a replica's options, storage and timer can work together: asked once, before anything is written.
#pragma once

#include "quorate/core/log_view.hpp"
#include "quorate/policy/timing.hpp"
#include "quorate/replica/config.hpp"
#include "quorate/replica/sentence.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace quorate {

using complaint = std::optional<std::string>; // what is wrong; nothing: all is well

namespace detail {

[[gnu::cold, gnu::noinline]] inline complaint sizes_misfit(replica_config const& c, std::size_t append_bytes) {
  if (c.max_command_bytes == 0 || c.max_command_bytes > most_command_bytes)
    return sentence({"replica_config::max_command_bytes is ", c.max_command_bytes, ": expected 1 to ",
                     most_command_bytes, "; give the size of the largest command that you propose, encoded"});
  auto const record = payloads::prefix + c.max_command_bytes;
  if (c.staged_bytes < record)
    return sentence({"replica_config::staged_bytes is ", c.staged_bytes, ": expected at least ", record,
                     ", which a command of max_command_bytes (", c.max_command_bytes,
                     ") and its length take; raise it, or lower max_command_bytes"});
  auto const least = frame_bytes_for(c.max_command_bytes, append_bytes);
  if (c.max_frame_bytes != 0 && c.max_frame_bytes < least)
    return sentence({"replica_config::max_frame_bytes is ", c.max_frame_bytes, ": expected at least ", least,
                     " for commands of max_command_bytes (", c.max_command_bytes,
                     ") and appends of limits' append_bytes (", append_bytes,
                     "), or 0 for just that; raise it, or lower the other two"});
  return std::nullopt;
}

// Of a replica with a snapshot store.
[[gnu::cold, gnu::noinline]] inline complaint snapshots_misfit(replica_config const& c) {
  auto const is_zero = [](std::string_view name, std::string_view meaning) {
    return sentence({"replica_config::", name, " is 0: expected 1 or more, or no snapshot would ever be ", meaning,
                     "; leave it as it was, or raise it"});
  };
  if (c.compaction.step == 0) return is_zero("compaction.step", "saved or restored");
  if (c.transfer.piece == 0) return is_zero("transfer.piece", "sent");
  if (c.transfer.window == 0) return is_zero("transfer.window", "sent");
  if (c.transfer.patience == 0) return is_zero("transfer.patience", "fetched");
  return std::nullopt;
}

inline constexpr std::uint64_t unbounded = ~std::uint64_t{0};

// What of the storage's numbers does not fit: `turn_bytes` may be written in one turn, `entries` may be held.
[[gnu::cold, gnu::noinline]] inline complaint storage_misfit(std::uint64_t staged, std::uint64_t frame,
                                                             std::uint64_t turn_bytes, std::uint64_t entries,
                                                             std::uint64_t reserve) {
  auto const half = turn_bytes == unbounded ? unbounded : turn_bytes / 2;
  if (staged > half || frame > half)
    return sentence({staged > half ? "replica_config::staged_bytes is " : "replica_config::max_frame_bytes is ",
                     staged > half ? staged : frame, ": expected at most ", half,
                     ", half of what this storage writes in one turn; lower it, or max_command_bytes"});
  auto const needed = reserve + 3; // the founding configuration, a leader's no-op, a command
  if (entries < needed)
    return sentence({"the storage has room for ", entries, " entries in all: expected at least ", needed,
                     ", because limits' reserve keeps ", reserve,
                     " back for no-ops and configurations; give it more (memory: memory_options::entries), or "
                     "lower reserve"});
  return std::nullopt;
}

// How much one turn may write, if the storage says so.
template <class Storage>
std::uint64_t turn_bytes_of(Storage const& s) {
  if constexpr (requires { s.turn_bytes(); })
    return s.turn_bytes();
  else
    return unbounded;
}
// How many entries the log may hold.
template <log_view Log>
[[gnu::cold]] std::uint64_t entries_of(Log const& log) {
  auto const room = log.room(), held = log.last() - log.compacted();
  return room > unbounded - held ? unbounded : room + held;
}

// What a policy says itself, if it says anything of the kind.
template <class Policy>
[[gnu::cold]] complaint told_by(Policy const& p) {
  if constexpr (requires { std::string{p.misfit()}; })
    if (std::string why{p.misfit()}; !why.empty()) return why;
  return std::nullopt;
}

// Of any timer, what its `after` shows; its own misfit() says more.
template <class Timer>
[[gnu::cold]] complaint timer_misfit(Timer const& t) {
  if (auto why = told_by(t)) return why;
  typename Timer::time const start{};
  auto const heartbeat = t.after(timing::heartbeat, start);
  if (!(start < heartbeat))
    return "the timer's heartbeat interval is not above 0: expected a third of the election timeout or less, and "
           "more than nothing, or a leader would send heartbeats without end; mend the timer's settings";
  if (!(heartbeat < t.after(timing::contact, start)))
    return "the timer's heartbeat interval is not below its election timeout: expected a third of it or less, or "
           "followers would campaign against a leader that is alive; mend the timer's settings";
  if (!(start < t.after(timing::request, start)))
    return "the timer's time for a request is not above 0: expected several election timeouts, or no proposal and "
           "no read could wait for its outcome; mend the timer's settings";
  return std::nullopt;
}

} // namespace detail

// The largest frame that a replica with these options may send.
constexpr std::size_t largest_frame(replica_config const& c, std::size_t append_bytes) {
  return c.max_frame_bytes != 0 ? c.max_frame_bytes : frame_bytes_for(c.max_command_bytes, append_bytes);
}

template <class Core, class Storage, class Timer>
[[gnu::cold]] complaint misfit(replica_config const& c, Storage const& s, Timer const& t) {
  constexpr auto const& limit = Core::options::limit;
  if (auto why = detail::sizes_misfit(c, limit.append_bytes)) return why;
  if (auto why = detail::timer_misfit(t)) return why;
  if (auto why = detail::told_by(s)) return why;
  return detail::storage_misfit(c.staged_bytes, largest_frame(c, limit.append_bytes), detail::turn_bytes_of(s),
                                detail::entries_of(s.log()), limit.reserve);
}

} // namespace quorate
