// Visits every state that a model can reach, breadth first, so that what it finds broken it finds by a shortest
// way.
#pragma once

#include "quorate/explore/lasting.hpp"
#include "quorate/explore/visited.hpp"

#include <algorithm>
#include <atomic>
#include <barrier>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace quorate::check {

// A state as the explorer keeps it: a few words, whose meaning is the model's.
using row = std::span<std::uint32_t const>;

// Where to stop. Zero means no bound.
struct bounds {
  std::uint64_t states = 0; // never more than so many are counted
  std::uint64_t depth = 0;  // actions from an initial state
  std::uint64_t bytes = 0;  // of the explorer's own tables; looked at between depths
  std::size_t threads = 1;  // 1 to 16; the nearest of them, if it is another
  bool lasting = false;     // also find states from which the model's goal can't be reached any more
};

// A System's counts, which a row keeps in four bits each. Throws std::invalid_argument if one is larger.
template <class System>
System const& counted(System const& s) {
  for (std::uint64_t const count : s.budgets)
    if (count > 15)
      throw std::invalid_argument("quorate: check: a count of the bounds is " + std::to_string(count) +
                                  ": expected at most 15; give less");
  return s;
}

struct progress_report {
  std::uint64_t states, waiting, depth;
  std::uint64_t bytes; // when this depth began
  double seconds;
};

struct violation {
  std::string what;                   // the property that is broken
  std::vector<std::uint32_t> actions; // from the initial state on; the last one breaks it
};

struct exploration {
  std::uint64_t states = 0;      // distinct ones, up to the model's symmetry
  std::uint64_t transitions = 0; // actions taken, those that led nowhere new included
  std::uint64_t depth = 0;       // of the deepest state
  std::uint64_t bytes = 0;       // of tables, at the most
  double seconds = 0;
  bool complete = false; // everything reachable was seen
  std::optional<violation> broken{};
};

// What explore() needs of a model:
//
//   typename Model::worker              one a thread, made from Model&
//   worker.initial(add)                 calls add(row, fingerprint, broken) for each initial state
//   worker.expand(row, give)            calls give(action, row, fingerprint, broken) for each action that changes
//                                       something; equal states must have equal fingerprints. `broken` is nullptr,
//                                       or the sentence that the step or the new state breaks
//   worker.goal(row) -> bool            only with bounds.lasting, which throws std::invalid_argument without it
//
// What a model throws, on whatever thread, ends the run and is thrown by run(). Actions are numbers below
// step_taken::most; the same state must have the same ones within one run.
template <class Model>
class explorer {
public:
  using worker = typename Model::worker;

  explorer(Model& model, bounds const& b) : model_{model}, bounds_{b} {
    if (b.lasting && !requires(worker & w, row r) { w.goal(r); })
      throw std::invalid_argument("quorate: check: bounds.lasting needs a model that has goal(): what must stay "
                                  "possible; give it one, or leave bounds.lasting out");
    bounds_.threads = std::clamp<std::size_t>(b.threads, 1, most_threads);
    for (std::size_t i = 0; i < bounds_.threads; ++i) hands_.emplace_back(model, i);
  }

  template <class Progress>
  exploration run(Progress&& progress) {
    auto const begun = std::chrono::steady_clock::now();
    auto const seconds = [&] {
      return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    };
    hands_[0].work.initial([&](row r, fingerprint f, char const* broken) {
      if (broken != nullptr) breaks(hands_[0], {{}, step_taken::none}, broken);
      found(hands_[0], r, f, {}, step_taken::none);
    });
    exploration result;
    for (; !stop_; ++result.depth) {
      next_level();
      result.complete = level_.empty();
      if (level_.empty() && result.depth != 0) --result.depth; // the deepest states were those before
      auto const at = [](std::uint64_t bound, std::uint64_t now) { return bound != 0 && now >= bound; };
      if (level_.empty() || at(bounds_.depth, result.depth) || at(bounds_.bytes, result.bytes)) break;
      auto const held = bytes(); // not while other threads' tables grow
      visit_level([&] { progress(progress_report{states_, level_states_, result.depth, held, seconds()}); });
      result.bytes = (std::max<std::uint64_t>)(result.bytes, bytes());
    }
    finish(result);
    result.seconds = seconds();
    return result;
  }

private:
  struct arena { // states that wait to be expanded: length, number (two words), words
    std::vector<std::uint32_t> words{};
    std::vector<std::size_t> chunks{}; // where every 64th begins
    std::size_t states = 0;
  };
  struct hand {
    hand(Model& model, std::size_t i) : work{model}, thread{i} {}
    worker work;
    std::size_t thread;
    arena next{};
    std::vector<step_taken> steps{};
    std::vector<graph_state> expanded{}; // with bounds.lasting; a state's name is its fingerprint's low word
    std::vector<graph_edge> edges{};
    std::uint64_t transitions = 0;
    std::optional<std::pair<step_taken, std::string>> broken{};
    std::exception_ptr thrown{};
  };
  struct chunk {
    row words;
  };
  struct crew { // not of std::jthread, which some libraries lack
    std::vector<std::thread> threads{};

    ~crew() {
      for (auto& t : threads) t.join();
    }
  };

