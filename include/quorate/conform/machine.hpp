// The laws of the State machine policy (policy/machine.hpp), tried in random lives: at every point of a life the
// machine is saved, restored, interrupted, and given snapshots that are cut short or damaged.
#pragma once

#include "quorate/conform/machine_hands.hpp"
#include "quorate/conform/report.hpp"
#include "quorate/sim/random.hpp"

namespace quorate::check {
namespace conform_detail {

template <class Make, class Commands, class Same>
class machine_suite {
public:
  using machine = std::invoke_result_t<Make&>;
  using command = std::remove_cvref_t<std::invoke_result_t<Commands&, std::uint64_t>>;
  using result = decltype(std::declval<machine&>().apply(log_index{}, std::declval<command const&>()));
  static constexpr bool compares_results = std::equality_comparable<std::remove_cvref_t<result>>;

  machine_suite(Make& make, Commands& commands, Same& same, machine_trials const& t)
      : make_{make}, commands_{commands}, same_{same}, trials_{t}, hands_{t, teller{this}} {
    result_.policy = "state machine";
    if constexpr (!std::is_void_v<result> && !compares_results)
      result_.untried.emplace_back(name_of(machine_law::same_commands_give_same_results));
  }

  conformance run() {
    for (std::uint64_t seed = 1; seed <= trials_.lives && result_; ++seed) one_life(seed);
    return result_;
  }

private:
  using law = machine_law;
  using numbers = std::vector<std::uint64_t>;
  struct teller {
    machine_suite* suite;
    void operator()(law l, std::string expected, std::string came) const {
      suite->breach(l, std::move(expected), std::move(came));
    }
  };

  void breach(law l, std::string expected, std::string came) {
    result_.note(name_of(l), std::move(expected), std::move(came), story_);
  }
  bool sound() const { return static_cast<bool>(result_); }
  void tell(std::string s) { story_ = std::move(s); }
  static std::string text(std::uint64_t n) { return std::to_string(n); }

  // Commands have indices with gaps between: what else stands in a log is not told to a machine.
  static log_index index_of(std::size_t n) { return log_index{1 + n + n / 3}; }
  static log_index end_of(std::size_t n) { return n == 0 ? log_index{} : index_of(n - 1); }

  // The n-th command of a life, on two machines. Both must say the same.
  void both(machine& one, machine& other, std::size_t n, numbers const& life, law l) {
    command const c = commands_(life[n]);
    bool alike = true;
    if constexpr (std::is_void_v<result> || !compares_results) {
      (void)one.apply(index_of(n), c);
      (void)other.apply(index_of(n), c);
    } else {
      auto const& first = one.apply(index_of(n), c);
      auto const& second = other.apply(index_of(n), c);
      alike = first == second;
    }
    if (!alike) return breach(l, "the result of command " + text(n + 1) + " to be the same", "another one");
    check_applied(one, index_of(n));
    check_applied(other, index_of(n));
  }
  void play(machine& m, std::size_t from, std::size_t to, numbers const& life) {
    for (auto n = from; n < to; ++n) (void)m.apply(index_of(n), command(commands_(life[n])));
  }
  void check_applied(machine const& m, log_index expected) {
    if (auto const at = m.applied(); at != expected)
      breach(law::applied_is_where_the_state_stands, "applied() to be " + text(expected.value), text(at.value));
  }
  bool alike(machine& one, machine& other) {
    if constexpr (std::is_same_v<std::remove_cv_t<Same>, by_saved_bytes>) {
      auto const first = hands_.save(one);
      auto const second = first ? hands_.save(other) : std::nullopt;
      return !second || *first == *second; // a save that failed has been told
    } else {
      return same_(one, other);
    }
  }
  // The state of `m` is that after the first n commands of a life.
  bool stands(machine& m, std::size_t n, numbers const& life, law l, std::string const& what) {
    if (!sound()) return false;
    machine other = make_();
    play(other, 0, n, life);
    if (!alike(m, other) && sound()) breach(l, what, "another state");
    return sound();
  }
  // From command n on, `m` goes on as one that has applied all from the first.
  void goes_on(machine& m, std::size_t n, numbers const& life, law l) {
    if (!sound()) return;
    machine other = make_();
    play(other, 0, n, life);
    for (; n < life.size() && sound(); ++n) both(m, other, n, life, l);
    if (sound() && !alike(m, other) && sound())
      breach(l, "the state after " + text(n) + " commands to be the same", "another one");
  }

