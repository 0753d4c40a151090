// A world of nodes and of messages that were sent: what the checker explores. The cores are the ones that ship.
//
// The network is the set of all messages that were ever sent. A message may arrive at any time, more than once, or
// never: loss, repetition and reordering are one rule. A world is kept as a few numbers. A table keeps each state
// of a node, each message and each ghost once. The result of a step is computed once for each state of a node and
// each event. So a core takes thousands of steps while the world takes millions.
#pragma once

#include "quorate/core/breach.hpp"
#include "quorate/explore/chunked.hpp"
#include "quorate/explore/explore.hpp"
#include "quorate/explore/fingerprint.hpp"
#include "quorate/explore/table.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

namespace quorate::check {

// What a System must have; raft.hpp, paxos.hpp and multi_paxos.hpp beside this file are those of the shipped
// cores.
//
//   nodes                          how many, a constant
//   node, message, ghost           regular values; a message has `from` and `to`
//   events, name_of_event(code)    local events are codes below `events` (at most 48)
//   renamings()                    the ways to rename the nodes that change nothing; the first is renaming::none()
//   digest(x, renaming, digester&) of a node, a message, a ghost: all of it, with its node ids renamed
//   first(n), first_ghost()        how it begins
//   budgets                        how often each kind of event may happen: at most 8 counts, each up to 15
//   cost_of(code)                  which budget an event takes from, or -1
//   can(node, code)                whether the event may happen now
//   step(node&, code, out)         carries it out; out.send(message), out.note(what), out.tell(law, values ...)
//   receive(node&, message, out)   the same for a message
//   spent(budgets)                 a summary of what is left, below 16, for dead()
//   dead(node, message, spent)     the message can change nothing any more, now and ever
//   holds(node, tell)              what is true of one node's state; if not: false, and tell(law, values ...)
//   follows(before, code, after, tell)             the same of a local event's step
//   follows(before, message, after, notes, tell)   of a message's; `notes`: the step_notes that were told
//   agree(a, b, tell)              of two nodes, a before b
//   observe(ghost&, node, tell)    takes a node's new state into account; of what the ghost remembers
//   holds_beside(ghost, node, tell)                of a node beside what the ghost remembers
//   goal(world, row)               only with bounds.lasting: what must stay possible has happened
//   marks(node), mark_names        bits of what has happened here: what must happen sometimes
//
// What a step has told beside messages: the timers that were armed, one bit each, and the highest index that a
// node was taught.
struct step_notes {
  std::uint64_t armed = 0;
  log_index taught{};
  constexpr void note(unsigned timer) { armed |= std::uint64_t{1} << timer; }
  constexpr void note(log_index i) {
    if (i > taught) taught = i;
  }
};

template <class System>
class world {
public:
  using node = typename System::node;
  using message = typename System::message;
  using ghost = typename System::ghost;
  static constexpr std::size_t nodes = System::nodes;

  explicit world(System const& system, std::uint64_t seed = 0)
      : system_{counted(system)}, renamings_{system.renamings()}, seed_{seed} {}
  world(world const&) = delete;
  world& operator=(world const&) = delete;

  System const& system() const { return system_; }
  // How many different states of one node there were, up to renaming.
  std::size_t node_states() const {
    std::vector<fingerprint> all;
    for (std::uint32_t i = 0; i < nodes_.size(); ++i)
      all.push_back(*std::min_element(nodes_[i].prints.get(), nodes_[i].prints.get() + renamings_.size()));
    std::sort(all.begin(), all.end());
    return static_cast<std::size_t>(std::unique(all.begin(), all.end()) - all.begin());
  }
  std::size_t messages() const { return messages_.size(); }
  std::uint64_t marks() const { return marks_; }

  // A row is: the nodes' ids, the ghost's, what is left of the budgets, the messages' ids in order.
  node const& node_of(row r, std::size_t i) const { return nodes_[r[i]].value.state; }
  ghost const& ghost_of(row r) const { return ghosts_[r[nodes]].value; }
  message const& message_of(std::uint32_t id) const { return messages_[id].value; }
  static row messages_of(row r) { return r.subspan(nodes + 2); }
  static std::uint32_t left(row r, std::size_t budget) { return r[nodes + 1] >> (4 * budget) & 15; }

