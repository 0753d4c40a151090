// What a watcher of a replicated log remembers, though every node may forget it: each entry ever written, the one
// order of what was committed, and what every client was promised.
#pragma once

#include "quorate/core/breach.hpp"
#include "quorate/core/entry.hpp"
#include "quorate/message/hash.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace quorate::sim {

// A list to which clients append: its length and a digest of all that is in it.
struct list_prefix {
  std::uint64_t length = 0;
  std::uint64_t digest = 0;
  list_prefix with(std::uint64_t number) const {
    hasher h;
    h.number(digest), h.number(number);
    return {length + 1, h.value()};
  }
  friend bool operator==(list_prefix const&, list_prefix const&) = default;
};

// An entry as it was written somewhere. One index and stamp have one of them.
struct version {
  stamp written_at{};
  stamp before{}; // the stamp of the entry before it
  entry_kind kind{};
  std::uint64_t content = 0; // a hash of its bytes
  std::uint64_t number = 0;  // of its command; 0: none
  node_index by = no_node;   // who was the first to write it
};

struct committed_entry {
  stamp written_at{};
  stamp known_in{}; // the lowest era in which a node knew it to be committed
  std::uint64_t content = 0;
  std::uint64_t number = 0;
  list_prefix list{}; // with it
};

class ledger {
public:
  // nullptr if it is not known.
  version const* find(std::uint64_t index, stamp written_at) const {
    if (index >= versions_.size()) return nullptr;
    auto const& found = versions_[static_cast<std::size_t>(index)];
    for (auto v = found.rbegin(); v != found.rend(); ++v)
      if (v->written_at == written_at) return &*v;
    return nullptr;
  }
  void add(std::uint64_t index, version const& v) {
    auto const i = static_cast<std::size_t>(index);
    if (i >= versions_.size()) versions_.resize(i + 1);
    versions_[i].push_back(v);
  }

  std::uint64_t committed() const { return order_.size(); }
  committed_entry& at(std::uint64_t index) { return order_[static_cast<std::size_t>(index - 1)]; }
  committed_entry const& at(std::uint64_t index) const { return order_[static_cast<std::size_t>(index - 1)]; }
  list_prefix list_at(std::uint64_t index) const { return index == 0 ? list_prefix{} : at(index).list; }
  // The next one in the order.
  bool commit(version const& v, stamp era, breach& tell) {
    auto list = list_at(committed());
    if (v.number != 0) {
      auto& c = command(v.number);
      if (c.index != 0)
        return tell("a command stands in the log once", "command ", v.number, " stands at ", c.index, " and at ",
                    committed() + 1);
      if (c.refused) return refused(v.number, committed() + 1, tell);
      list = list.with(v.number);
      c.index = committed() + 1;
    }
    order_.push_back({v.written_at, era, v.content, v.number, list});
    return true;
  }
  // What a machine's state is after so many entries: a digest. Told once of each, from 0 on.
  void note_state(std::uint64_t digest) { states_.push_back(digest); }
  std::uint64_t state_at(std::uint64_t index) const { return states_[static_cast<std::size_t>(index)]; }
  static bool refused(std::uint64_t number, std::uint64_t index, breach& tell) {
    return tell("what was refused is never committed", "command ", number, " was refused, and stands at ", index);
  }

  // --- what clients were promised
  struct promise {
    std::uint64_t index = 0; // where it stands; 0: nowhere, so far
    bool refused = false;
  };
  promise& command(std::uint64_t number) {
    auto const i = static_cast<std::size_t>(number);
    if (i >= commands_.size()) commands_.resize(i + 1);
    return commands_[i];
  }
  // The highest index that any client has been told of: whoever asks from now on must see as much.
  std::uint64_t acknowledged() const { return acknowledged_; }
  void acknowledge(std::uint64_t index) { acknowledged_ = (std::max)(acknowledged_, index); }

private:
  std::vector<std::vector<version>> versions_{};
  std::vector<committed_entry> order_{};
  std::vector<promise> commands_{};
  std::vector<std::uint64_t> states_{};
  std::uint64_t acknowledged_ = 0;
};

} // namespace quorate::sim
