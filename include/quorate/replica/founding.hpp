// The first entry of every log: the configuration, with the members' ids, laid down alike by every node of a new
// cluster and found again whenever one starts.
#pragma once

#include "quorate/replica/body.hpp"
#include "quorate/replica/hard.hpp"

#include <optional>
#include <string>
#include <vector>

namespace quorate {

namespace detail {

template <class Body>
std::optional<std::string> lay_down(Body& b, payloads record) { // a new store
  b.hands.offer(log_index{1}, record);
  b.hands.write(entry_run{log_index{1}, 1, stamp{}, entry_kind::configuration});
  b.hands.withdraw();
  if (b.hands.failed()) return std::string{b.storage.failure()};
  return std::nullopt;
}

template <class Body>
std::optional<std::string> compare(Body& b) {
  configuration now = b.log().config_at(b.log().last());
  if (now.number == log_index{}) now.number = log_index{1}; // a log that begins behind that entry need not say so
  bool same = now == b.ids.config();
  if (b.log().compacted() == log_index{}) { // else that entry is gone, and the ids with it
    auto const kept = b.storage.read(log_index{1}, 1);
    if (!kept) return std::string{b.storage.failure()};
    same = same && b.ids.is_named_by(kept->front());
  }
  if (same) return std::nullopt;
  return "the log was founded with other members than the options name; start this node with the members that "
         "it was founded with (membership is fixed)";
}

// The core as its store has it. Returns what is wrong, if anything is.
template <class Body>
std::optional<std::string> recover(Body& b, node_id self) {
  using core = typename Body::core_type;
  auto const hard = from_hard_state<typename core::hard_type>(b.storage.hard());
  if (!hard)
    return std::string{"the store has what another protocol keeps beside its log, and not what "} +
           core::protocol_name + " keeps; start this node with the protocol that wrote it, or with an empty store";
  b.core = core{b.ids.find(self), *hard, b.storage.log()};
  return std::nullopt;
}

} // namespace detail

// Sees to it that the log begins with these members, and makes the core. Returns what is wrong, if anything is.
//
// `find()` is asked before the core is made: what has to be done with the log first, by whoever has the machine.
template <class Body, class Find>
[[gnu::cold]] std::optional<std::string> found(Body& b, node_id self, std::vector<node_id> const& all,
                                               Find&& find) {
  for (auto const id : all)
    if (id == node_id{})
      return "a node's id is 0 in replica_config::members: expected 1 or more, because 0 names nobody; give this "
             "node another id";
  if (!b.ids.assign(all) || b.ids.find(self) == peer{})
    return "expected between 1 and " + std::to_string(Body::core_type::options::limit.nodes) +
           " different members with this node's id, " + std::to_string(self.value) +
           ", among them; mend the configuration, or raise limits' nodes";
  // What a store has promised is its node's: two that spoke from one would vote twice (scenario P14). One that
  // names nobody, as a new one in memory may, is whoever's it was given to.
  if (auto const owner = b.storage.identity().node; owner != node_id{} && owner != self)
    return "this store belongs to node " + std::to_string(owner.value) + " and not to node " +
           std::to_string(self.value) + "; give this node the store that is its own, or an empty one";
  auto const record = b.ids.record();
  auto why =
      b.log().last() == log_index{} ? detail::lay_down(b, payloads::trusted(record, 1)) : detail::compare(b);
  if (!why) why = find();
  return why ? why : detail::recover(b, self);
}

} // namespace quorate