  // An action is a message's arrival, or a node's local event.
  static constexpr std::uint32_t arrivals = 0x1000;
  static constexpr std::uint32_t action_of(std::size_t n, std::size_t code) {
    return static_cast<std::uint32_t>(n * 64 + code);
  }

  class worker;

private:
  static_assert(System::events <= 48 && nodes <= 64);
  struct known_node {
    node state{};
    std::uint64_t can = 0; // one bit a local event
    char const* broken = nullptr;
    friend bool operator==(known_node const& a, known_node const& b) { return a.state == b.state; }
  };
  struct outcome {
    std::uint32_t to = 0;
    char const* broken = nullptr;
    std::vector<std::uint32_t> sent{};
  };

  std::uint32_t id_of(node const& n, breach& b) {
    known_node k{n};
    if (!system_.holds(n, b)) k.broken = b.law;
    for (std::size_t c = 0; c < System::events; ++c)
      if (system_.can(n, c)) k.can |= std::uint64_t{1} << c;
    marks_ |= system_.marks(n);
    return nodes_.id_of(k, renamings_, seed_, [&](known_node const& x, renaming const& p, digester& h) {
      h.add(1);
      system_.digest(x.state, p, h);
    });
  }
  std::uint32_t id_of(message const& m) {
    return messages_.id_of(m, renamings_, seed_, [&](message const& x, renaming const& p, digester& h) {
      h.add(2);
      h.add(p(x.from)), h.add(p(x.to));
      system_.digest(x, p, h);
    });
  }
  std::uint32_t id_of(ghost const& g) {
    return ghosts_.id_of(g, renamings_, seed_, [&](ghost const& x, renaming const& p, digester& h) {
      h.add(3);
      system_.digest(x, p, h);
    });
  }
  std::uint32_t keep(outcome o) {
    std::scoped_lock const lock{mutex_};
    return static_cast<std::uint32_t>(outcomes_.push_back(std::move(o)));
  }

  System system_;
  std::vector<renaming> renamings_;
  std::uint64_t seed_;
  table<known_node> nodes_{};
  table<message> messages_{};
  table<ghost> ghosts_{};
  std::mutex mutex_{};
  chunked<outcome> outcomes_{};
  std::atomic<std::uint64_t> marks_{0};
};

// What one thread does; it remembers by itself what it has looked up.
template <class System>
class world<System>::worker {
public:
  explicit worker(world& w) : w_{w} {}

  template <class Add>
  void initial(Add&& add) {
    next_.clear();
    for (std::uint8_t i = 0; i < nodes; ++i) next_.push_back(w_.id_of(w_.system_.first(node_index{i}), told_));
    next_.push_back(w_.id_of(w_.system_.first_ghost()));
    next_.push_back(0);
    for (std::size_t i = 0; i < w_.system_.budgets.size(); ++i) next_.back() |= w_.system_.budgets[i] << (4 * i);
    sum_up(next_);
    now_ = sums_;
    char const* broken = nullptr;
    for (std::size_t i = 0; i < nodes && broken == nullptr; ++i) {
      auto const before = next_;
      broken = w_.nodes_[next_[i]].value.broken;
      if (broken == nullptr) broken = look(before, i);
    }
    add(row{next_}, least(now_), broken);
  }

  template <class Give>
  void expand(row r, Give&& give) {
    sum_up(r);
    for (std::size_t i = 0; i < nodes; ++i)
      for (auto can = w_.nodes_[r[i]].value.can; can != 0; can &= can - 1) {
        auto const code = static_cast<std::size_t>(std::countr_zero(can));
        auto left = r[nodes + 1];
        if (int const cost = w_.system_.cost_of(code); cost >= 0) {
          if ((left >> (4 * cost) & 15) == 0) continue;
          left -= 1U << (4 * cost);
        }
        take(r, i, action_of(i, code), left, outcome_of(r[i], code), give);
      }
    for (auto const id : messages_of(r)) {
      auto const to = w_.messages_[id].value.to.value;
      take(r, to, arrivals + id, r[nodes + 1], outcome_of(r[to], 64 + id), give);
    }
  }

  // The last law that this worker has seen broken, and the values that break it.
  breach const& told() const { return told_; }