  void one_life(std::uint64_t seed) {
    sim::stream any{seed, 3};
    numbers life(static_cast<std::size_t>((std::min)(seed, trials_.commands)));
    numbers others(static_cast<std::size_t>(1 + any.below(trials_.commands)));
    for (auto& n : life) n = any();
    for (auto& n : others) n = any();
    for (std::size_t k = 0; k <= life.size() && sound(); ++k) {
      ++result_.cases;
      if (k == 0) twins(life);
      if (k == 0 && sound()) twins(others);
      if (sound()) gives_up(life, k, any);
      if (sound()) saves_beside(life, k);
      if (sound()) restores(life, others, k);
      if (sound()) damages(life, others, k, any);
    }
  }

  void twins(numbers const& life) {
    tell(text(life.size()) + " commands are applied by two machines");
    machine one = make_(), other = make_();
    check_applied(one, {});
    for (std::size_t n = 0; n < life.size() && sound(); ++n)
      both(one, other, n, life, law::same_commands_give_same_results);
    if (sound() && !alike(one, other) && sound())
      breach(law::same_commands_give_same_state, "the same commands to give the same state", "two states");
  }

  void gives_up(numbers const& life, std::size_t k, sim::stream& any) {
    for (unsigned way = 0; way < 4 && sound(); ++way) {
      auto const steps = way == 0 ? 0 : way == 1 ? 1 + any.below(3) : trials_.idle_steps;
      auto const refused = way < 2 ? 0 : way == 2 ? 1 : 1 + any.below(4);
      tell(text(k) + " commands; a save begins, and is ended " +
           (refused != 0 ? "when piece " + text(refused) + " is not taken" : "after " + text(steps) + " steps"));
      machine m = make_();
      play(m, 0, k, life);
      if (!hands_.give_up(m, steps, refused)) return;
      check_applied(m, end_of(k));
      stands(m, k, life, law::saves_leave_no_trace, "a save that is over to have changed nothing");
      goes_on(m, k, life, law::saves_leave_no_trace);
    }
  }

  // A command is applied before each step of a save.
  void saves_beside(numbers const& life, std::size_t k) {
    tell(text(k) + " commands; a save begins, and a command is applied before each step of it");
    machine m = make_(), other = make_(), restored = make_();
    play(m, 0, k, life), play(other, 0, k, life);
    auto n = k;
    auto const bytes = hands_.save(m, [&] {
      if (n < life.size() && sound()) both(m, other, n++, life, law::saves_are_not_felt);
    });
    if (!bytes || !sound()) return;
    if (!stands(m, n, life, law::saves_are_not_felt, "the state beside a save to be the same as without")) return;
    goes_on(m, n, life, law::saves_are_not_felt);
    machine reference = make_(); // what a quiet save does not hold either is another law's
    auto const quiet = quietly_saved(life, k);
    if (!quiet || !restores_well(reference, end_of(k), *quiet, 0, law::sound_snapshots_are_restored) ||
        !restores_well(restored, end_of(k), *bytes, 0, law::saves_show_the_state_they_began_with))
      return;
    if (!alike(restored, reference) && sound())
      breach(law::saves_show_the_state_they_began_with, "a save to show the state after " + text(k) + " commands",
             "another state");
  }
  std::optional<machine_bytes> quietly_saved(numbers const& life, std::size_t k) {
    machine m = make_();
    play(m, 0, k, life);
    return hands_.save(m);
  }

  bool restores_well(machine& m, log_index at, machine_bytes const& bytes, std::size_t size, law l) {
    if (!hands_.restore(m, at, bytes, size)) {
      breach(l, "a sound snapshot of " + text(bytes.size()) + " bytes to be restored", "false of end_restore()");
      return false;
    }
    check_applied(m, at);
    return sound();
  }

  void restores(numbers const& life, numbers const& others, std::size_t k) {
    struct way {
      std::size_t size;
      bool used;
      law broken;
      char const* text;
    };
    auto const bytes = quietly_saved(life, k);
    if (!bytes) return;
    for (auto const& w : {way{0, false, law::sound_snapshots_are_restored, "at once, by a new machine"},
                          way{1, false, law::pieces_may_be_cut_anywhere, "by single bytes, by a new machine"},
                          way{7, false, law::pieces_may_be_cut_anywhere, "in pieces of 7, by a new machine"},
                          way{0, true, law::restores_replace_the_whole_state, "at once, by one with a state"}}) {
      tell(text(k) + " commands; saved, and restored " + w.text);
      machine m = make_();
      if (w.used) play(m, 0, others.size(), others);
      // Behind the last command may stand what is none.
      auto const at = k == life.size() ? end_of(k) + 1 : end_of(k);
      if (!restores_well(m, at, *bytes, w.size, w.broken)) return;
      stands(m, k, life, w.broken, "the state after " + text(k) + " commands");
      goes_on(m, k, life, w.broken);
      if (!sound()) return;
    }
  }

