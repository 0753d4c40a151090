// A cluster of nobody: what the client port's tests have behind it. Outcomes come later, in a batch, as they
// do from a replica; and on wish they are refusals, or never come.
#pragma once

#include "kv/client_port.hpp"

#include <asio/io_context.hpp>
#include <asio/post.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace kv {

struct local_backend {
  enum class mood { apply, refuse, lose, swallow };

  asio::io_context& io;
  client_port<local_backend>* port = nullptr;
  quorate::service::key_value data{};
  bool led = true;
  mood now = mood::apply;
  bool at_once = false; // outcomes within the call
  std::vector<std::pair<std::uint64_t, std::string>> due{};
  std::vector<std::string> warnings{};

  bool available() const { return led; }
  quorate::service::key_value const& store() const { return data; }
  info report() const {
    info i;
    i.id = 1;
    i.role = "leader";
    return i;
  }
  bool tidy(work_budget& budget) { return data.tidy(budget); }
  void warn(std::string text) { warnings.push_back(std::move(text)); }
  void submit_write(std::uint64_t number, std::string_view bytes) { add(number, std::string{bytes}); }
  void submit_read(std::uint64_t number) { add(number, {}); }

private:
  void add(std::uint64_t number, std::string bytes) {
    if (at_once) return settle(number, bytes);
    if (due.empty()) asio::post(io, [this] { turn(); });
    due.emplace_back(number, std::move(bytes));
  }
  void turn() {
    for (auto const& [number, bytes] : std::exchange(due, {})) settle(number, bytes);
  }
  void settle(std::uint64_t number, std::string const& bytes) {
    if (now == mood::refuse) return port->refused(number, "no leader");
    if (now == mood::lose) return port->unknown(number, "the leader is gone");
    if (now == mood::swallow) return;
    if (bytes.empty()) return port->readable(number);
    std::string reply;
    resp_writer out{reply};
    data.apply(bytes, out, port->limit().max_answer());
    port->complete(number, reply);
  }
};

} // namespace kv
