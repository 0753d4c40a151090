// My own state machine, and a log that forgets: accounts that are saved, and brought to a node that was away.
//
// policy/machine.hpp has the table of a state machine's members. In this order it is done with little risk:
//
// 1. apply() does what a command says and returns what its client should know. Nothing in it may depend on the
// node:
//    no clock, no random numbers, no order of a hash table. The same commands give the same state everywhere.
// 2. A save is in steps, and each is short: save() hands over one piece and says whether there are more. What is
//    saved is the state as begin_save() found it, whatever is applied meanwhile. A small state is copied, as here;
//    of a large one copy what is about to change (service/frozen_entries.hpp), or use a persistent tree.
// 3. restore() takes the bytes as they come, cut anywhere. Nothing changes before end_restore(), which says
// whether
//    it was a whole state. Believe no length: bytes can be damaged.
// 4. check_machine (conform/machine.hpp) tries these laws, as main does below. Run it in your tests.
// 5. Give the replica a snapshot store, and the machine: on disks, folder_snapshots beside file_wal.
#include "quorate/conform/machine.hpp"
#include "quorate/core/little_endian.hpp"
#include "quorate/message/hana.hpp"
#include "quorate/message/messages.hpp"
#include "quorate/raft.hpp"
#include "quorate/snapshot/memory_snapshots.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"
#include "quorate/transport/loopback.hpp"
#include <array>
#include <cstdio>
#include <deque>
#include <map>
#include <optional>
#include <utility>
#include <vector>

using namespace quorate;
struct deposit {
  std::uint32_t account;
  std::uint32_t amount;
};
BOOST_HANA_ADAPT_STRUCT(deposit, account, amount);

class accounts {
public:
  std::uint64_t apply(log_index i, deposit const& d) { // what is there now
    applied_ = i;
    return held_[d.account] += d.amount;
  }
  log_index applied() const { return applied_; }

  void begin_save() { saved_ = held_, at_ = saved_.begin(), begun_ = false; }
  template <class Put>
  save_step save(Put& put) { // a row at a time: first how many there are, then an account in each
    row r{};
    auto* to = r.data();
    auto const byte = [&](std::byte b) { *to++ = b; };
    if (std::exchange(begun_, true))
      little_endian::put(byte, at_->first, 4), little_endian::put(byte, at_++->second, 8);
    else
      little_endian::put(byte, saved_.size(), 12);
    if (!put(std::span{r})) return save_step::failed;
    return at_ == saved_.end() ? save_step::done : save_step::more;
  }
  void end_save() { saved_.clear(); }

  void begin_restore(log_index i) { at_index_ = i, come_.clear(); }
  bool restore(std::span<std::byte const> piece) {
    come_.insert(come_.end(), piece.begin(), piece.end());
    return true;
  }
  bool end_restore() {
    bool const whole = come_.size() >= sizeof(row) && come_.size() % sizeof(row) == 0 &&
                       little_endian::get(come_, 0, 8) == come_.size() / sizeof(row) - 1;
    if (!whole) return false;
    held_.clear();
    for (auto i = sizeof(row); i < come_.size(); i += sizeof(row))
      held_[static_cast<std::uint32_t>(little_endian::get(come_, i, 4))] = little_endian::get(come_, i + 4, 8);
    applied_ = at_index_;
    return true;
  }

private:
  using row = std::array<std::byte, 12>;
  std::map<std::uint32_t, std::uint64_t> held_{}, saved_{};
  decltype(saved_)::iterator at_{};
  bool begun_ = false;
  log_index applied_{}, at_index_{};
  std::vector<std::byte> come_{};
};

using node = raft::replica<messages<deposit>, memory, manual_timer, snapshots_in<memory_snapshots>>;

struct member {
  memory disk{};
  memory_snapshots snapshots{};
  accounts machine{};
  std::optional<node> replica{};
  std::uint64_t told = 0; // the last result

  void turn(std::uint64_t now, auto const& send) {
    auto const host = [&](auto const& event) { // a result, or the outcome of a proposal or a read
      if constexpr (requires { event.result; }) told = event.result;
    };
    replica->turn(now, send, hosted{machine, host});
  }
};

int main() {
  auto const any = [](std::uint64_t n) {
    return deposit{static_cast<std::uint32_t>(n % 7), static_cast<std::uint32_t>(n >> 40)};
  };
  if (auto const laws = check::check_machine<accounts>(any); !laws) return std::puts(laws.text().c_str()), 1;

  std::vector<node_id> const ids{node_id{1}, node_id{2}, node_id{3}};
  std::deque<member> all;
  loopback<node> net;
  for (auto id : ids) {
    auto& m = all.emplace_back();
    m.replica.emplace(replica_config{.self = id, .members = ids, .compaction = {.entries = 100, .keep_bytes = 0}},
                      m.disk, manual_timer{{10, 3, 99}, id.value}, m.snapshots, m.machine);
    net.attach(id, *m.replica);
  }
  std::uint64_t total = 0;
  for (std::uint64_t now = 0; now < 3000; ++now, net.deliver_all())
    for (std::size_t i = 0; i < 3; ++i) {
      if (i == 2 && now > 500 && now < 2000) continue; // away
      if (now >= 100 && now < 1000 && i == 0 && all[0].replica->propose({.account = 1, .amount = 2})) total += 2;
      all[i].turn(now, net.sender(ids[i]));
    }
  auto const& late = all[2].replica->status();
  std::printf(
      "%llu in the account, and the last client was told %llu. The log begins at %llu, and node 3 was brought "
      "by %llu snapshot\n",
      static_cast<unsigned long long>(total), static_cast<unsigned long long>(all[0].told),
      static_cast<unsigned long long>(all[0].replica->status().first.value),
      static_cast<unsigned long long>(late.snapshots.fetched));
  bool const same = all[2].machine.applied() == all[0].machine.applied();
  return same && all[0].told == total && late.snapshots.fetched == 1 ? 0 : 1;
}
