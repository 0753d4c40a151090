// One node of kv under strace, which lets each write, sync, rename, removal and reservation of space that it makes
// fail once, with EIO and with ENOSPC, or kills it there. Afterwards everything acknowledged is there; a node that
// was not killed has ended, and its log names the file, the operation and the error.
//
//   kv_injections PROGRAM PROTOCOL [EVERY]      only every EVERYth place, for who has no minutes
#include "../../examples/kv/client.hpp"
#include "../../examples/kv/cluster.hpp"
#include "injections.hpp"

#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;

constexpr int sets = 6; // and after each two of them a snapshot
std::string key(int i) { return "key:" + std::to_string(i); }

using quorate::test::content;
using quorate::test::harm;

// A node that is all of its cluster, in a directory that goes with this.
class lone_node {
public:
  lone_node(std::string program, std::string protocol)
      : program_{std::move(program)}, protocol_{std::move(protocol)} {
    if (ports_.size() != 2) throw std::runtime_error{"this machine gives no free ports at 127.0.0.1"};
  }
  lone_node(lone_node const&) = delete;
  lone_node& operator=(lone_node const&) = delete;
  std::string data() const { return directory_.path() + "/data"; }
  std::string log() const { return directory_.path() + "/log"; }
  std::string trace() const { return directory_.path() + "/trace"; }

  // `tracer`: words before the program's own. The process is the node's own also then (strace -D).
  void start(std::vector<std::string> words) {
    for (auto const& w : std::vector<std::string>{program_,
                                                  "serve",
                                                  "--id",
                                                  "1",
                                                  "--cluster",
                                                  "1=127.0.0.1:" + std::to_string(ports_[0]),
                                                  "--listen",
                                                  "127.0.0.1:" + std::to_string(ports_[1]),
                                                  "--data",
                                                  data(),
                                                  "--protocol",
                                                  protocol_,
                                                  "--election-timeout",
                                                  "20",
                                                  "--heartbeat",
                                                  "10",
                                                  "--snapshot-bytes",
                                                  "40",
                                                  "--die-with-parent",
                                                  std::to_string(::getpid())})
      words.push_back(w);
    std::filesystem::remove(log());
    status_.reset();
    if (!process_.start(words, log())) throw std::runtime_error{"cannot start " + words[0]};
  }
  bool ended() {
    if (!status_) status_ = process_.wait_for(0ms);
    return status_.has_value();
  }
  // Calls f(client) when the node takes requests; false if it never does.
  template <class F>
  bool when_it_serves(F&& f) {
    kv::client c{2s};
    for (int i = 0; i < 2000 && !ended(); ++i, ::usleep(5000)) {
      if (!c.connected() && !c.connect(ports_[1])) continue;
      auto const r = c.call({"GET", "ready"});
      if (r && !r->is_error()) return f(c), true;
    }
    return false;
  }
  // What it ended with; SIGTERM if it has not.
  int end() {
    if (!ended()) {
      process_.signal(SIGTERM);
      status_ = process_.wait_for(10s);
    }
    if (!status_) throw std::runtime_error{"the node does not end:\n" + content(log())};
    return *status_;
  }

private:
  std::string program_, protocol_;
  quorate::test::folder directory_{"kv"}; // outlives the process
  kv::reserved_ports ports_{2};
  kv::process process_;
  std::optional<int> status_{};
};

// The script: some SETs, one after another. How many were acknowledged; the next one may have happened.
int play(lone_node& node) {
  int acknowledged = 0;
  node.when_it_serves([&](kv::client& c) {
    for (int i = 0; i < sets; ++i) {
      auto const r = c.call({"SET", key(i), key(i)});
      if (!r || r->is_error()) return;
      acknowledged = i + 1;
      // The next one when the snapshot is there: then the calls come in one order, nearly.
      for (int n = 0; n < 200 && kv::ask_info(c, "snapshot_state", "persistence").value_or("idle") != "idle"; ++n)
        ::usleep(1000);
    }
  });
  return acknowledged;
}

// What is wrong with what the node holds after that, or "".
std::string look(lone_node& node, int acknowledged) {
  std::string wrong;
  node.start({});
  auto const serves = node.when_it_serves([&](kv::client& c) {
    for (int i = 0; i < sets; ++i) {
      auto const r = c.call({"GET", key(i)});
      bool const nil = r && r->kind == kv::reply::type::nil;
      if (!r || r->is_error())
        wrong = "it does not answer";
      else if (nil ? i < acknowledged : r->text != key(i) || i > acknowledged)
        wrong = key(i) + " is " + (nil ? "gone" : "'" + r->text + "'") + " where " + std::to_string(acknowledged) +
                " were acknowledged";
    }
    auto const r = c.call({"SET", "more", "1"});
    if (!r || r->is_error()) wrong = "it takes no more";
  });
  auto const status = node.end();
  if (!serves) return "it does not start again: " + content(node.log());
  return !wrong.empty() || kv::ended_well(status) ? wrong : "it ends badly: " + content(node.log());
}

int run(std::string const& program, std::string const& protocol, int every) {
  lone_node all{program, protocol};
  all.start(quorate::test::strace_all(all.trace()));
  auto const acknowledged = play(all);
  all.end();
  auto const trace = content(all.trace());
  if (!quorate::test::traced(trace, content(all.log()))) return quorate::test::skipped;
  if (acknowledged != sets) throw std::runtime_error{"the script does not work:\n" + content(all.log())};
  auto const spoil = [&](std::string const& call, int nth, harm const& h, bool& fired) {
    lone_node node{program, protocol};
    node.start(quorate::test::strace_one(node.trace(), call, nth, h));
    auto const kept = play(node);
    auto const status = node.end();
    auto const wrong =
        quorate::test::wrong_ending(h, status, content(node.trace()), content(node.log()), node.data(), fired);
    return wrong.empty() ? look(node, kept) : wrong;
  };
  return quorate::test::spoil_each(quorate::test::calls_in(trace), every, spoil);
}

} // namespace

int main(int argc, char** argv) {
  if (argc < 3) return std::fprintf(stderr, "usage: kv_injections PROGRAM PROTOCOL [EVERY]\n"), 2;
  try {
    return run(argv[1], argv[2], argc > 3 ? std::atoi(argv[3]) : 1);
  } catch (std::exception const& e) {
    std::printf("WRONG: %s\n", e.what());
    return 1;
  }
}