  bool goal(row r) const requires requires(System const& s, world const& w) { s.goal(w, r); }
  { return w_.system_.goal(w_, r); }

private:
  static fingerprint least(std::vector<fingerprint> const& sums) {
    return *std::min_element(sums.begin(), sums.end());
  }

  fingerprint budget_print(std::uint32_t left) const {
    digester h{w_.seed_};
    h.add(4), h.add(left);
    return h.result();
  }
  void plus(std::vector<fingerprint>& sums, fingerprint const* prints) const {
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += prints[i];
  }
  void minus(std::vector<fingerprint>& sums, fingerprint const* prints) const {
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] -= prints[i];
  }
  void sum_up(row r) {
    sums_.assign(w_.renamings_.size(), budget_print(r[nodes + 1]));
    for (std::size_t i = 0; i < nodes; ++i) plus(sums_, w_.nodes_[r[i]].prints.get());
    plus(sums_, w_.ghosts_[r[nodes]].prints.get());
    for (auto const id : messages_of(r)) plus(sums_, w_.messages_[id].prints.get());
  }

  // What `event` (a local code, or 64 and a message's id) makes of that node.
  outcome const& outcome_of(std::uint32_t node_id, std::uint64_t event) {
    auto const key = (std::uint64_t{node_id} + 1) << 32 | event;
    if (auto const* known = outcomes_.find(key)) return w_.outcomes_[*known];
    auto const id = w_.keep(worked_out(node_id, event));
    outcomes_.put(key, id);
    return w_.outcomes_[id];
  }
  // What a System tells of a step.
  struct hands {
    std::vector<message> sent{};
    breach tell{}; // called with a law and the values that break it
    step_notes notes{};
    template <class What>
    void note(What what) {
      notes.note(what);
    }
    void send(message const& m) { sent.push_back(m); }
  };
  outcome worked_out(std::uint32_t node_id, std::uint64_t event) {
    hands out;
    auto const& before = w_.nodes_[node_id].value.state;
    auto after = before;
    breach step{}, state{};
    if (event < 64) {
      w_.system_.step(after, event, out);
      (void)w_.system_.follows(before, event, after, step);
    } else {
      auto const& m = w_.messages_[static_cast<std::uint32_t>(event - 64)].value;
      w_.system_.receive(after, m, out);
      (void)w_.system_.follows(before, m, after, out.notes, step);
    }
    outcome o;
    o.to = w_.id_of(after, state);
    for (auto const* b : {&out.tell, &state, &step})
      if (o.broken == nullptr && b->law != nullptr) o.broken = b->law, told_ = *b;
    for (auto const& m : out.sent) o.sent.push_back(w_.id_of(m));
    std::sort(o.sent.begin(), o.sent.end());
    o.sent.erase(std::unique(o.sent.begin(), o.sent.end()), o.sent.end());
    return o;
  }

  bool dead(std::uint32_t node_id, std::uint32_t message_id) {
    auto const key = (std::uint64_t{node_id} + 1) << 32 | spent_ << 28 | message_id;
    if (auto const* known = dead_.find(key)) return *known != 0;
    bool const is = w_.system_.dead(w_.nodes_[node_id].value.state, w_.messages_[message_id].value, spent_);
    dead_.put(key, is ? 1 : 0);
    return is;
  }
  char const* pair(std::uint32_t a, std::uint32_t b) {
    auto const key = (std::uint64_t{a} + 1) << 32 | b;
    if (auto const* known = pairs_.find(key)) return sentences_[*known];
    auto const* what = law_of([&](breach& broken) {
      return w_.system_.agree(w_.nodes_[a].value.state, w_.nodes_[b].value.state, broken);
    });
    pairs_.put(key, sentence(what));
    return what;
  }
  char const* beside(std::uint32_t ghost_id, std::uint32_t node_id) {
    auto const key = (std::uint64_t{ghost_id} + 1) << 32 | node_id;
    if (auto const* known = beside_.find(key)) return sentences_[*known];
    auto const* what = law_of([&](breach& broken) {
      return w_.system_.holds_beside(w_.ghosts_[ghost_id].value, w_.nodes_[node_id].value.state, broken);
    });
    beside_.put(key, sentence(what));
    return what;
  }
  // The ghost after it has seen that node's state.
  std::uint32_t observed(std::uint32_t ghost_id, std::uint32_t node_id, char const*& broken) {
    auto const key = (std::uint64_t{ghost_id} + 1) << 32 | node_id;
    if (auto const* known = observed_.find(key)) return *known;
    auto g = w_.ghosts_[ghost_id].value;
    broken = law_of([&](breach& b) { return w_.system_.observe(g, w_.nodes_[node_id].value.state, b); });
    if (broken != nullptr) return ghost_id;
    auto const id = w_.id_of(g);
    observed_.put(key, id);
    return id;
  }
  // The law that `holds` finds broken, if it does.
  template <class Holds>
  char const* law_of(Holds&& holds) {
    breach b{};
    if (holds(b)) return nullptr;
    told_ = b;
    return b.law;
  }
  std::uint32_t sentence(char const* what) {
    auto const at = std::find(sentences_.begin(), sentences_.end(), what) - sentences_.begin();
    if (at == std::ssize(sentences_)) sentences_.push_back(what);
    return static_cast<std::uint32_t>(at);
  }

