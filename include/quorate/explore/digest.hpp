// The digests of what the shipped cores are made of.
#pragma once

#include "quorate/core/log_view.hpp"
#include "quorate/explore/fingerprint.hpp"
#include "quorate/log/read_rounds.hpp"
#include "quorate/message/reflect.hpp"
#include "quorate/truth/log.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <variant>
#include <vector>

namespace quorate::check {

// A message's or any other reflected value's numbers, with the nodes in it renamed. A ballot's owner is not: that
// changes the order of ballots, so no renaming moves who has one (replicated.hpp, that_keep).
template <class T>
constexpr void digest_value(T const& x, renaming const& p, digester& h) {
  if constexpr (std::is_same_v<T, node_index> || std::is_same_v<T, member_id>)
    h.add(p(x));
  else if constexpr (std::is_same_v<T, peer>)
    h.add(p(x.place)), h.add(p(x.member));
  else if constexpr (std::is_array_v<T>)
    for (auto const& one : x) digest_value(one, p, h);
  else if constexpr (reflected<T>)
    for_each_field(x, [&](auto, auto const& m) { digest_value(m, p, h); });
  else
    h.add(x);
}
template <class... M>
constexpr void digest_value(std::variant<M...> const& x, renaming const& p, digester& h) {
  h.add(x.index());
  std::visit([&](auto const& m) { digest_value(m, p, h); }, x);
}

inline void digest_config(configuration const& c, renaming const& p, digester& h) {
  h.add(c.number), h.add(c.lease), h.add(c.flags), h.add(c.last_member);
  for (auto const& set : {c.voters, c.outgoing, c.learners, c.witnesses}) h.add(p(set).bits);
  p(c.places()).for_each([&](node_index renamed) { h.add(p(c.member_at(p.before(renamed)))); });
}
template <log_view Log>
void digest_log(Log const& log, renaming const& p, digester& h) {
  h.add(log.compacted()), h.add(log.stamp_at(log.compacted()));
  h.add(log.last());
  digest_config(log.config_at(log.compacted()), p, h);
  for (auto i = log.compacted() + 1; i <= log.last(); i = i + 1) {
    auto const run = log.run_at(i, 1);
    h.add(run.written_at);
    h.add(run.kind);
    if (run.kind == entry_kind::configuration) digest_config(log.config_at(i), p, h);
  }
}

template <std::size_t Rounds>
void digest_reads(read_rounds<Rounds> const& r, digester& h) {
  h.add(r.asked), h.add(r.placed), h.add(r.last_round), h.add(r.rounds.size());
  for (std::size_t i = 0; i < r.rounds.size(); ++i)
    h.add(r.rounds[i].upto), h.add(r.rounds[i].index), h.add(r.rounds[i].round);
}

inline void digest_reads(truth::reads_told<truth::bounded_memory> const& told, digester& h) {
  h.add(told.asked), h.add(told.answers.size());
  for (auto const i : told.answers) h.add(i);
}
template <std::size_t Nodes>
void digest_reads(truth::reads_ledger<truth::bounded_memory, Nodes> const& ledger, renaming const& p,
                  digester& h) {
  for (std::uint8_t i = 0; i < Nodes; ++i) {
    auto const& must = ledger.of(p.before(node_index{i}));
    h.add(must.size());
    for (auto const x : must) h.add(x);
  }
}

template <std::size_t Acceptors, class Ledger>
void digest_ballots(Ledger const& ballots, renaming const& p, digester& h) {
  h.add(ballots.known().size());
  for (auto const& k : ballots.known())
    h.add(k.at), digest_value(k.value, p, h), h.add(p(k.voters).bits), h.add(k.is);
  for (std::uint8_t i = 0; i < Acceptors; ++i) h.add(ballots.promised(p.before(node_index{i})));
}

// A snapshot that a node has fetched (snapshots.hpp), in which era.
struct staged_snapshot {
  stamp era{};
  log_index at{};
  stamp written_at{};
  bool installed = false; // one was, some time
  friend constexpr bool operator==(staged_snapshot const&, staged_snapshot const&) = default;
};
inline void digest_staged(staged_snapshot const& s, digester& h) {
  h.add(s.era), h.add(s.at), h.add(s.written_at), h.add(s.installed);
}

// What waits in an outbox: by write, and for one write by peer under the renaming, each peer's in the order said.
// Whom of several a turn says it to first is an accident of their numbers that nobody can see, and two nodes that
// differ in nothing else are one.
template <class What>
struct waiting {
  std::uint64_t after{};
  peer to{};
  What what{};
};
template <class What, class Outbox>
std::vector<waiting<What>> waiting_in(Outbox const& box, renaming const& p) {
  std::vector<waiting<What>> all;
  box.each([&](peer to, std::uint64_t after, auto const& m) { all.push_back({after, to, m}); });
  std::stable_sort(all.begin(), all.end(), [&](auto const& a, auto const& b) {
    return a.after != b.after ? a.after < b.after : p(a.to.member) < p(b.to.member);
  });
  return all;
}

// What surrounds a core in a `replicated_node`: its disks, its outbox, and what is remembered of it.
// `digest_disk(disk, renaming, digester)` and `digest_past` know what these are.
template <class Node>
void digest_surroundings(Node const& n, renaming const& p, digester& h) {
  h.add(p(n.self));
  for (auto const* disk : {&n.written, &n.durable, &n.image}) digest_disk(*disk, p, h);
  h.add(n.syncing), h.add(n.covered), h.add(n.left_behind), h.add(n.tickets.latest().number());
  h.add(n.held.size());
  for (auto const& w : waiting_in<decltype(Node::packet::what)>(n.held, p))
    digest_value(w.to, p, h), h.add(w.after), digest_value(w.what, p, h); // with its kind
  digest_past(n.past, p, h);
}

} // namespace quorate::check
