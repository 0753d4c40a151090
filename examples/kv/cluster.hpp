// Nodes on this machine, as processes, with a directory for all they write: what the demo and the tests play on.
#pragma once

#include "client.hpp"
#include "process.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace kv {

// One line of INFO, such as "role"; nothing if the node does not answer.
inline std::optional<std::string> ask_info(client& c, std::string_view name,
                                           std::string_view section = "consensus") {
  auto const r = c.call({"INFO", section});
  if (!r || r->kind != reply::type::bulk) return std::nullopt;
  auto const wanted = "\r\n" + std::string{name} + ":";
  auto const at = r->text.find(wanted);
  if (at == std::string::npos) return std::nullopt;
  auto const from = at + wanted.size();
  return r->text.substr(from, r->text.find("\r\n", from) - from);
}
inline std::uint64_t as_number(std::optional<std::string> const& text) {
  return text ? std::strtoull(text->c_str(), nullptr, 10) : 0;
}

// Nodes are counted from 0 here; node i has the id i + 1. Start nodes from one thread that lives as long as
// they shall: they die with it. Everything is gone when this ends: the processes and the directory.
class cluster {
public:
  static constexpr std::size_t size = 3; // unless another count is asked for
  using milliseconds = std::chrono::milliseconds;

  // `program` is the path of kv, `before` what runs it if that is another program. Throws std::runtime_error if
  // this machine gives no directory or ports.
  explicit cluster(std::string program, std::vector<std::string> more_flags = {},
                   std::vector<std::string> before = {}, std::size_t count = size)
      : program_{std::move(program)}, before_(count, std::move(before)), more_{std::move(more_flags)},
        dialled_(count, std::vector<std::uint16_t>(count)), ports_{2 * count}, nodes_(count) {
    auto path = (std::filesystem::temp_directory_path() / "quorate-kv-XXXXXX").string();
    if (::mkdtemp(path.data()) == nullptr) throw std::runtime_error{"cannot make a directory at " + path};
    directory_ = path;
    if (ports_.size() != 2 * count) throw std::runtime_error{"this machine gives no free ports at 127.0.0.1"};
    for (auto& row : dialled_)
      for (std::size_t i = 0; i < count; ++i) row[i] = peer_port(i);
  }
  cluster(cluster const&) = delete;
  cluster& operator=(cluster const&) = delete;
  ~cluster() {
    for (auto& n : nodes_) n = process{};
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }

  std::size_t count() const { return nodes_.size(); }
  std::uint16_t port(std::size_t node) const { return ports_[count() + node]; } // for clients
  std::uint16_t peer_port(std::size_t node) const { return ports_[node]; }      // where the others reach it
  process& node(std::size_t i) { return nodes_[i]; }
  std::string log(std::size_t i) const { return data(i) + ".log"; }

  // Its directory for --data.
  std::string data(std::size_t i) const { return directory_ + "/node" + std::to_string(i + 1); }

  // From its next start on node `i` looks for `peer` at that port: a proxy's, say.
  void dial(std::size_t i, std::size_t peer, std::uint16_t port) { dialled_[i][peer] = port; }
  // From its next start on that program runs node `i`.
  void run_by(std::size_t i, std::vector<std::string> before) { before_[i] = std::move(before); }

  void start(std::size_t i) { start(i, more_); }
  void start(std::size_t i, std::vector<std::string> const& flags) {
    auto const id = std::to_string(i + 1);
    auto words = before_[i];
    for (auto const& word :
         std::initializer_list<std::string>{program_, "serve", "--id", id, "--cluster", members_of(i), "--listen",
                                            "127.0.0.1:" + std::to_string(port(i)), "--data", data(i),
                                            "--die-with-parent", std::to_string(::getpid())})
      words.push_back(word);
    words.insert(words.end(), flags.begin(), flags.end());
    if (!nodes_[i].start(words, log(i))) throw std::runtime_error{"cannot start " + words[0]};
  }
  void start_all() {
    for (std::size_t i = 0; i < count(); ++i) start(i);
  }
  void kill(std::size_t i) {
    nodes_[i].signal(SIGKILL);
    nodes_[i].wait();
  }
  // Asks all to shut down; true if each does so, in time and without complaint.
  bool stop_all(milliseconds patience) {
    for (auto& n : nodes_) n.signal(SIGTERM);
    bool well = true;
    for (auto& n : nodes_) well = (!n.running() || ended_well(n.wait_for(patience))) && well;
    return well;
  }

  // The node that leads, by the word of a node that leads; nothing if there is none in time or `enough()` is true.
  template <class Enough>
  std::optional<std::size_t> leader(milliseconds patience, Enough&& enough) const {
    auto const until = std::chrono::steady_clock::now() + patience;
    do {
      std::optional<std::size_t> found;
      std::uint64_t highest = 0;
      for (std::size_t i = 0; i < count(); ++i) {
        client c{milliseconds{500}};
        if (!c.connect(port(i)) || ask_info(c, "role") != "leader") continue;
        auto const term = as_number(ask_info(c, "term")); // of two, one does not know yet that it was replaced
        if (term >= highest) found = i;
        highest = std::max(highest, term);
      }
      if (found) return found;
      std::this_thread::sleep_for(milliseconds{20});
    } while (std::chrono::steady_clock::now() < until && !enough());
    return std::nullopt;
  }
  std::optional<std::size_t> leader(milliseconds patience) const {
    return leader(patience, [] { return false; });
  }

  // Prints what the nodes said last, for someone who has to find out what went wrong.
  void show_logs() const {
    for (std::size_t i = 0; i < count(); ++i) {
      std::ifstream file{log(i)};
      std::vector<std::string> lines;
      for (std::string line; std::getline(file, line);) lines.push_back(line);
      std::printf("--- the end of node %zu's log\n", i + 1);
      for (auto l = lines.size() > 10 ? lines.size() - 10 : 0; l < lines.size(); ++l) std::puts(lines[l].c_str());
    }
  }

private:
  // As node `i` is told.
  std::string members_of(std::size_t i) const {
    std::string all;
    for (std::size_t n = 0; n < count(); ++n)
      all += (n > 0 ? "," : "") + std::to_string(n + 1) + "=127.0.0.1:" + std::to_string(dialled_[i][n]);
    return all;
  }

  std::string program_;
  std::vector<std::vector<std::string>> before_; // what runs it, node by node
  std::vector<std::string> more_;
  std::string directory_;
  std::vector<std::vector<std::uint16_t>> dialled_; // by node, then by peer
  reserved_ports ports_;                            // of the nodes among themselves, then for clients
  std::vector<process> nodes_;
};

} // namespace kv
