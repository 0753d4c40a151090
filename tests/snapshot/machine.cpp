// check_machine: good machines keep the laws; for each law there is a careless machine that breaks just that and
// is told so.
#include "quorate/conform/machine.hpp"

#include "archetype/least_machine.hpp"
#include "quorate/core/little_endian.hpp"
#include "support/breaks_just.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace quorate {
namespace {

using check::machine_law;
using bytes = std::span<std::byte const>;

struct deposit {
  std::uint8_t account{};
  std::uint64_t amount{};
};
deposit any_deposit(std::uint64_t n) { return {static_cast<std::uint8_t>(n % 12), n >> 32}; }

constexpr auto no_law = static_cast<machine_law>(200);

// Accounts, and what is in each: but for one law. A save is the number of accounts, and a piece for each.
template <machine_law Broken = no_law>
class ledger {
public:
  static constexpr bool is(machine_law l) { return Broken == l; }

  ledger() : number_{++made} {}
  std::uint64_t apply(log_index i, deposit const& d) {
    applied_ = i;
    auto& held = now_[d.account] += d.amount;
    return held + (is(machine_law::same_commands_give_same_results) ? number_ : 0);
  }
  log_index applied() const { return applied_; }

  void begin_save() {
    frozen_ = now_, copied_ = !is(machine_law::saves_show_the_state_they_began_with);
    next_ = 0, done_ = false;
  }
  template <class Put>
  save_step save(Put& put) {
    if (!std::exchange(copied_, true)) frozen_ = now_;
    if (is(machine_law::sound_saves_are_done) && next_ == 3) return save_step::failed;
    do {
      auto const piece = next_ == 0 ? head() : row(*std::next(frozen_.begin(), next_ - 1));
      bool const taken = put(bytes{piece});
      if (!taken && !is(machine_law::untaken_pieces_fail_the_save)) return save_step::failed;
      ++next_;
      done_ = next_ > static_cast<std::ptrdiff_t>(frozen_.size());
    } while (is(machine_law::steps_are_bounded) && !done_);
    return done_ ? save_step::done : save_step::more;
  }
  void end_save() {
    if (is(machine_law::saves_are_not_felt)) now_ = frozen_;
    if (is(machine_law::saves_leave_no_trace) && !done_) ++now_[200];
  }

  void begin_restore(log_index at) {
    at_ = at, sound_ = true, left_.reset(), buffer_.clear(), rows_ = {}, reserved_ = {};
    if (is(machine_law::refused_restores_change_nothing)) now_.clear();
  }
  bool restore(bytes piece) {
    buffer_.insert(buffer_.end(), piece.begin(), piece.end());
    std::size_t used = 0;
    for (; sound_; used += left_ ? 9 : 8) {
      auto const rest = bytes{buffer_}.subspan(used);
      if (rest.size() < (left_ ? 9U : 8U)) break;
      if (left_) {
        sound_ = rows_.size() < *left_;
        if (sound_) rows_[std::to_integer<std::uint8_t>(rest[0])] = little_endian::get(rest, 1, 8);
        continue;
      }
      left_ = little_endian::get(rest, 0, 8);
      if (is(machine_law::damaged_bytes_do_no_harm)) reserved_.reserve(*left_);
      used -= 1; // a head is 8 bytes, a row 9
    }
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(used));
    if (is(machine_law::pieces_may_be_cut_anywhere) && !buffer_.empty()) sound_ = false;
    return sound_;
  }
  bool end_restore() {
    bool const whole = sound_ && left_ && rows_.size() == *left_ && buffer_.empty();
    bool const early = is(machine_law::cut_snapshots_are_refused) && sound_ && left_ && buffer_.empty();
    if (!whole && !early) return false;
    if (is(machine_law::sound_snapshots_are_restored) && !rows_.empty()) rows_.erase(rows_.begin());
    if (is(machine_law::restores_replace_the_whole_state)) rows_.merge(now_);
    now_ = rows_;
    if (!is(machine_law::applied_is_where_the_state_stands)) applied_ = at_;
    return true;
  }

private:
  using rows = std::map<std::uint8_t, std::uint64_t>;
  std::vector<std::byte> head() const {
    std::vector<std::byte> b;
    auto put = [&](std::byte x) { b.push_back(x); };
    little_endian::put(put, frozen_.size(), 8);
    return b;
  }
  std::vector<std::byte> row(rows::value_type const& r) const {
    std::vector<std::byte> b{std::byte{r.first}};
    auto put = [&](std::byte x) { b.push_back(x); };
    auto const salt = is(machine_law::same_commands_give_same_state) ? number_ : 0;
    little_endian::put(put, r.second + salt, 8);
    return b;
  }

