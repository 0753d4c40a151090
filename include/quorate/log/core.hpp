// The core of a replicated log: all that a replica, and whatever else drives one, needs of a protocol.
#pragma once

#include "quorate/core/entry.hpp"
#include "quorate/core/log_view.hpp"
#include "quorate/effect/event.hpp"
#include "quorate/effect/ticket.hpp"
#include "quorate/message/set.hpp"
#include "quorate/policy/limits.hpp"
#include "quorate/policy/timing.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace quorate {

namespace detail {
// A log and a sink with which a core is asked whether it would take a step; nothing of them is ever called.
struct no_log {
  log_index compacted() const;
  log_index last() const;
  stamp stamp_at(log_index) const;
  entry_run run_at(log_index, std::uint32_t) const;
  entry_run fit(log_index, std::uint32_t, std::size_t) const;
  log_index last_not_above(log_index, stamp) const;
  configuration const& config_at(log_index) const;
  std::uint64_t room() const;
};
struct no_sink {
  written write(auto const&);
  written latest() const;
  void send(peer, auto const&);
  void send(peer, auto const&, written);
  void arm(auto);
  void disarm(auto);
  void arm_after(auto, timing, written);
  void report(auto const&);
};

template <class C, class Event>
concept takes_step = requires(C& c, Event const& e, no_log const& log, no_sink& out) {
  c.step(e, log, out);
};
template <class C, class Set>
inline constexpr bool hears = false;
template <class C, class... Ms>
inline constexpr bool hears<C, message_set<Ms...>> = (takes_step<C, from<Ms>> && ...);
template <class T>
inline constexpr bool is_outcome_list = false;
template <class... Os>
inline constexpr bool is_outcome_list<outcome_list<Os...>> = true;
} // namespace detail

// A core is a value: copied, compared, and made from nothing, though such a one takes no step. It reads no clock,
// holds no log, allocates nothing and throws nothing.
//
// | expression          | returns        | must guarantee                                                        |
// | C::options          | a type         | `limit`, limit_values, and `reads`, bool, are its constants           |
// | C::timer            | an enumeration | of its timers, from 0 on                                              |
// | C::timers           | size_t         | how many there are, 1 to 8                                            |
// | C::timing_of(t)     | timing         | how long that timer runs                                              |
// | C::messages         | a message_set  | all that it says, to other nodes and to itself                        |
// | C::outcomes         | outcome_list   | all that it reports                                                   |
// | C::effects_bound    | size_t         | no step has more effects                                              |
// | C::rewrites         | bool           | false: it writes entries behind the last one only, after truncating   |
// |                     |                | what it replaces; true: anywhere above what is compacted. What stands |
// |                     |                | above a snapshot that it installs stays if true; else if it agrees    |
// | C::protocol_name    | text           |                                                                       |
// | C::hard_type        | a type         | what it writes beside the log (log/hard.hpp)                          |
// | C{p, hard, log}     |                | the member p, with its place, as recovered: what was written last,    |
// |                     |                | and its log                                                           |
// | c.me()              | peer           | that member; c.self() is its place                                    |
// | c.campaigns()       | bool           | it wants to lead, or leads                                            |
// | c.leads()           | bool           | then leader() is self()                                               |
// | c.leader()          | node_index     | who leads era(), as far as it knows; no_node: none is known, or it    |
// |                     |                | has no place here                                                     |
// | c.era()             | stamp          | never falls; has one leader; what it proposes is stamped with it      |
// | c.commit_index()    | log_index      | never falls; entries up to it stay as they are, on all nodes the same |
// | c.step(e, log, out) |                | see below                                                             |
//
// The events `e` are start, once and before all others; from<M> for each M of messages; propose, flush and timer;
// read, if options::reads; and installable, if options::snapshots. After start their order is any, repeats and
// messages from anybody included. A sender has a member's number; its place is no_node, or below limit.nodes.
// `log` is a log_view, as the log stands; what the step writes shows in it before the next step. `out` is a sink
// (effect/sink.hpp). A propose is answered in its step by `proposed` or `proposal_refused`; a read in any later
// one, by `readable` or `reads_refused`.
template <class C>
concept log_core = std::regular<C> &&
    std::constructible_from<C, peer, typename C::hard_type const&, detail::no_log const&> &&
    requires(C const& c, typename C::timer t) {
  requires std::same_as<decltype(C::options::limit), limit_values const>;
  typename std::bool_constant<C::options::reads>;
  requires std::is_enum_v<typename C::timer> && 1 <= C::timers&& C::timers <= 8;
  { C::timing_of(t) } -> std::same_as<timing>;
  requires detail::hears<C, typename C::messages> && detail::is_outcome_list<typename C::outcomes>;
  typename std::integral_constant<std::size_t, C::effects_bound>;
  typename std::bool_constant<C::rewrites>;
  { C::protocol_name } -> std::convertible_to<std::string_view>;
  { c.self() } -> std::same_as<node_index>;
  { c.me() } -> std::same_as<peer>;
  { c.campaigns() } -> std::same_as<bool>;
  { c.leads() } -> std::same_as<bool>;
  { c.leader() } -> std::same_as<node_index>;
  { c.era() } -> std::same_as<stamp>;
  { c.commit_index() } -> std::same_as<log_index>;
  requires detail::takes_step<C, start> && detail::takes_step<C, propose> && detail::takes_step<C, flush> &&
      detail::takes_step<C, typename C::timer>;
  requires detail::takes_step<C, read> || !C::options::reads;
};

} // namespace quorate