  // All positions, or as many as are to be tried.
  std::vector<std::size_t> positions(std::size_t size, sim::stream& any) const {
    std::vector<std::size_t> all;
    if (size <= trials_.damages)
      for (std::size_t i = 0; i < size; ++i) all.push_back(i);
    else
      for (std::uint64_t i = 0; i < trials_.damages; ++i)
        all.push_back(static_cast<std::size_t>(i < trials_.damages / 3 ? i : any.below(size)));
    return all;
  }

  void damages(numbers const& life, numbers const& others, std::size_t k, sim::stream& any) {
    auto const bytes = quietly_saved(life, k);
    if (!bytes) return;
    for (auto const at : positions(bytes->size(), any)) {
      auto cut = *bytes;
      cut.resize(at);
      damaged(life, others, k, cut, "cut after " + text(at) + " of " + text(bytes->size()) + " bytes", true);
      for (unsigned way = 0; way < 2 && sound(); ++way) {
        auto flipped = *bytes;
        if (way == 0)
          flipped[at] ^= static_cast<std::byte>(1U << any.below(8));
        else
          for (auto i = at; i < flipped.size() && i < at + 8; ++i) flipped[i] = std::byte{0xff};
        damaged(life, others, k, flipped, "with other bits in byte " + text(at), false);
      }
      if (!sound()) return;
    }
  }
  // Whether refused or not, it goes on, and restores a sound one as well as ever.
  void damaged(numbers const& life, numbers const& others, std::size_t k, machine_bytes const& bytes,
               std::string const& how, bool cut) {
    if (!sound()) return;
    tell(text(k) + " commands; saved, and restored " + how + " by a machine with a state");
    machine m = make_();
    play(m, 0, others.size(), others);
    bool taken = false;
    if (!hands_.harmless([&] { taken = hands_.restore(m, end_of(k), bytes, cut ? 0 : 5); })) return;
    if (taken && cut) return breach(law::cut_snapshots_are_refused, "false of end_restore()", "true");
    if (!taken) {
      if (m.applied() != end_of(others.size()))
        return breach(law::refused_restores_change_nothing,
                      "applied() to stay at " + text(end_of(others.size()).value), text(m.applied().value));
      stands(m, others.size(), others, law::refused_restores_change_nothing, "the state as it was before");
    }
    if (!sound()) return;
    auto const well = law::damaged_bytes_do_no_harm;
    hands_.harmless([&] {
      if (taken) play(m, k, life.size(), life);
      auto const right = quietly_saved(life, k);
      if (right && restores_well(m, end_of(k), *right, 0, well))
        stands(m, k, life, well, "a sound state after it");
    });
  }

  Make& make_;
  Commands& commands_;
  Same& same_;
  machine_trials trials_;
  conformance result_{};
  std::string story_{};
  machine_hands<machine, teller> hands_;
};

} // namespace conform_detail

// Tries a state machine. `make()` gives a new one, which has applied nothing; `commands(n)` the command that a
// number, any of 64 bits, stands for: what apply() takes. Machines are compared by what they save. If the same
// state may give other bytes, give `same(one, other)` instead, which says whether two machines have one state.
// The first case that goes wrong is the last: what follows from a broken law is not told as another.
template <class Make, class Commands, class Same = by_saved_bytes>
requires state_machine<std::invoke_result_t<Make&>,
                       std::remove_cvref_t<std::invoke_result_t<Commands&, std::uint64_t>>>
    conformance check_machine(Make&& make, Commands&& commands, machine_trials const& trials = {},
                              Same&& same = {}) {
  return conform_detail::machine_suite<std::remove_reference_t<Make>, std::remove_reference_t<Commands>,
                                       std::remove_reference_t<Same>>{make, commands, same, trials}
      .run();
}

// The same for a machine that is made from nothing.
template <std::default_initializable M, class Commands>
conformance check_machine(Commands&& commands, machine_trials const& trials = {}) {
  return check_machine([] { return M{}; }, commands, trials);
}

} // namespace quorate::check
