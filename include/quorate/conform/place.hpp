// Where a conformance suite gets its stores from: what a user writes, a few lines, to have a storage tried.
#pragma once

#include "quorate/policy/storage.hpp"
#include "quorate/sim/fitting.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

namespace quorate::check {

// A place holds one store. Made by the user's factory, it is empty.
//
// | expression     | must do                                                                                     |
// | p.open()       | opens the store, or makes it if there is none: a pointer to the storage, which lives until  |
// |                | the store is closed; nullptr: it could not be opened                                        |
// | p.close()      | if it is there: ends the process that has it open, and no more: nothing is synced for that  |
// | p.cut_power(n) | if it is there: closes it, and takes away what is not on stable storage; it may keep a part |
// |                | of that which the number decides, and keeps nothing of it for 0                             |
// | p.fail_at(k)   | if it is there: from now on the k-th operation that the storage can report fails (a read, a |
// |                | write, a sync), and no other; 0: none                                                       |
// | p.failed()     | with fail_at: whether that has happened                                                     |
template <class P>
concept store_place = requires(P& p) {
  requires std::is_pointer_v<decltype(p.open())>;
  requires storage<std::remove_pointer_t<decltype(p.open())>>;
};
template <class P>
concept place_closes = store_place<P> && requires(P& p) {
  p.close();
};
template <class P>
concept place_loses_power = store_place<P> && requires(P& p, std::uint64_t n) {
  p.cut_power(n);
};
template <class P>
concept place_fails = store_place<P> && requires(P& p, std::uint64_t k) {
  p.fail_at(k);
  { p.failed() } -> std::same_as<bool>;
};

// A place for a storage whose store outlives it, as in files: `open()` makes the storage, once more each time.
template <class Open>
class place_by {
public:
  using store = std::invoke_result_t<Open&>;
  explicit place_by(Open open) : open_{std::move(open)} {}
  store* open() {
    store_ = std::unique_ptr<store>{new store(open_())};
    return store_.get();
  }
  void close() { store_.reset(); }

private:
  Open open_;
  std::unique_ptr<store> store_{};
};

// A place for a storage that is fitted for the simulator (sim/fitting.hpp): as `memory` is, and what is like it.
template <storage S>
class fitted_place {
public:
  S* open() { return &store_; }
  void close() { sim::storage_fitting<S>::reopen(store_); }
  void cut_power(std::uint64_t) { sim::storage_fitting<S>::crash(store_); }

private:
  S store_ = sim::storage_fitting<S>::make({cluster_id{7}, node_id{3}, store_id{9}, incarnation_id{1}}, 1000);
};

} // namespace quorate::check
