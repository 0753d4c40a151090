// Who led, by the word of all nodes of a cluster.
#pragma once

#include "../../examples/kv/cluster.hpp"

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <set>
#include <stdexcept>
#include <string>

namespace quorate::test {

// Each leader with its term or ballot that any node has told of in its log so far.
inline std::set<std::string> leaders_told_so_far(kv::cluster const& c) {
  std::set<std::string> told;
  for (std::size_t i = 0; i < c.count(); ++i) {
    std::ifstream log{c.log(i)};
    for (std::string line; std::getline(log, line);) {
      auto const at = line.find(" info: node ");
      if (at != line.npos && line.find(" leads ", at) != line.npos) told.insert(line.substr(at));
    }
  }
  return told;
}

// The same when there must be one. How many there are more of at a later time is how often the leader has changed.
// Throws std::runtime_error if the logs tell of none.
inline std::set<std::string> leaders_told(kv::cluster const& c) {
  auto told = leaders_told_so_far(c);
  if (told.empty())
    throw std::runtime_error{"expected lines such as \"info: node 2 leads term 3\" in the nodes' logs, but there "
                             "are none; has their text changed?"};
  return told;
}

// Elections that the nodes that answer have begun, all together.
inline std::uint64_t elections_told(kv::cluster const& c, kv::cluster::milliseconds patience) {
  std::uint64_t all = 0;
  for (std::size_t i = 0; i < c.count(); ++i) {
    kv::client client{patience};
    if (client.connect(c.port(i))) all += kv::as_number(kv::ask_info(client, "elections"));
  }
  return all;
}

} // namespace quorate::test
