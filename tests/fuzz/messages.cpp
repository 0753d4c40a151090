// The frames of every protocol's messages, and a type with every shape that the codec knows. The first byte says
// which; the rest is the frame.
#include "fuzz.hpp"

#include "quorate/core/bounded.hpp"
#include "quorate/core/payloads.hpp"
#include "quorate/message/frame.hpp"
#include "quorate/message/hana.hpp"
#include "quorate/multi_paxos.hpp"
#include "quorate/paxos.hpp"
#include "quorate/raft.hpp"
#include "quorate/replica/message.hpp"
#include "quorate/replica/wire.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace quorate {
namespace {

enum class paint : std::uint8_t { red, green };
constexpr paint last_enumerator(paint) { return paint::green; }

struct everything {
  std::vector<std::string> names{};
  bounded<paint, 5> paints{};
  std::optional<payloads> records{};
  std::vector<std::vector<bool>> flags{};
  std::array<std::uint16_t, 3> code{};
  node_set<3> nodes{};
  std::optional<entry_run> run{};
  using fields = field_list<field<"names", &everything::names>, field<"paints", &everything::paints>,
                            field<"records", &everything::records>, field<"flags", &everything::flags>,
                            field<"code", &everything::code>, field<"nodes", &everything::nodes>,
                            field<"run", &everything::run>>;
  static constexpr strength says = strength::advisory;
};

// Bytes are refused, or they are the one encoding of what they decode to; and neither takes more of the heap than
// the bytes are worth, whatever lengths they claim.
template <class Set>
void check_set(std::span<std::byte const> bytes) {
  std::vector<std::byte> again;
  bool taken = false;
  auto const before = fuzz::heap_taken();
  auto const error = decode_message<Set>(bytes, [&](auto const& m) {
    fuzz::must(fuzz::heap_taken() - before <= 64 * bytes.size() + 64,
               "a decoder takes no more than its input is worth");
    taken = true;
    appender out{again};
    fuzz::must(encode_message(Set{}, m, out), "what was decoded can be encoded");
  });
  fuzz::must(taken == (error == decode_error::none), "a message is seen when, and only when, there is no error");
  if (taken) fuzz::must(std::ranges::equal(again, bytes), "a message has one encoding");
}

using rafts = raft::node<>::messages;
using multis = multi_paxos::node<>::messages;
using decrees = paxos::full_node<std::uint64_t>::messages;

} // namespace
} // namespace quorate

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace quorate;
  if (size == 0) return 0;
  fuzz::input const rest{data + 1, size - 1};
  switch (data[0] % 5) {
  case 0: return check_set<rafts>(rest.bytes()), 0;
  case 1: return check_set<multis>(rest.bytes()), 0;
  case 2: return check_set<decrees>(rest.bytes()), 0;
  case 3: return check_set<replica_messages>(rest.bytes()), 0;
  default: return check_set<message_set<everything>>(rest.bytes()), 0;
  }
}
