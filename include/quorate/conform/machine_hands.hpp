// What the machine suite does with a machine: has it apply, save and restore, and looks at what comes.
#pragma once

#include "quorate/core/enumerators.hpp"
#include "quorate/policy/machine.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace quorate::check {

enum class machine_law : std::uint8_t {
  applied_is_where_the_state_stands, // 0 of a new one, then the last command's index, or the restore's
  same_commands_give_same_results,   // not tried of results without ==
  same_commands_give_same_state,
  sound_saves_are_done,         // a save of which each piece is taken ends, and does not fail
  steps_are_bounded,            // one step puts no more than so many bytes
  untaken_pieces_fail_the_save, // and nothing is put after one
  saves_show_the_state_they_began_with,
  saves_are_not_felt,           // what is applied beside a save gives the same results and the same state
  saves_leave_no_trace,         // whether done or given up
  sound_snapshots_are_restored, // and hold all of the state that results show
  pieces_may_be_cut_anywhere,   // one byte at a time, too
  restores_replace_the_whole_state,
  cut_snapshots_are_refused, // wherever they end
  refused_restores_change_nothing,
  damaged_bytes_do_no_harm, // whether refused or not
};
constexpr std::string_view name_of(machine_law l) { return detail::name_among(l); }

struct machine_trials {
  std::uint64_t lives = 12;
  std::uint64_t commands = 14;            // of the longest life; the first ones are short
  std::uint64_t damages = 120;            // cuts and flips of one snapshot; all of them where there are fewer
  std::size_t step_bytes = 1U << 20;      // the most that one step may put
  std::size_t snapshot_bytes = 64U << 20; // a save that puts more does not end
  std::uint64_t idle_steps = 10'000;      // nor does one that puts nothing in so many steps
};

// Compares two machines by what they save: the same state, the same bytes.
struct by_saved_bytes {};

namespace conform_detail {

using machine_bytes = std::vector<std::byte>;

// The hands of a suite: each thing that goes wrong is told to `breach(law, expected, came)`, and then false or
// nothing is given.
template <class Machine, class Breach>
class machine_hands {
public:
  machine_hands(machine_trials const& t, Breach breach) : trials_{t}, breach_{std::move(breach)} {}

  // One step. Between nothing and `more` it adds to `bytes`.
  save_step step(Machine& m, machine_bytes& bytes) {
    std::size_t put_now = 0;
    auto put = [&](std::span<std::byte const> piece) {
      bytes.insert(bytes.end(), piece.begin(), piece.end());
      put_now += piece.size();
      return true;
    };
    auto const came = m.save(put);
    idle_ = put_now == 0 ? idle_ + 1 : 0;
    if (put_now > trials_.step_bytes)
      return broken(machine_law::steps_are_bounded,
                    "a step of a save to put at most " + std::to_string(trials_.step_bytes) + " bytes",
                    std::to_string(put_now)),
             save_step::failed;
    if (came == save_step::failed || idle_ > trials_.idle_steps || bytes.size() > trials_.snapshot_bytes)
      return broken(machine_law::sound_saves_are_done, "a save of which each piece is taken to be done",
                    came == save_step::failed ? "failed"
                                              : "no end of it, in " + std::to_string(bytes.size()) + " bytes"),
             save_step::failed;
    return came;
  }
  // Calls between() before each step, which may apply something.
  template <class Between>
  std::optional<machine_bytes> save(Machine& m, Between&& between) {
    machine_bytes bytes;
    idle_ = 0;
    m.begin_save();
    for (auto came = save_step::more; came != save_step::done;) {
      between();
      if ((came = step(m, bytes)) == save_step::failed) return std::nullopt;
    }
    m.end_save();
    return bytes;
  }
  std::optional<machine_bytes> save(Machine& m) {
    return save(m, [] {});
  }
  // A save that is given up after so many steps, or when its `refuse`-th piece is not taken (0: all are).
  bool give_up(Machine& m, std::uint64_t steps, std::uint64_t refuse) {
    std::uint64_t pieces = 0;
    bool refused = false, again = false;
    auto put = [&](std::span<std::byte const>) {
      again = again || refused;
      refused = refused || ++pieces == refuse;
      return !refused;
    };
    m.begin_save();
    auto came = save_step::more;
    for (; steps > 0 && came == save_step::more && !refused; --steps) came = m.save(put);
    m.end_save();
    if (refused && (again || came != save_step::failed))
      return broken(machine_law::untaken_pieces_fail_the_save,
                    "a step whose piece is not taken to say `failed`, and to put no more",
                    again                     ? "another piece"
                    : came == save_step::done ? "`done`"
                                              : "`more`"),
             false;
    return true;
  }

  // What end_restore() said. `size` is that of a piece; 0: all in one.
  static bool restore(Machine& m, log_index at, machine_bytes const& bytes, std::size_t size) {
    m.begin_restore(at);
    std::span<std::byte const> left{bytes};
    while (!left.empty()) {
      // A buffer of the piece's own: who reads outside of it is seen by the sanitizers.
      auto const n = size == 0 ? left.size() : (std::min)(size, left.size());
      machine_bytes const piece(left.begin(), left.begin() + static_cast<std::ptrdiff_t>(n));
      left = left.subspan(n);
      if (!m.restore(piece)) break;
    }
    return m.end_restore();
  }

  // Whether f() ends without an exception.
  template <class F>
  bool harmless(F&& f) {
#if defined(__cpp_exceptions)
    try {
      f();
    } catch (std::exception const& e) { return harmed(e.what()); } catch (...) {
      return harmed("of no type that says what");
    }
#else
    f();
#endif
    return true;
  }

private:
  void broken(machine_law law, std::string expected, std::string came) {
    breach_(law, std::move(expected), std::move(came));
  }
  bool harmed(std::string const& what) {
    broken(machine_law::damaged_bytes_do_no_harm, "nothing to be thrown, whatever the bytes are",
           "an exception: " + what);
    return false;
  }

  machine_trials trials_;
  Breach breach_;
  std::uint64_t idle_ = 0;
};

} // namespace conform_detail
} // namespace quorate::check
