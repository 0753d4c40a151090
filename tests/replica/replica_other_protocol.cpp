// A data directory is one protocol's for good: what a vote of one means to the other, nobody could say.
#include "storage/wal_directory.hpp"

#include "quorate/message/messages.hpp"
#include "quorate/multi_paxos.hpp"
#include "quorate/raft.hpp"
#include "quorate/storage/file_wal.hpp"
#include "quorate/timer/manual.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <type_traits>

namespace quorate {
namespace {

using numbers = messages<std::uint64_t>;
using raft_node = raft::replica<numbers, file_wal, manual_timer>;
using multi_paxos_node = multi_paxos::replica<numbers, file_wal, manual_timer>;

template <class Replica>
opened_wal<posix_files> open(temporary_directory const& dir) {
  return file_wal::open({.directory = dir.path(),
                         .cluster = cluster_id{7},
                         .node = node_id{1},
                         .protocol = std::string{Replica::core_type::protocol_name} + " 1",
                         .segment_bytes = 1U << 14});
}

// A sole node opens the directory, adds a command, and has applied so many when all is done.
template <class Replica>
std::size_t live(temporary_directory const& dir) {
  auto store = open<Replica>(dir);
  REQUIRE_MESSAGE(store, store.error);
  Replica node{{node_id{1}, {node_id{1}}}, *store.wal, manual_timer{{10, 3, 60}, 1}};
  REQUIRE(node.propose(5));
  std::size_t applied = 0;
  for (std::uint64_t now = 0; now < 60; ++now)
    node.turn(
        now, [](auto&&...) {},
        [&](auto const& e) {
          if constexpr (requires { e.command; }) ++applied;
        });
  CHECK(!node.stopped());
  return applied;
}

// Every file with its bytes and the time of its last change.
auto everything_in(temporary_directory const& dir) {
  std::map<std::string, std::pair<std::string, std::filesystem::file_time_type>> all;
  for (auto const& e : std::filesystem::directory_iterator{dir.path()})
    all[e.path().filename()] = {dir.read(e.path().filename()), e.last_write_time()};
  return all;
}

TEST_CASE_TEMPLATE("a data directory is refused by the other protocol, by name, and stays as it was", Owner,
                   raft_node, multi_paxos_node) {
  using stranger = std::conditional_t<std::is_same_v<Owner, raft_node>, multi_paxos_node, raft_node>;
  std::string const mine = Owner::core_type::protocol_name, other = stranger::core_type::protocol_name;
  temporary_directory const dir;
  REQUIRE(live<Owner>(dir) == 1);
  auto const before = everything_in(dir);
  REQUIRE(before.size() >= 4);

  auto const refused = open<stranger>(dir);
  CHECK(!refused);
  auto const wanted = "belongs to protocol " + mine + " 1 and not to protocol " + other + " 1";
  CHECK_MESSAGE(refused.error.find(wanted) != std::string::npos, refused.error);
  CHECK(refused.error.find(dir.path()) != std::string::npos);
  CHECK(everything_in(dir) == before);

  CHECK(live<Owner>(dir) == 2); // its owner finds what it had
}

} // namespace
} // namespace quorate
