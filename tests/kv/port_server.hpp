// A client port on a thread of its own, with a cluster of nobody behind it.
#pragma once

#include "local_backend.hpp"

#include "kv/client.hpp"

#include <doctest/doctest.h>

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>

#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

namespace kv {

using namespace std::chrono_literals;

// `with` runs on that thread.
struct port_server {
  limits limit;
  asio::io_context io{1};
  local_backend backend{io};
  client_port<local_backend> port;
  asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
  std::thread thread;
  bool stopping = false; // on that thread

  template <class F>
  auto with(F&& f) {
    auto const task = std::make_shared<std::packaged_task<decltype(f())()>>(std::forward<F>(f));
    asio::post(io, [task] { (*task)(); });
    return task->get_future().get();
  }
  explicit port_server(limits const& l = {})
      : limit{l}, port{io, backend, limit, {asio::ip::address_v4::loopback(), 0}} {
    backend.port = &port;
    thread = std::thread{[this] { run(); }};
  }
  ~port_server() {
    with([this] {
      port.abort();
      stopping = true;
    });
    thread.join();
  }
  void run() {
    while (!stopping) {
      if (!port.pending()) io.run_one();
      io.poll(); // all that is ready, as a node does
      port.work();
    }
  }
  std::uint16_t number() const { return port.local_endpoint().port(); }
  client connect(std::chrono::milliseconds patience = 5000ms) {
    client c{patience};
    REQUIRE(c.connect(number()));
    return c;
  }
  bool lets_go() {
    for (int i = 0; i < 500; ++i, std::this_thread::sleep_for(10ms))
      if (with([this] { return port.clients() == 0; })) return true;
    return false;
  }
};

inline std::string text(std::optional<reply> const& r) {
  if (!r) return "(nothing)";
  switch (r->kind) {
  case reply::type::integer: return ":" + std::to_string(r->integer);
  case reply::type::nil: return "nil";
  case reply::type::error: return "!" + r->text;
  case reply::type::array: {
    std::string all = "[";
    for (auto const& e : r->elements) all += (all.size() > 1 ? " " : "") + text(e);
    return all + "]";
  }
  default: return r->text;
  }
}

} // namespace kv