  void found(hand& h, row r, fingerprint f, state_number from, std::uint32_t action) {
    if (bounds_.lasting && !h.expanded.empty()) h.edges.push_back({h.expanded.back().name, f.low});
    if (!seen_.insert(f)) return;
    if (auto const n = states_.fetch_add(1); bounds_.states != 0 && n >= bounds_.states) {
      states_.fetch_sub(1);
      stop_ = true;
      return;
    }
    state_number const number{h.thread, h.steps.size()};
    h.steps.emplace_back(from, action);
    auto& a = h.next;
    if (a.states++ % 64 == 0) a.chunks.push_back(a.words.size());
    a.words.push_back(static_cast<std::uint32_t>(r.size()));
    a.words.push_back(static_cast<std::uint32_t>(number.bits()));
    a.words.push_back(static_cast<std::uint32_t>(number.bits() >> 32));
    a.words.push_back(static_cast<std::uint32_t>(f.low));
    a.words.push_back(static_cast<std::uint32_t>(f.low >> 32));
    a.words.insert(a.words.end(), r.begin(), r.end());
  }

  void next_level() {
    levels_.clear();
    level_.clear();
    level_states_ = 0;
    for (auto& h : hands_) {
      levels_.push_back(std::exchange(h.next, {}));
      level_states_ += levels_.back().states;
    }
    for (auto const& a : levels_)
      for (std::size_t i = 0; i < a.chunks.size(); ++i) {
        auto const end = i + 1 < a.chunks.size() ? a.chunks[i + 1] : a.words.size();
        level_.push_back({row{a.words}.subspan(a.chunks[i], end - a.chunks[i])});
      }
    taken_ = 0;
  }

  template <class Report>
  void visit_level(Report&& report) {
    if (bounds_.threads == 1 || level_.size() < 4) return visit(hands_[0], report);
    auto const visit_or_stop = [this](hand& h, auto&& tell) {
      try {
        visit(h, tell);
      } catch (...) {
        h.thrown = std::current_exception();
        stop_ = true;
      }
    };
    {
      crew others;
      for (std::size_t i = 1; i < bounds_.threads; ++i)
        others.threads.emplace_back([&, i] { visit_or_stop(hands_[i], [] {}); });
      visit_or_stop(hands_[0], report);
    }
    for (auto const& h : hands_)
      if (h.thrown) std::rethrow_exception(h.thrown);
  }

  template <class Report>
  void visit(hand& h, Report&& report) {
    auto last = std::chrono::steady_clock::now();
    for (std::size_t n; !stop_ && (n = taken_.fetch_add(1)) < level_.size();) {
      for (auto words = level_[n].words; !words.empty() && !stop_; words = words.subspan(words[0] + header))
        expand(h, words);
      if (auto const now = std::chrono::steady_clock::now(); now - last > std::chrono::seconds{1}) {
        last = now;
        report();
      }
    }
  }

  void expand(hand& h, row words) {
    auto const bits = words[1] | std::uint64_t{words[2]} << 32;
    state_number const number{static_cast<std::size_t>(bits & 15), static_cast<std::size_t>(bits >> 4)};
    auto const r = words.subspan(header, words[0]);
    if constexpr (requires { h.work.goal(r); })
      if (bounds_.lasting) h.expanded.push_back({words[3] | std::uint64_t{words[4]} << 32, bits, h.work.goal(r)});
    h.work.expand(r, [&](std::uint32_t action, row to, fingerprint f, char const* broken) {
      ++h.transitions;
      if (broken != nullptr) return breaks(h, {number, action}, broken);
      found(h, to, f, number, action);
    });
  }

  void breaks(hand& h, step_taken by, char const* what) {
    if (!h.broken) h.broken.emplace(by, what);
    stop_ = true;
  }

  void finish(exploration& result) {
    result.states = states_;
    if (stop_) result.complete = false;
    for (auto& h : hands_) {
      result.transitions += h.transitions;
      if (h.broken && !result.broken) result.broken = violation{h.broken->second, way_to(h.broken->first)};
    }
    if (bounds_.lasting && result.complete) look_for_goals(result);
  }
  std::vector<std::uint32_t> way_to(step_taken last) const {
    std::vector<std::uint32_t> actions;
    for (auto s = last; s.action() != step_taken::none; s = hands_[s.from().thread()].steps[s.from().place()])
      actions.push_back(s.action());
    std::reverse(actions.begin(), actions.end());
    return actions;
  }

  void look_for_goals(exploration& result) const {
    std::vector<graph_state> states;
    std::vector<graph_edge> edges;
    for (auto const& h : hands_) {
      states.insert(states.end(), h.expanded.begin(), h.expanded.end());
      edges.insert(edges.end(), h.edges.begin(), h.edges.end());
    }
    if (auto const stuck = without_a_way(states, edges)) {
      auto const s = hands_[*stuck & 15].steps[*stuck >> 4];
      result.broken = violation{"eventually: from here the goal can't be reached any more", way_to(s)};
    }
  }

  std::uint64_t bytes() const {
    std::uint64_t n = seen_.bytes();
    for (auto const& h : hands_)
      n += h.steps.capacity() * sizeof(step_taken) + h.next.words.capacity() * sizeof(std::uint32_t) +
           h.edges.capacity() * sizeof(graph_edge) + h.expanded.capacity() * sizeof(graph_state);
    for (auto const& a : levels_) n += a.words.capacity() * sizeof(std::uint32_t);
    return n;
  }

  static constexpr std::size_t header = 5;
  Model& model_;
  bounds bounds_;
  std::deque<hand> hands_{};
  visited seen_{};
  std::vector<arena> levels_{};
  std::vector<chunk> level_{};
  std::uint64_t level_states_ = 0;
  std::atomic<std::size_t> taken_{0};
  std::atomic<std::uint64_t> states_{0};
  std::atomic<bool> stop_{false};
};

} // namespace quorate::check
