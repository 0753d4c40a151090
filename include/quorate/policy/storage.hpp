// The Storage policy: where a replica keeps its log, its hard state and who it is.
#pragma once

#include "quorate/core/entry.hpp"
#include "quorate/core/log_view.hpp"
#include "quorate/core/payloads.hpp"
#include "quorate/core/snapshot.hpp"
#include "quorate/effect/ticket.hpp"

#include <concepts>
#include <cstdint>
#include <optional>
#include <string_view>

namespace quorate {

// Who a store belongs to, as it stood when it was opened.
struct store_identity {
  cluster_id cluster{};
  node_id node{};               // a replica of another node refuses it; 0: the store names nobody
  store_id store{};             // made at random with the store: a wiped disk has another
  incarnation_id incarnation{}; // of this opening: one more than at the last one, and durable
  friend constexpr bool operator==(store_identity const&, store_identity const&) = default;
};

// A storage is opened (recovered) by its own constructor or factory; a replica gets it ready.
//
// | expression           | returns              | must guarantee                                                 |
// | c.log()              | a log_view           | reflects every write at once, durable or not                   |
// | c.hard()             | hard_state           | the last one written, each byte of it: only its core knows     |
// |                      |                      | what they mean                                                 |
// | c.identity()         | store_identity       | durable before the storage was handed out                      |
// | s.read(i, n)         | optional<payloads>   | the bytes of entries i..i+n-1, which log().fit gave as one     |
// |                      |                      | piece; borrowed until the next non-const call. nullopt: failed |
// | s.put(run, payloads) | bool                 | writes the run, whose bytes it copies, at log().last()+1. One  |
// |                      |                      | of configurations that configuration_form can't read: false    |
// | s.truncate(i)        | bool                 | entries from i on are gone; never at or below compacted()      |
// | s.put(hard_state)    | bool                 | replaces the last one as a whole: never half of it             |
// | s.compact(i)         | bool                 | entries up to i need not be kept; stamp and configuration      |
// |                      |                      | at i are. May keep more than asked. i <= log().last()          |
// | s.sync(order)        | optional<durable>    | everything written before is on stable storage, in full;       |
// |                      |                      | nullopt: failed, and it must not be called again               |
// | c.failure()          | text, as string_view | after a failure: what went wrong, where, and what to do        |
//
// Take the writes between two sync orders that no order covers yet. After a crash all of them are there, or none
// of them is. The reason: to write over an entry, the hands truncate the log, put the entry, and put the entries
// behind it again (replica/rewriting.hpp). A store that kept only the truncation would have lost votes.
// order.upto() counts the puts, truncates and installs since the storage was opened; a sync may cover later ones
// too. A `false` or `nullopt` stops the replica for good: a message that waited on the write is never sent. The
// replica does not try again, because a sync that failed may have lost its pages, and a second call may still
// "succeed". Called from one thread.
// It may have a member c.misfit(), text, which says why its options can't work; empty: they can. A replica on such
// a storage is stopped from the start, and its failure() is that text.
//
// One that keeps nothing beyond its process says `static constexpr bool is_volatile = true`: then a replica
// without snapshots may compact, because nobody will want to build the machine's state again.
//
// A put adds no more entries than log().room() says there is room for. A storage that can write only so much in
// one go has one member more: c.turn_bytes(), std::uint64_t: how many bytes of payloads may be put between two
// sync orders. A replica never puts more, and is stopped from the start if its options ask for more.
template <class S>
concept storage = requires(S s, S const c, entry_run run, payloads bytes, log_index i, hard_state h,
                           std::uint32_t n, sync_order order) {
  { c.log() } -> log_view;
  { c.hard() } -> std::same_as<hard_state>;
  { c.identity() } -> std::same_as<store_identity>;
  { s.read(i, n) } -> std::same_as<std::optional<payloads>>;
  { s.put(run, bytes) } -> std::same_as<bool>;
  { s.truncate(i) } -> std::same_as<bool>;
  { s.put(h) } -> std::same_as<bool>;
  { s.compact(i) } -> std::same_as<bool>;
  { s.sync(static_cast<sync_order&&>(order)) } -> std::same_as<std::optional<durable>>;
  { c.failure() } -> std::convertible_to<std::string_view>;
};

// A storage whose log can begin behind a snapshot has one member more:
//
// | s.install(mark, k)   | bool                 | the log is compacted up to mark.at, with mark's stamp and      |
// |                      |                      | configuration there. What stands above it stays or goes, as k  |
// |                      |                      | says (core/snapshot.hpp), by the log as it stands now. A write |
// |                      |                      | like any other: after a crash without a sync, the log is the   |
// |                      |                      | old one, whole. log().compacted() < mark.at                    |
template <class S>
concept installing_storage = storage<S> && requires(S s, snapshot_mark const& m, above_mark k) {
  { s.install(m, k) } -> std::same_as<bool>;
};

// A storage may have a second form of sync, in three parts, so that a sync can run beside the turn
// (replica/sync_thread.hpp). sync(order) is then prepare, wait and finish, one after the other. One at a time:
// from prepare() to finish() there is no other prepare() and no sync(). Everything else may be called meanwhile;
// it is not part of that sync.
//
// | expression       | returns                   | must guarantee                                               |
// | s.prepare(order) | optional<S::pending_sync> | everything written before is on its way; nullopt: failed     |
// | p.wait()         |                           | returns once it is on stable storage, or has failed. On any  |
// |                  |                           | thread, and touches nothing that the other calls touch       |
// | s.finish(p)      | optional<durable>         | after wait() has returned, on the turn's thread: as sync()   |
template <class S>
concept parted_storage = storage<S> && requires(S s, typename S::pending_sync p, sync_order order) {
  requires std::movable<typename S::pending_sync>;
  { s.prepare(static_cast<sync_order&&>(order)) } -> std::same_as<std::optional<typename S::pending_sync>>;
  { p.wait() }
  noexcept;
  { s.finish(static_cast<typename S::pending_sync&&>(p)) } -> std::same_as<std::optional<durable>>;
};

// What a storage is between prepare() and finish(); nothing for one whose sync has no parts.
template <class S>
struct pending_of {
  struct type {
    void wait() noexcept {}
  };
};
template <parted_storage S>
struct pending_of<S> {
  using type = typename S::pending_sync;
};

} // namespace quorate
