// Clients of kv that ask one thing after another, and what became of each.
#pragma once

#include "../../examples/kv/client.hpp"
#include "../../examples/kv/interrupt.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace quorate::test {

using load_clock = std::chrono::steady_clock;
using milliseconds = std::chrono::milliseconds;

struct was_interrupted {};

// Sleeps, and throws was_interrupted when the program is told to end.
inline void pause_for(load_clock::duration time) {
  auto const until = load_clock::now() + time;
  do {
    if (kv::interrupted()) throw was_interrupted{};
    auto const left = std::chrono::ceil<milliseconds>(until - load_clock::now());
    std::this_thread::sleep_for(std::clamp(left, milliseconds{0}, milliseconds{10}));
  } while (load_clock::now() < until);
}

// Where a client asks next when a node does not answer, or refuses.
enum class retry : std::uint8_t {
  here,
  elsewhere, // at the next port, and then there
  and_back,  // at the next port, until it is answered; then where it began
};
struct load_habits {
  std::size_t clients = 1; // client i begins at port i, counted round
  // For one answer; the connection is given up after it. The second client at a port takes the second, and so on,
  // counted round: clients that were left without an answer at one time do not keep step.
  std::vector<milliseconds> patience{};
  milliseconds pause{0}; // after each answer
  bool reads = false;    // GET; otherwise SET
  retry again = retry::elsewhere;
};

// Asks from its construction until its end. Precondition: there are a port and a patience. At the end each client
// waits for the answer that it is owed; a node that is gone owes none.
class load {
public:
  using time_point = load_clock::time_point;

  load(std::vector<std::uint16_t> ports, load_habits const& habits) : ports_{std::move(ports)}, habits_{habits} {
    for (std::size_t i = 0; i < habits.clients; ++i) threads_.emplace_back([this, i] { ask(i); });
  }
  load(load const&) = delete;
  load& operator=(load const&) = delete;
  ~load() { done_ = true; }
  // Asks no more, and waits for what is open.
  void finish() {
    done_ = true;
    threads_.clear();
  }

  // How many were answered within that time.
  std::size_t answered(time_point from, time_point to) const {
    std::lock_guard const hold{mutex_};
    return static_cast<std::size_t>(std::count_if(
        calls_.begin(), calls_.end(), [&](call const& c) { return c.good && c.ended >= from && c.ended < to; }));
  }
  // When the first was answered of those that began at `then` or later.
  std::optional<time_point> first_answer(time_point then) const {
    std::lock_guard const hold{mutex_};
    std::optional<time_point> first;
    for (auto const& c : calls_)
      if (c.good && c.begun >= then && (!first || c.ended < *first)) first = c.ended;
    return first;
  }
  // The same, waited for.
  std::optional<time_point> wait_for_answer(time_point then, milliseconds patience) const {
    for (auto const until = load_clock::now() + patience; load_clock::now() < until; pause_for(milliseconds{5}))
      if (auto const at = first_answer(then)) return at;
    return first_answer(then);
  }

  // The longest time without an answer.
  struct gap {
    load_clock::duration length{};
    bool open = false; // it has not ended
  };
  gap longest_gap(time_point from, time_point to) const {
    std::vector<time_point> at{from, to};
    std::lock_guard const hold{mutex_};
    for (auto const& c : calls_)
      if (c.good && c.ended > from && c.ended < to) at.push_back(c.ended);
    std::sort(at.begin(), at.end());
    gap longest;
    for (std::size_t i = 1; i < at.size(); ++i)
      if (at[i] - at[i - 1] > longest.length) longest = {at[i] - at[i - 1], i + 1 == at.size()};
    return longest;
  }

  // Of what was open at `then`, and had been for that time or longer.
  struct open_calls {
    std::size_t count = 0;
    std::size_t bad = 0;            // of these: refused, or not answered in time
    load_clock::duration longest{}; // from `then` on
  };
  open_calls open_at(time_point then, milliseconds age) const {
    std::lock_guard const hold{mutex_};
    open_calls found;
    for (auto const& c : calls_) {
      if (c.begun >= then - age || c.ended <= then) continue;
      ++found.count;
      found.bad += c.good ? 0 : 1;
      found.longest = std::max(found.longest, c.ended - then);
    }
    return found;
  }

private:
  struct call {
    time_point begun, ended;
    bool good;
  };

  void ask(std::size_t number) {
    kv::client c{habits_.patience[number / ports_.size() % habits_.patience.size()]};
    auto const key = "key:" + std::to_string(number);
    std::size_t const home = number % ports_.size();
    std::size_t at = home;
    for (std::size_t n = 0; !done_; ++n) {
      bool const good = (c.connected() || c.connect(ports_[at])) && call_once(c, key, n);
      // Who refuses at once would be asked without end.
      std::this_thread::sleep_for(std::max(habits_.pause, milliseconds{good ? 0 : 5}));
      auto const before = at;
      if (!good && habits_.again != retry::here) at = (at + 1) % ports_.size();
      if (good && habits_.again == retry::and_back) at = home;
      if (at != before) c.close();
    }
  }
  bool call_once(kv::client& c, std::string const& key, std::size_t n) {
    auto const begun = load_clock::now();
    auto const r = habits_.reads ? c.call({"GET", key}) : c.call({"SET", key, std::to_string(n)});
    bool const good = r && !r->is_error();
    std::lock_guard const hold{mutex_};
    calls_.push_back({begun, load_clock::now(), good});
    return good;
  }

  std::vector<std::uint16_t> ports_;
  load_habits habits_;
  std::atomic<bool> done_{false};
  mutable std::mutex mutex_{};
  std::vector<call> calls_{};
  std::vector<std::jthread> threads_{}; // the last: they use all of the above
};

} // namespace quorate::test