  static inline std::uint64_t made = 0;
  std::uint64_t number_;
  rows now_{}, frozen_{}, rows_{};
  log_index applied_{}, at_{};
  std::ptrdiff_t next_ = 0;
  bool done_ = false, copied_ = true, sound_ = true;
  std::optional<std::uint64_t> left_{};
  std::vector<std::byte> buffer_{};
  std::vector<deposit> reserved_{};
};

constexpr check::machine_trials tried{.lives = 8, .commands = 8, .damages = 40, .step_bytes = 20};

TEST_CASE("good state machines keep the laws") {
  test::keeps_its_laws(check::check_machine<ledger<>>(any_deposit, tried));
  auto const letters = [](std::uint64_t n) {
    return std::vector<std::byte>(n % 3, static_cast<std::byte>(n >> 8));
  };
  test::keeps_its_laws(check::check_machine<test::least_machine<>>(letters));
  CHECK(check::check_machine<test::least_machine<>>(letters, {.lives = 1}).untried.empty());
}

TEST_CASE("each law of state machines is missed when it is broken") {
  test::each_law_is_missed<machine_law, detail::enumerators<machine_law>()>(
      []<machine_law Broken>() { return check::check_machine<ledger<Broken>>(any_deposit, tried); });
}

// Its accounts are saved in an order that the state does not decide.
class unordered_ledger : public ledger<> {
public:
  unordered_ledger() : turned_{++made_ % 2 == 0} {}
  template <class Put>
  save_step save(Put& put) {
    if (turned_) { // all at once, the last first
      std::vector<std::vector<std::byte>> pieces;
      auto keep = [&](bytes b) { return pieces.emplace_back(b.begin(), b.end()), true; };
      while (ledger::save(keep) == save_step::more) {}
      std::reverse(pieces.begin() + 1, pieces.end());
      for (auto const& p : pieces)
        if (!put(bytes{p})) return save_step::failed;
      return save_step::done;
    }
    return ledger::save(put);
  }
  std::map<std::uint8_t, std::uint64_t> accounts() {
    std::map<std::uint8_t, std::uint64_t> found;
    auto look = [&](bytes b) {
      if (b.size() == 9) found[std::to_integer<std::uint8_t>(b[0])] = little_endian::get(b, 1, 8);
      return true;
    };
    begin_save();
    while (ledger::save(look) == save_step::more) {}
    end_save();
    return found;
  }

private:
  static inline std::uint64_t made_ = 0;
  bool turned_;
};
TEST_CASE("machines whose bytes are not decided by their state are compared by what the user gives") {
  auto const make = [] { return unordered_ledger{}; };
  auto const same = [](unordered_ledger& one, unordered_ledger& other) {
    return one.accounts() == other.accounts();
  };
  check::machine_trials const all_at_once{.lives = 6, .commands = 6, .damages = 20};
  test::keeps_its_laws(check::check_machine(make, any_deposit, all_at_once, same));
  test::breaks_just(check::check_machine(make, any_deposit, all_at_once), "same_commands_give_same_state");
}

struct counts_results : ledger<> {
  struct unlike {};
  unlike apply(log_index i, deposit const& d) { return ledger::apply(i, d), unlike{}; }
};
TEST_CASE("results that cannot be compared are told as not tried") {
  auto const c = check::check_machine<counts_results>(any_deposit, {.lives = 2, .commands = 4, .damages = 10});
  test::keeps_its_laws(c);
  REQUIRE(c.untried.size() == 1);
  CHECK(c.untried[0] == "same_commands_give_same_results");
}

TEST_CASE("what is told of a careless machine says how it came to that") {
  auto const c = check::check_machine<ledger<machine_law::cut_snapshots_are_refused>>(any_deposit, tried);
  REQUIRE(c.broken.size() == 1);
  CHECK(c.text().find("restored cut after") != std::string::npos);
}

static_assert(!state_machine<ledger<>> && state_machine<ledger<>, deposit>, "commands are of the Messages policy");

} // namespace
} // namespace quorate
