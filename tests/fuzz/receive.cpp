// All that one node of a cluster makes of what its peers send: frames, of any bytes and in any order, that a real
// replica hears between its turns. What is doubted changes nothing; nothing that is heard makes it write what it
// can't apply, moves its term or round by leaps, or stops it, unless a leader takes back what it has committed.
#include "fuzz.hpp"

#include "quorate/core/ballot.hpp"
#include "quorate/message/messages.hpp"
#include "quorate/multi_paxos.hpp"
#include "quorate/raft.hpp"
#include "quorate/replica/wire.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace quorate {
namespace {

using numbers = messages<std::uint64_t>;

// Node 1 of three. An input is one byte for the protocol, then one byte for each thing that happens (% 4): a turn,
// a turn after a long time, or a frame of node 2 or 3. A frame's byte is followed by its length, two bytes, and
// the frame itself.
template <class Replica, std::uint64_t Most, std::uint64_t Half>
class hearer {
public:
  void take(std::span<std::byte const> input) {
    while (!input.empty()) {
      auto const what = std::to_integer<unsigned>(input[0]) % 4;
      input = input.subspan(1);
      if (what < 2) {
        turn(what == 0 ? 1 : 1000);
        continue;
      }
      if (input.size() < 2) return;
      auto const announced = std::to_integer<std::size_t>(input[0]) | std::to_integer<std::size_t>(input[1]) << 8;
      auto const size = (std::min)(announced, input.size() - 2);
      // A frame of its own, so that a read beyond it is seen.
      fuzz::input const frame{reinterpret_cast<std::uint8_t const*>(input.data() + 2), size};
      hear(node_id{what}, frame.bytes());
      input = input.subspan(2 + size);
    }
  }

private:
  static std::uint64_t round_of(stamp era) { // of a term, itself
    return Replica::core_type::rewrites ? ballot{era.value}.round_number() : era.value;
  }
  void hear(node_id from, std::span<std::byte const> frame) {
    auto const core = r_->core();
    auto const hard = disk_.hard();
    auto const last = disk_.log().last();
    auto const fault = wire_of<Replica>::deliver(*r_, from, frame);
    if (fault != decode_error::none)
      fuzz::must(r_->core() == core && disk_.hard() == hard && disk_.log().last() == last,
                 "what is doubted changes nothing");
    if (fault.doubt == Replica::core_type::too_far) ++leaps_; // each makes it believe as much again
    auto const before = round_of(core.era()), now = round_of(r_->core().era());
    fuzz::must(before <= now && now <= Half && (before == 0 || now - before <= Most * (leaps_ + 1)),
               "no message moves a term or a round by leaps");
  }
  void turn(std::uint64_t passes) {
    now_ += passes;
    r_->turn(
        now_, [](node_id, auto const&, payloads) {}, [](auto const&) {});
    if (!r_->stopped()) return;
    fuzz::must(r_->failure().find("contradicts what is committed") != std::string::npos,
               "only a leader that takes back what it has committed stops a node");
  }

  memory disk_{
      {.identity = {.node = node_id{1}, .incarnation = incarnation_id{1}}, .entries = 128, .bytes = 4096}};
  std::unique_ptr<Replica> r_ =
      std::make_unique<Replica>(replica_config{.self = node_id{1},
                                               .members = {node_id{1}, node_id{2}, node_id{3}},
                                               .staged_bytes = 4096,
                                               .max_command_bytes = 64},
                                disk_, manual_timer{{100, 30, 400}, 1});
  std::uint64_t now_ = 0, leaps_ = 0;
};

} // namespace
} // namespace quorate

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace quorate;
  if (size == 0) return 0;
  fuzz::input const rest{data + 1, size - 1};
  using of_raft = raft::replica<numbers, memory, manual_timer>;
  using of_multi_paxos = multi_paxos::replica<numbers, memory, manual_timer>;
  if (data[0] % 2 == 0)
    hearer<of_raft, raft::most_terms_missed, raft::last_term_believed + 1>{}.take(rest.bytes());
  else // a node that campaigns goes one round further than what it has heard of
    hearer<of_multi_paxos, multi_paxos::most_rounds_missed + 1, multi_paxos::last_round_believed + 1>{}.take(
        rest.bytes());
  return 0;
}
