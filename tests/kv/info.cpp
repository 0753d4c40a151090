// What INFO says of the protocol and of where it stands.
#include "kv/backend.hpp"

#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"

#include <doctest/doctest.h>

#include <string>

namespace kv {
namespace {

// As much of a client port as a backend needs that nobody asks anything.
struct silent_port {
  limits const& limit() const { return limit_; }
  void complete(std::uint64_t, std::string_view) {}
  void readable(std::uint64_t) {}
  void refused(std::uint64_t, std::string_view) {}
  void unknown(std::uint64_t, std::string_view) {}
  limits limit_{};
};

// INFO of a sole node, with the id 9, before it has led and once it does.
template <template <class, class, class, class...> class Protocol>
struct sole_node {
  using replica = Protocol<messages, quorate::memory, quorate::manual_timer>;
  quorate::memory disk{{.identity = {.node = quorate::node_id{9}, .incarnation = quorate::incarnation_id{1}}}};
  replica node{{quorate::node_id{9}, {quorate::node_id{9}}}, disk, quorate::manual_timer{{10, 3, 60}, 1}};
  backend_of<replica, silent_port> backend{node};

  std::string info() const { return info_text(backend.report(), "consensus"); }
  std::string info_of_leader() {
    for (std::uint64_t now = 0; now < 60; ++now)
      node.turn(
          now, [](auto&&...) {}, backend);
    return info();
  }
};
bool has(std::string const& text, std::string const& line) {
  return text.find("\r\n" + line + "\r\n") != text.npos;
}

TEST_CASE("Raft has a term, and no ballot") {
  sole_node<quorate::raft::replica> n;
  auto const text = n.info_of_leader();
  CHECK(has(text, "protocol:raft"));
  CHECK(has(text, "role:leader"));
  CHECK(has(text, "term:1"));
  CHECK(text.find("ballot") == text.npos);
}

TEST_CASE("Multi-Paxos has a ballot, with its round and its owner's id, and the same as one number") {
  sole_node<quorate::multi_paxos::replica> n;
  CHECK(has(n.info(), "ballot:round=0,owner=0"));
  auto const text = n.info_of_leader();
  CHECK(has(text, "protocol:multi-paxos"));
  CHECK(has(text, "role:leader"));
  CHECK(has(text, "ballot:round=1,owner=9"));
  CHECK(has(text, "term:256"));
}

} // namespace
} // namespace kv