  // Emits what the outcome makes of the world, unless it is the same.
  template <class Give>
  void take(row r, std::size_t i, std::uint32_t action, std::uint32_t left, outcome const& o, Give& give) {
    bool const moved = o.to != r[i];
    if (!moved && o.sent.empty() && o.broken == nullptr) return;
    next_.assign(r.begin(), r.begin() + nodes + 2);
    next_[i] = o.to;
    next_[nodes + 1] = left;
    now_ = sums_;
    auto const spent_before = w_.system_.spent(r[nodes + 1]);
    spent_ = w_.system_.spent(left);
    bool const news = merge(messages_of(r), i, moved, spent_ != spent_before, o);
    if (!moved && !news && o.broken == nullptr) return;
    auto const* broken = o.broken;
    if (moved) {
      minus(now_, w_.nodes_[r[i]].prints.get());
      plus(now_, w_.nodes_[o.to].prints.get());
      if (broken == nullptr) broken = look(r, i);
    }
    if (left != r[nodes + 1]) {
      auto const was = budget_print(r[nodes + 1]), is = budget_print(left);
      for (auto& s : now_) s -= was, s += is;
    }
    give(action, row{next_}, least(now_), broken);
  }
  // The ghost and the other nodes beside node i's new state.
  char const* look(row r, std::size_t i) {
    char const* broken = nullptr;
    auto const g = observed(r[nodes], next_[i], broken);
    if (broken != nullptr) return broken;
    bool const seen_more = g != r[nodes];
    if (seen_more) {
      next_[nodes] = g;
      minus(now_, w_.ghosts_[r[nodes]].prints.get());
      plus(now_, w_.ghosts_[g].prints.get());
    }
    for (std::size_t j = 0; j < nodes && broken == nullptr; ++j) {
      if (seen_more || j == i) broken = beside(g, next_[j]);
      if (broken == nullptr && j != i) broken = j < i ? pair(next_[j], next_[i]) : pair(next_[i], next_[j]);
    }
    return broken;
  }
  // The messages after the step: those that were there but for the dead, and the new ones. Whether any is new.
  bool merge(row old, std::size_t i, bool moved, bool all, outcome const& o) {
    bool news = false;
    auto fresh = o.sent.begin();
    auto const add_fresh = [&] {
      auto const id = *fresh++;
      auto const to = w_.messages_[id].value.to.value;
      if (dead(next_[to], id)) return;
      next_.push_back(id);
      plus(now_, w_.messages_[id].prints.get());
      news = true;
    };
    for (auto const id : old) {
      while (fresh != o.sent.end() && *fresh < id) add_fresh();
      if (fresh != o.sent.end() && *fresh == id) ++fresh;
      auto const to = w_.messages_[id].value.to.value;
      if ((all || (moved && to == i)) && dead(next_[to], id))
        minus(now_, w_.messages_[id].prints.get());
      else
        next_.push_back(id);
    }
    while (fresh != o.sent.end()) add_fresh();
    return news;
  }

  world& w_;
  number_map outcomes_{}, dead_{}, pairs_{}, beside_{}, observed_{};
  std::vector<char const*> sentences_{nullptr};
  std::vector<fingerprint> sums_{}, now_{};
  std::vector<std::uint32_t> next_{};
  std::uint64_t spent_ = 0;
  breach told_{};
};

} // namespace quorate::check
