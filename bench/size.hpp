// What size.py compiles, and measures the text of: a core alone, each event into a batch; and a replica, all that
// a program calls. Never run.
#pragma once

#include "quorate/core/log_shape.hpp"
#include "quorate/effect/batch.hpp"
#include "quorate/effect/event.hpp"
#include "quorate/message/messages.hpp"
#include "quorate/replica/replica.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"

#include <cstddef>
#include <cstdint>

namespace quorate::bench {

// Each event by its number; what it is the compiler can't know.
template <class Core, class... Ms>
void each_message(message_set<Ms...>, Core& core, void const* event, unsigned number, log_shape<64> const& log,
                  batch<Core>& out) {
  unsigned n = 0;
  ((number == n++ ? core.step(*static_cast<from<Ms> const*>(event), log, out) : void()), ...);
}

template <class Core>
void every_step(Core& core, void const* event, unsigned number, log_shape<64> const& log, batch<Core>& out) {
  each_message(typename Core::messages{}, core, event, number, log, out);
  switch (number) {
  case 100: return core.step(start{}, log, out);
  case 101: return core.step(*static_cast<propose const*>(event), log, out);
  case 102: return core.step(*static_cast<read const*>(event), log, out);
  case 103: return core.step(flush{}, log, out);
  case 104: return core.step(*static_cast<typename Core::timer const*>(event), log, out);
  }
}

using numbers = messages<std::uint64_t>;
struct outcomes { // told one by one
  void operator()(applied<numbers> const&) const;
  void operator()(proposal_outcome const&) const;
  void operator()(read_outcome const&) const;
};
template <class... Ms>
struct sender;
template <class... Ms>
struct sender<message_set<Ms...>> {
  void operator()(node_id to, auto const& m, payloads bytes) const { say(to, &m, bytes); }
  void say(node_id to, void const* message, payloads bytes) const;
};

template <class Replica, class... Ms>
void every_receive(message_set<Ms...>, Replica& r, void const* message, unsigned number, node_id who, payloads p) {
  unsigned n = 0;
  ((number == n++ ? r.receive(who, *static_cast<Ms const*>(message), p) : void()), ...);
}
template <class Replica>
bool every_call(Replica& r, void const* message, unsigned number, std::uint64_t now, node_id who, payloads p) {
  every_receive(typename Replica::wire{}, r, message, number, who, p);
  bool const asked = r.propose(now) && r.read();
  r.compact(log_index{now});
  return r.turn(now, sender<typename Replica::wire>{}, outcomes{}).pending && asked;
}

} // namespace quorate::bench
