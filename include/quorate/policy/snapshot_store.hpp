// The Snapshot store policy: where whole snapshots of the state machine are kept.
#pragma once

#include "quorate/core/id.hpp"
#include "quorate/core/snapshot.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace quorate {

// A store's name for one snapshot, made with it. A store gives none twice, and never 0. What another store calls
// its copy of the same snapshot is another name.
using snapshot_id = strong_id<struct snapshot_tag, std::uint64_t>;

struct snapshot_info {
  snapshot_mark mark{};
  snapshot_id id{};
  std::uint64_t size{};     // of the machine's bytes
  std::uint32_t checksum{}; // of them, as snapshot_checksum has it (snapshot/form.hpp): of each copy the same
  friend constexpr bool operator==(snapshot_info const&, snapshot_info const&) = default;
};

// A store is opened (recovered) by its own constructor or factory. It has whole snapshots, which are sealed, and
// at most one unfinished one. Called from one thread.
//
// | expression            | returns            | must guarantee                                                  |
// | s.begin(mark, entry)  | bool               | an empty snapshot is begun; an unfinished one before it is gone.|
// |                       |                    | `entry`: the bytes of the entry of mark.config, table and       |
// |                       |                    | addresses too, which are copied. false, and nothing is begun:   |
// |                       |                    | mark.at is not above newest()'s, or the entry is not of         |
// |                       |                    | mark.config (configuration_form), or it failed                  |
// | s.write(bytes)        | bool               | they are added to what was begun                                |
// | s.seal()              | bool               | it is whole: its length and checksum are with it, and it is on  |
// |                       |                    | stable storage. From now on it is newest(), also after a crash  |
// | c.unfinished()        | optional<info>     | of what was begun: how many bytes were written since, and their |
// |                       |                    | checksum. Whoever knows what it should be looks before seal()   |
// | c.newest()            | optional<info>     | of the whole ones that of the greatest index                    |
// | c.before(id)          | optional<info>     | of the whole ones the next one below                            |
// | s.entry(id)           | optional<span      | the configuration's entry, as it was given; borrowed until the  |
// |                       |   <byte const>>    | next non-const call. nullopt: there is no such snapshot         |
// | s.read(id, from, out) | optional<size_t>   | as many of the machine's bytes, from that offset on, as fit and |
// |                       |                    | are there: 0 at the end. nullopt: no such snapshot, or failed   |
// | s.drop(id)            | bool               | it is not there any more; true too if it was not. The newest    |
// |                       |                    | one can't be dropped: false. After a crash it may be there      |
// | c.failure()           | text               | after a false or a nullopt: what was expected, what came, and   |
// |                       |                    | what to do. Also after an opening that found a damaged snapshot |
//
// A failed begin, write or seal ends the unfinished snapshot: what was newest() still is. It does not end the
// store. The next begin() may well succeed, as when there is space again; so a node whose snapshots fail goes on
// with its log. What seal() refused may be there after a crash; if so, it is whole.
//
// What is damaged is never given out as whole. When the store is opened, the newest snapshot is read, and refused
// by name if it is damaged: the one before it is newest(). What rots later is noticed by whoever reads a snapshot
// from its first byte to its last, in order: the last piece is refused, and so is the snapshot from then on.
template <class S>
concept snapshot_store = requires(S& s, S const& c, snapshot_mark const& mark, snapshot_id id,
                                  std::span<std::byte const> bytes, std::uint64_t from, std::span<std::byte> out) {
  { s.begin(mark, bytes) } -> std::same_as<bool>;
  { s.write(bytes) } -> std::same_as<bool>;
  { s.seal() } -> std::same_as<bool>;
  { c.unfinished() } -> std::same_as<std::optional<snapshot_info>>;
  { c.newest() } -> std::same_as<std::optional<snapshot_info>>;
  { c.before(id) } -> std::same_as<std::optional<snapshot_info>>;
  { s.entry(id) } -> std::same_as<std::optional<std::span<std::byte const>>>;
  { s.read(id, from, out) } -> std::same_as<std::optional<std::size_t>>;
  { s.drop(id) } -> std::same_as<bool>;
  { c.failure() } -> std::convertible_to<std::string_view>;
};

// A store may have a second form of seal, in three parts, as a storage has of sync: a large snapshot takes the
// disk for seconds, and a turn must not wait for that. seal() is then prepare_seal, wait and finish_seal, one
// after the other. From prepare_seal() to finish_seal() nothing is begun, written or sealed; all else may be
// called.
//
// | expression        | returns                   | must guarantee                                              |
// | s.prepare_seal()  | optional<S::pending_seal> | all is on its way; nullopt: failed, and nothing is unfinished|
// | p.wait()          |                           | returns once it is on stable storage, or has failed. On any |
// |                   |                           | thread, and touches nothing that the other calls touch      |
// | s.finish_seal(p)  | bool                      | after wait() has returned, on the thread of the calls: as   |
// |                   |                           | seal()                                                      |
//
// Such a store may have one member more, because to remove a large file takes a while, too. What it gives goes the
// same way. Meanwhile all may be called:
//
// | s.prepare_drop(id)| optional<S::pending_seal> | drop() in parts: from now on it is not there. nullopt: it    |
// |                   |                           | was not, or is the newest. finish_seal(p) says: it is gone   |
template <class S>
concept parted_snapshot_store = snapshot_store<S> && requires(S& s, typename S::pending_seal p) {
  requires std::movable<typename S::pending_seal>;
  { s.prepare_seal() } -> std::same_as<std::optional<typename S::pending_seal>>;
  { p.wait() }
  noexcept;
  { s.finish_seal(static_cast<typename S::pending_seal&&>(p)) } -> std::same_as<bool>;
};

// What a store is between prepare_seal() and finish_seal(); nothing for one whose seal has no parts.
template <class S>
struct pending_seal_of {
  struct type {
    void wait() noexcept {}
  };
};
template <parted_snapshot_store S>
struct pending_seal_of<S> {
  using type = typename S::pending_seal;
};

} // namespace quorate
