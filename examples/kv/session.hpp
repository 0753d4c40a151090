// One connection as its own commands see it, and what they may ask of the port that it came in by.
#pragma once

#include "info.hpp"
#include "limits.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace kv {

// A connection, as CLIENT LIST tells it. Sizes are in bytes. The views are good for as long as it is shown.
struct client_description {
  std::uint64_t id = 0;
  int descriptor = -1;
  std::string address{};       // HOST:PORT, of the client
  std::string local_address{}; // that it came to
  std::string_view name{};
  std::string_view library_name{};
  std::string_view library_version{};
  std::string_view last_command{}; // empty: none yet
  std::uint64_t age_seconds = 0;
  std::uint64_t idle_seconds = 0; // since it sent something
  int queued = -1;                // commands behind its MULTI; -1: it is in none
  std::size_t query_bytes = 0;    // read, and not understood yet
  std::size_t reply_bytes = 0;    // not taken yet
  std::size_t memory_bytes = 0;   // all that is held for it
};

// The port by plain functions, so that a command is one function and no template.
struct host_view {
  void* host;
  info (*report)(void* host);
  // Calls each(context, description) for every connection; within that call none may be closed.
  void (*visit)(void* host, void* context, void (*each)(void* context, client_description const&));
  // Closes the connection at once, what it is owed is lost. Not the one whose command this is.
  void (*close)(void* host, std::uint64_t id);

  info told() const { return report(host); }
  template <class F>
  void each_client(F&& f) const {
    visit(host, &f, [](void* context, client_description const& c) {
      (*static_cast<std::remove_reference_t<F>*>(context))(c);
    });
  }
};

// Of a port that has report(), each_client(f) and close_client(id).
template <class Port>
host_view host_view_of(Port& port) {
  return {&port, [](void* host) { return static_cast<Port*>(host)->report(); },
          [](void* host, void* context, void (*each)(void*, client_description const&)) {
            static_cast<Port*>(host)->each_client([&](client_description const& c) { each(context, c); });
          },
          [](void* host, std::uint64_t id) { static_cast<Port*>(host)->close_client(id); }};
}

// One connection, as its own commands see it.
struct session {
  std::uint64_t id = 0;
  limits const* limit = nullptr;
  host_view const* host = nullptr;
  std::string name{};
  std::string library_name{};
  std::string library_version{};
  std::string_view last_command{}; // of the table; empty: none yet
  bool quitting = false;           // close once everything has been answered
};

} // namespace kv
