// What is wrong with a Storage policy: one sentence for each requirement of policy/storage.hpp, and of
// core/log_view.hpp for what it reads its log with.
#pragma once

#include "quorate/log/core.hpp"
#include "quorate/policy/storage.hpp"
#include "quorate/replica/member_fit.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace quorate::detail {

namespace call {
using n32 = std::uint32_t;
struct compacted {
  auto operator()(auto& l) const -> decltype(l.compacted());
};
struct last {
  auto operator()(auto& l) const -> decltype(l.last());
};
struct stamp_at {
  auto operator()(auto& l, log_index i) const -> decltype(l.stamp_at(i));
};
struct run_at {
  auto operator()(auto& l, log_index i, n32 n) const -> decltype(l.run_at(i, n));
};
struct fit {
  auto operator()(auto& l, log_index i, n32 n, std::size_t b) const -> decltype(l.fit(i, n, b));
};
struct last_not_above {
  auto operator()(auto& l, log_index i, stamp s) const -> decltype(l.last_not_above(i, s));
};
struct config_at {
  auto operator()(auto& l, log_index i) const -> decltype(l.config_at(i));
};
struct room {
  auto operator()(auto& l) const -> decltype(l.room());
};

struct log {
  auto operator()(auto& s) const -> decltype(s.log());
};
struct hard {
  auto operator()(auto& s) const -> decltype(s.hard());
};
struct identity {
  auto operator()(auto& s) const -> decltype(s.identity());
};
struct read {
  auto operator()(auto& s, log_index i, n32 n) const -> decltype(s.read(i, n));
};
struct put_run {
  auto operator()(auto& s, entry_run run, payloads bytes) const -> decltype(s.put(run, bytes));
};
struct truncate {
  auto operator()(auto& s, log_index i) const -> decltype(s.truncate(i));
};
struct put_hard {
  auto operator()(auto& s, hard_state h) const -> decltype(s.put(h));
};
struct compact {
  auto operator()(auto& s, log_index i) const -> decltype(s.compact(i));
};
struct sync {
  auto operator()(auto& s, sync_order&& order) const -> decltype(s.sync(static_cast<sync_order&&>(order)));
};
struct failure {
  auto operator()(auto& s) const -> decltype(s.failure());
};
struct install {
  auto operator()(auto& s, snapshot_mark m, above_mark k) const -> decltype(s.install(m, k));
};
} // namespace call

struct view_type {
  template <class T>
  static constexpr bool takes = log_view<T>;
};
struct text_type {
  template <class T>
  static constexpr bool takes = std::convertible_to<T, std::string_view>;
};

struct config_type { // by value or not
  template <class T>
  static constexpr bool takes = std::same_as<std::remove_cvref_t<T>, configuration>;
};

enum class log_member { compacted, last, stamp_at, run_at, fit, last_not_above, config_at, room };

template <class Log>
consteval fault<log_member> log_fault() {
  using l = std::remove_reference_t<Log> const;
  using i = log_index;
  using n = std::uint32_t;
  using m = log_member;
  using run = same_as_type<entry_run>;
  return first_fault(fault{m::compacted, judge<same_as_type<i>, l, call::compacted>()},
                     fault{m::last, judge<same_as_type<i>, l, call::last>()},
                     fault{m::stamp_at, judge<same_as_type<stamp>, l, call::stamp_at, i>()},
                     fault{m::run_at, judge<run, l, call::run_at, i, n>()},
                     fault{m::fit, judge<run, l, call::fit, i, n, std::size_t>()},
                     fault{m::last_not_above, judge<same_as_type<i>, l, call::last_not_above, i, stamp>()},
                     fault{m::config_at, judge<config_type, l, call::config_at, i>()},
                     fault{m::room, judge<same_as_type<std::uint64_t>, l, call::room>()});
}

enum class storage_member {
  log,
  hard,
  identity,
  read,
  put_run,
  truncate,
  put_hard,
  compact,
  sync,
  failure,
  install
};

// A storage need not have install(mark, k). But if it has a member of that name, it is to be that one.
template <class Storage>
consteval verdict install_verdict() {
  constexpr auto v = judge<same_as_type<bool>, Storage, call::install, snapshot_mark, above_mark>();
  constexpr bool named = requires { &Storage::install; };
  return v == verdict::missing && !named ? verdict::fits : v;
}

