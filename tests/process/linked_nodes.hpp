// Nodes of kv of which every link to another goes through a proxy.
#pragma once

#include "leaders.hpp"
#include "progress_plan.hpp"
#include "proxies.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace quorate::test {

class linked_nodes {
public:
  // All serve when it returns. Throws std::runtime_error if they do not.
  linked_nodes(progress_plan const& plan, std::string const& protocol, std::size_t count, dice chance)
      : plan_{plan}, chance_{chance}, nodes_{plan.kv,
                                             {"--protocol", protocol, "--election-timeout",
                                              std::to_string(T.count()), "--heartbeat",
                                              std::to_string(heartbeat.count())},
                                             {},
                                             count},
        links_{peer_ports(), dice{chance_(~std::uint64_t{0})}} {
    for (std::size_t i = 0; i < count; ++i)
      for (std::size_t j = 0; j < count; ++j)
        if (i != j) nodes_.dial(i, j, links_.port(i, j));
    nodes_.start_all();
    write_everywhere();
    auto const begun = load_clock::now();
    while (load_->answered(begun, load_clock::now()) < 20 * count) {
      if (load_clock::now() - begun > std::chrono::seconds{20})
        throw std::runtime_error{"too few writes were acknowledged within 20 seconds, before anything was done"};
      pause_for(milliseconds{10});
    }
    pause_for((plan.fast ? 1 : 2) * T);
    auto const found = nodes_.leader(milliseconds{5000});
    if (!found) throw std::runtime_error{"no node led, before anything was done"};
    leader_ = *found;
    told_ = leaders_told(nodes_).size();
  }

  kv::cluster& nodes() { return nodes_; }
  std::size_t count() const { return nodes_.count(); }
  std::size_t leader() const { return leader_; } // when all served
  std::size_t any_follower() { return (leader_ + 1 + static_cast<std::size_t>(chance_(count() - 1))) % count(); }
  milliseconds any_time(milliseconds least, milliseconds most) {
    return least + milliseconds{chance_(static_cast<std::uint64_t>((most - least).count()))};
  }
  // Since all served.
  std::size_t changes() const { return leaders_told(nodes_).size() - told_; }
  std::uint64_t hits() { return links_.hits(); }

  // One way.
  void cut(std::size_t from, std::size_t to) { links_.set(from, to, cut_state()); }
  void part(std::size_t a, std::size_t b) { cut(a, b), cut(b, a); }
  void part_all() { links_.set_all(cut_state()); }
  void lose(std::uint64_t percent) { links_.set_all({passage::lose, percent}); }
  void heal() { links_.set_all({}); }
  template <class F>
  void each_follower(F&& f) const {
    for (std::size_t i = 0; i < count(); ++i)
      if (i != leader_) f(i);
  }

  // Three clients at each node.
  void write_everywhere() {
    std::vector<std::uint16_t> ports;
    for (std::size_t i = 0; i < count(); ++i) ports.push_back(nodes_.port(i));
    load_.emplace(ports, load_habits{.clients = 3 * count(),
                                     .patience = {T, T / 2, T / 3},
                                     .pause = milliseconds{30},
                                     .again = retry::and_back});
  }
  // Clients that stay there.
  void read_at(std::size_t node, std::size_t clients) {
    load_.emplace(std::vector<std::uint16_t>{nodes_.port(node)}, load_habits{.clients = clients,
                                                                             .patience = {milliseconds{5000}},
                                                                             .pause = milliseconds{1},
                                                                             .reads = true,
                                                                             .again = retry::here});
  }
  load& clients() { return *load_; }

private:
  std::vector<std::uint16_t> peer_ports() const {
    std::vector<std::uint16_t> ports;
    for (std::size_t i = 0; i < nodes_.count(); ++i) ports.push_back(nodes_.peer_port(i));
    return ports;
  }
  link_state cut_state() const {
    return {plan_.cut == "drop" ? passage::drop : plan_.cut == "hold" ? passage::hold : passage::close, 0};
  }

  progress_plan const& plan_;
  dice chance_;
  std::optional<load> load_{}; // outlives the nodes: who is owed an answer by a node that is gone waits no longer
  kv::cluster nodes_;
  proxies links_;
  std::size_t leader_ = 0;
  std::size_t told_ = 0;
};

} // namespace quorate::test
