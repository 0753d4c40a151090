// The common face: what a node of a replicated log does, whatever the protocol. A program written against it
// changes protocol by changing one type.
#pragma once

#include "quorate/core/payloads.hpp"
#include "quorate/effect/ticket.hpp"
#include "quorate/replica/outcome.hpp"
#include "quorate/replica/replica.hpp"
#include "quorate/replica/status.hpp"

#include <concepts>
#include <cstddef>
#include <optional>
#include <string>

namespace quorate {

namespace detail {
struct any_send {
  template <class M>
  void operator()(node_id, M const&, payloads) const {}
};
struct any_machine {
  template <class Event>
  void operator()(Event const&) const {}
};
} // namespace detail

// `send(to, message, bytes)` and `machine(event)` are as replica.hpp says; a turn is collect, start_sync, the
// storage's sync, synced, release. What may leave before a sync leaves before it: collect ends with send.flush(),
// and release calls it before it applies anything, if `send` has that member.
//
// | expression                  | returns                  | meaning                                             |
// | r.propose(command, extra)   | proposal_asked           | a command, on any node: a token, or why not         |
// | r.read()                    | read_asked               | a linearizable read, on any node; likewise          |
// | r.receive(from, m, bytes)   |                          | a message of R::wire                                |
// | r.turn(now, send, machine)  | turn_result<R::time>     | everything at once; when to come again              |
// | r.collect(now, send)        |                          | what came and what expired goes to the core         |
// | r.start_sync()              | optional<sync_order>     | an order for the storage, if anything was written   |
// | r.synced(durable)           |                          | that sync has succeeded                             |
// | r.release(send, machine)    |                          | what waited leaves; what is committed is applied    |
// | c.next()                    | turn_result<R::time>     | as turn() returns it, for whoever takes these steps |
// | r.compact(upto)             |                          | entries up to there, if applied, may go             |
// | r.stop()                    |                          | for good                                            |
// | c.status()                  | replica_status_at        | who leads, what is committed and applied, and why   |
// |                             |                          | there is no progress                                |
// | c.applied_index()           | log_index                | applied up to here                                  |
// | c.stopped(), c.failure()    | bool, string             | whether it has stopped, and why                     |
//
// Each token has exactly one outcome, which `machine` is told: proposal_outcome, read_outcome. Committed commands
// come to it as applied<R::messages_type>, each once in a node's life, in the same order on every node.
template <class R>
concept replicated_log = requires(R& r, R const& c, typename R::command command, typename R::entry_extra extra,
                                  typename R::time now, detail::any_send send, detail::any_machine machine,
                                  durable token, log_index index) {
  typename R::wire;
  typename R::messages_type;
  { r.propose(command, extra) } -> std::same_as<proposal_asked>;
  { r.read() } -> std::same_as<read_asked>;
  { r.turn(now, send, machine) } -> std::same_as<turn_result<typename R::time>>;
  r.collect(now, send);
  { r.start_sync() } -> std::same_as<std::optional<sync_order>>;
  r.synced(token);
  r.release(send, machine);
  { c.next() } -> std::same_as<turn_result<typename R::time>>;
  r.compact(index);
  r.stop();
  { c.status() } -> std::same_as<replica_status_at<typename R::time>>;
  { c.applied_index() } -> std::same_as<log_index>;
  { c.stopped() } -> std::same_as<bool>;
  { c.failure() } -> std::same_as<std::string>;
  { R::core_type::protocol_name } -> std::convertible_to<char const*>;
};

} // namespace quorate