template <class Storage>
consteval fault<storage_member> storage_fault() {
  using s = Storage;
  using m = storage_member;
  using done = same_as_type<bool>;
  return first_fault(
      fault{m::log, judge<view_type, s const, call::log>()},
      fault{m::hard, judge<same_as_type<hard_state>, s const, call::hard>()},
      fault{m::identity, judge<same_as_type<store_identity>, s const, call::identity>()},
      fault{m::read, judge<same_as_type<std::optional<payloads>>, s, call::read, log_index, std::uint32_t>()},
      fault{m::put_run, judge<done, s, call::put_run, entry_run, payloads>()},
      fault{m::truncate, judge<done, s, call::truncate, log_index>()},
      fault{m::put_hard, judge<done, s, call::put_hard, hard_state>()},
      fault{m::compact, judge<done, s, call::compact, log_index>()},
      fault{m::sync, judge<same_as_type<std::optional<durable>>, s, call::sync, sync_order>()},
      fault{m::failure, judge<text_type, s const, call::failure>()}, fault{m::install, install_verdict<s>()});
}

// Of what a storage's log() gives, which is no log_view.
template <fault<log_member> f>
struct why_no_log_view {
  using m = log_member;
  QUORATE_SAY_OF("Storage: what log() gives", compacted, "compacted()", "log_index compacted() const");
  QUORATE_SAY_OF("Storage: what log() gives", last, "last()", "log_index last() const");
  QUORATE_SAY_OF("Storage: what log() gives", stamp_at, "stamp_at(i)", "stamp stamp_at(log_index) const");
  QUORATE_SAY_OF("Storage: what log() gives", run_at, "run_at(i, max)",
                 "entry_run run_at(log_index, std::uint32_t max) const");
  QUORATE_SAY_OF("Storage: what log() gives", fit, "fit(i, max, bytes)",
                 "entry_run fit(log_index, std::uint32_t max, std::size_t bytes) const");
  QUORATE_SAY_OF("Storage: what log() gives", last_not_above, "last_not_above(i, s)",
                 "log_index last_not_above(log_index, stamp) const");
  QUORATE_SAY_OF("Storage: what log() gives", config_at, "config_at(i)",
                 "configuration const& config_at(log_index) const");
  QUORATE_SAY_OF("Storage: what log() gives", room, "room()", "std::uint64_t room() const");
};

// Takes the place of a storage that does not fit; nothing of it is ever called.
struct no_storage {
  no_log log() const;
  hard_state hard() const;
  store_identity identity() const;
  std::optional<payloads> read(log_index, std::uint32_t);
  bool put(entry_run const&, payloads);
  bool truncate(log_index);
  bool put(hard_state const&);
  bool compact(log_index);
  std::optional<durable> sync(sync_order);
  std::string_view failure() const;
};

template <fault<storage_member> f>
struct why_no_storage {
  using m = storage_member;
  QUORATE_SAY_OF("Storage", log, "log()", "a log_view log() const");
  QUORATE_SAY_OF("Storage", hard, "hard()", "hard_state hard() const");
  QUORATE_SAY_OF("Storage", identity, "identity()", "store_identity identity() const");
  QUORATE_SAY_OF("Storage", read, "read(i, n)", "std::optional<payloads> read(log_index, std::uint32_t n)");
  QUORATE_SAY_OF("Storage", put_run, "put(run, payloads)", "bool put(entry_run const&, payloads)");
  QUORATE_SAY_OF("Storage", truncate, "truncate(i)", "bool truncate(log_index)");
  QUORATE_SAY_OF("Storage", put_hard, "put(hard_state)", "bool put(hard_state const&)");
  QUORATE_SAY_OF("Storage", compact, "compact(i)", "bool compact(log_index)");
  QUORATE_SAY_OF("Storage", sync, "sync(order)", "std::optional<durable> sync(sync_order)");
  QUORATE_SAY_OF("Storage", failure, "failure()", "std::string failure() const");
  QUORATE_SAY_OF("Storage", install, "install(mark, above)", "bool install(snapshot_mark const&, above_mark)");
};

// `Say`: whether to say what is wrong.
template <class Storage, bool Say>
constexpr auto fitting_storage() {
  if constexpr (storage<Storage> && install_verdict<Storage>() == verdict::fits) {
    return type_is<Storage>{};
  } else if constexpr (!Say) {
    return type_is<no_storage>{};
  } else {
    constexpr auto f = storage_fault<Storage>();
    if constexpr (f == fault{storage_member::log, verdict::other_type})
      (void)sizeof(why_no_log_view<log_fault<decltype(std::declval<Storage const&>().log())>()>);
    else
      (void)sizeof(why_no_storage<f>);
    return type_is<no_storage>{};
  }
}

} // namespace quorate::detail
