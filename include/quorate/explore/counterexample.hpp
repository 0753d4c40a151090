// A counterexample as a trace: its steps carried out again, with what was sent, heard, led and committed in each.
#pragma once

#include "quorate/explore/story.hpp"
#include "quorate/explore/world.hpp"
#include "quorate/message/reflect.hpp"
#include "quorate/paxos/proposer.hpp"
#include "quorate/trace/spoken_message.hpp"
#include "quorate/trace/trace.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace quorate::check {

// What a person wants to know of a node at a glance.
struct standing {
  std::string_view role{};
  std::uint64_t term = 0; // or ballot
  std::uint64_t commit = 0;
  friend bool operator==(standing const&, standing const&) = default;
};

// Of a core that keeps a log, or of the proposer among Paxos' roles; of any other node, nothing.
template <class Node>
standing standing_of(Node const& n) {
  if constexpr (requires { n.core.leads(), n.core.campaigns(), n.core.era(), n.core.commit_index(); })
    return {n.core.leads()       ? "leader"
            : n.core.campaigns() ? "candidate"
                                 : "follower",
            n.core.era().value, n.core.commit_index().value};
  else if constexpr (requires { n.core.template as<paxos::proposer>().now; })
    return {name_of(n.core.template as<paxos::proposer>().now.is),
            n.core.template as<paxos::proposer>().now.at.value, 0};
  else
    return {};
}

// What a local event is, told by what Systems call those that they have in common; of any other, a timer's.
template <class System>
constexpr trace_kind kind_of_event(std::size_t code) {
  auto const is = [code](auto... some) { return ((code == static_cast<std::size_t>(some)) || ...); };
  if constexpr (requires { System::crash, System::crash_kept; })
    if (is(System::crash, System::crash_kept)) return trace_kind::crash;
  if constexpr (requires { System::sync_begins, System::sync_returns; })
    if (is(System::sync_begins, System::sync_returns))
      return is(System::sync_begins) ? trace_kind::sync_begins : trace_kind::sync;
  if constexpr (requires { System::reading; })
    if (is(System::reading)) return trace_kind::client;
  if constexpr (requires { System::answer, System::answer_same; })
    if (is(System::answer, System::answer_same)) return trace_kind::client;
  if constexpr (requires { System::backoff; }) { // of each proposer one
    if (code >= static_cast<std::size_t>(System::proposal) && code < static_cast<std::size_t>(System::backoff))
      return trace_kind::client;
  } else if constexpr (requires { System::proposal; }) {
    if (is(System::proposal)) return trace_kind::client;
  }
  return trace_kind::timer;
}

template <class System>
class retelling {
public:
  retelling(System const& system, std::string title) : system_{system} {
    told_.title = std::move(title);
    told_.unit = "step";
    if constexpr (!requires(typename System::node const& n) { n.core.state().current_term; }) told_.era = "ballot";
    told_.nodes = System::nodes;
    for (std::uint8_t i = 0; i < System::nodes; ++i) {
      told_.names.push_back(std::string(1, static_cast<char>('A' + i)));
      nodes_.push_back(system.first(node_index{i}));
      stands_.push_back({});
      look(i);
    }
  }

  void event(std::size_t n, std::size_t code) {
    begin();
    std::string_view const text = System::name_of_event(code);
    auto const kind = kind_of_event<System>(code);
    bool const said = kind == trace_kind::sync_begins || kind == trace_kind::sync; // by the kind alone
    put(n, {.kind = kind, .name = "", .text = said ? std::string{} : std::string{text}});
    if (kind == trace_kind::crash) stands_[n] = {}, put(n, {.kind = trace_kind::start});
    system_.step(nodes_[n], code, *this);
    end(n);
  }
  void arrival(typename System::message const& m) {
    begin();
    auto r = record_of(m);
    r.kind = trace_kind::deliver;
    r.peer = m.from.value + 1U;
    r.message = number_of(m);
    put(m.to.value, std::move(r));
    system_.receive(nodes_[m.to.value], m, *this);
    end(m.to.value);
  }
  void violated(std::string what) { put(last_, {.kind = trace_kind::violation, .text = std::move(what)}); }
  trace take() { return std::move(told_); }
  // All that was ever sent, in order.
  std::vector<typename System::message> const& messages() const { return messages_; }
  typename System::node const& node(std::size_t n) const { return nodes_[n]; }

  // --- what a System tells of a step
  void send(typename System::message const& m) { sent_.push_back(m); }
  template <class What>
  void note(What) {}
  breach tell{};

private:
  void begin() {
    ++now_;
    sent_.clear();
  }
  void end(std::size_t n) {
    look(n);
    for (auto const& m : sent_) {
      auto r = record_of(m);
      r.kind = trace_kind::send;
      r.peer = m.to.value + 1U;
      messages_.push_back(m);
      r.message = messages_.size();
      put(n, std::move(r));
    }
    last_ = n;
  }
  void look(std::size_t n) {
    auto const before = std::exchange(stands_[n], standing_of(nodes_[n]));
    auto const& now = stands_[n];
    if (now.role != before.role || now.term != before.term)
      put(n, {.kind = trace_kind::role, .name = std::string{now.role}});
    if (now.commit > before.commit) put(n, {.kind = trace_kind::commit, .index = now.commit});
  }
  void put(std::size_t n, trace_record r) {
    r.time = now_;
    r.node = static_cast<std::uint32_t>(n + 1);
    r.term = stands_[n].term;
    told_.records.push_back(std::move(r));
  }
  static trace_record record_of(typename System::message const& m) {
    trace_record r;
    std::visit([&](auto const& x) { r.name = type_name<std::remove_cvref_t<decltype(x)>>(), r.text = spoken(x); },
               m.what);
    return r;
  }
  // The network is a set: which of several equal messages has arrived can't be told, so it was the last.
  std::uint64_t number_of(typename System::message const& m) const {
    auto const at = std::find(messages_.rbegin(), messages_.rend(), m);
    return static_cast<std::uint64_t>(messages_.rend() - at);
  }

  System const& system_;
  trace told_{};
  std::vector<typename System::node> nodes_{};
  std::vector<standing> stands_{};
  std::vector<typename System::message>
      messages_{};                               // all that were sent; a message's number is its place, from 1 on
  std::vector<typename System::message> sent_{}; // in this step
  std::uint64_t now_ = 0;
  std::size_t last_ = 0;
};

// A violation that was found in this world, a step a unit of time; the nodes are called as in its story.
template <class System>
trace trace_of(world<System>& w, violation const& v, std::string title) {
  retelling<System> told{w.system(), std::move(title)};
  for (auto const action : v.actions)
    if (action < world<System>::arrivals)
      told.event(action / 64, action % 64);
    else
      told.arrival(w.message_of(action - world<System>::arrivals));
  told.violated(sentence_of(w, v));
  return told.take();
}

} // namespace quorate::check
