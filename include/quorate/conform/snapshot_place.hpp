// Where the snapshot store suite gets its stores from: what a user writes, a few lines, to have one tried.
#pragma once

#include "quorate/policy/snapshot_store.hpp"

#include <concepts>
#include <cstdint>
#include <type_traits>

namespace quorate::check {

// A place holds one store. Made by the user's factory, it is empty.
//
// | expression     | must do                                                                                     |
// | p.open()       | opens the store, or makes it if there is none: a pointer to it, which lives until the store |
// |                | is closed; nullptr: it could not be opened                                                  |
// | p.close()      | if it is there: ends the process that has it open, and no more                              |
// | p.cut_power(n) | if it is there: closes it, and takes away what is not on stable storage; it may keep a part |
// |                | of that which the number decides, and keeps nothing of it for 0                             |
// | p.fail_at(k)   | if it is there: from now on the k-th operation that the store can report fails, and no      |
// |                | other; 0: none                                                                              |
// | p.failed()     | with fail_at: whether that has happened                                                     |
// | p.damage(n)    | if it is there: the newest snapshot gets other bits in one byte that the number decides, of |
// |                | all that is kept of it. Also while the store is open                                        |
template <class P>
concept snapshot_place = requires(P& p) {
  requires std::is_pointer_v<decltype(p.open())>;
  requires snapshot_store<std::remove_pointer_t<decltype(p.open())>>;
};
template <class P>
concept snapshots_close = snapshot_place<P> && requires(P& p) {
  p.close();
};
template <class P>
concept snapshots_lose_power = snapshot_place<P> && requires(P& p, std::uint64_t n) {
  p.cut_power(n);
};
template <class P>
concept snapshots_fail = snapshot_place<P> && requires(P& p, std::uint64_t k) {
  p.fail_at(k);
  { p.failed() } -> std::same_as<bool>;
};
template <class P>
concept snapshots_rot = snapshot_place<P> && requires(P& p, std::uint64_t n) {
  p.damage(n);
};

} // namespace quorate::check
