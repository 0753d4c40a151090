// A wire format of your own: entries are lines of text, such as `stock apples 14`, that other programs can read.
//
// A Messages policy is a type with three functions: how many bytes an entry takes, how it is written, and how it
// is read again (policy/messages.hpp has the table). quorate stores and sends these bytes and never looks into
// them. So Protobuf, JSON or big-endian structs stand where the text stands here. Three rules, which
// check_messages tries:
//
// 1. entry_size says exactly how many bytes encode_entry writes; a replica asks for it at each propose.
// 2. The bytes that decode_entry gets come from disks and other nodes: they may hold anything. What is no entry is
//    `false`; of a committed entry that stops the replica, which is right: it was written by another policy.
// 3. What is taken for an entry is encoded again to the same meaning: one command has one spelling, or several
//    that mean the same.
//
// To let an older program's entries be read: begin with a byte for the version, and decode by it. The command may
// borrow its bytes, as the string_view does here; it lives while the machine is called.
//
// Messages between replicas are another matter. wire_of<node> (replica/wire.hpp) makes frames of them, and their
// fields are listed by name (message/reflect.hpp) for whoever wants another frame: a transport's `send` gets the
// message as a struct, and the replica's `receive` takes it back. Inside the codec's form a type of your own gets
// a form by its fields, or by a specialisation of `wire` (message/wire.hpp).
#include "quorate/conform/messages.hpp"
#include "quorate/policy/messages.hpp"
#include "quorate/raft.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"
#include "quorate/transport/loopback.hpp"
#include <charconv>
#include <cstdio>
#include <cstring>
#include <deque>
#include <map>
#include <string>
#include <string_view>
using namespace quorate;

struct delivery {
  std::string_view item{}; // borrowed
  int pieces = 0;
  friend bool operator==(delivery const&, delivery const&) = default;
};

struct lines { // the Messages policy
  using command = delivery;
  using entry_extra = no_extra;
  using envelope_extra = no_extra;
  static constexpr std::uint64_t fingerprint = 1; // another one when older builds can't read the lines any more
  static constexpr std::string_view verb = "stock ";

  static std::size_t entry_size(delivery const& d, no_extra) {
    return verb.size() + d.item.size() + 1 + digits(d).size();
  }
  static void encode_entry(delivery const& d, no_extra, std::byte* at) {
    auto const number = digits(d);
    for (auto const part : {verb, d.item, std::string_view{" "}, std::string_view{number}}) {
      std::memcpy(at, part.data(), part.size());
      at += part.size();
    }
  }
  static bool decode_entry(payloads::bytes bytes, delivery& d, no_extra&) {
    std::string_view const line{reinterpret_cast<char const*>(bytes.data()), bytes.size()};
    auto const space = line.rfind(' ');
    if (!line.starts_with(verb) || space == line.npos || space < verb.size()) return false;
    auto const [end, error] = std::from_chars(line.data() + space + 1, line.data() + line.size(), d.pieces);
    d.item = line.substr(verb.size(), space - verb.size());
    return error == std::errc{} && end == line.data() + line.size();
  }
  static std::string digits(delivery const& d) { return std::to_string(d.pieces); }
};

struct some { // what check_messages tries: a command for each number, and the number of a command
  static delivery make(std::uint64_t n) {
    return {std::string_view{"green apples"}.substr(std::size_t(n % 12)), static_cast<int>(n)};
  }
  static std::uint64_t number(delivery const& d) { return static_cast<std::uint64_t>(d.pieces); }
};

using node = raft::replica<lines, memory, manual_timer>;

int main() {
  std::vector<node_id> const ids{node_id{1}, node_id{2}, node_id{3}};
  std::deque<memory> disks;
  std::deque<node> nodes;
  loopback<node> net;
  for (auto id : ids)
    net.attach(id, nodes.emplace_back(replica_config{id, ids}, disks.emplace_back(),
                                      manual_timer{{10, 3, 99}, id.value}));
  std::map<std::string, int> stock[3];
  for (std::uint64_t now = 0; now < 200; ++now, net.deliver_all())
    for (std::size_t i = 0; i < 3; ++i) {
      if (now == 100) (void)nodes[i].propose({"apples", 14});
      nodes[i].turn(now, net.sender(ids[i]), [&](auto const& event) {
        if constexpr (requires { event.command; })
          stock[i][std::string{event.command.item}] += event.command.pieces;
      });
    }
  bool const agreed = stock[0]["apples"] == 42 && stock[1]["apples"] == 42 && stock[2]["apples"] == 42;
  auto const sound = check::check_messages<lines, some>();
  std::printf("three nodes have 42 apples in stock: %s\n%s", agreed ? "yes" : "no", sound.text().c_str());
  return agreed && sound ? 0 : 1;
}
