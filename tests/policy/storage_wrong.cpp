// check_storage: for each law there is a wrong storage that breaks just that and is told so.
#include "quorate/conform/storage.hpp"
#include "quorate/mutant/careless.hpp"
#include "quorate/storage/memory.hpp"
#include "support/breaks_just.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace quorate {
namespace {

using check::check_storage;
using check::storage_law;

// A memory's log, but for one law.
template <storage_law Broken>
struct wrong_log {
  memory_log const* right;
  log_index shown; // by the last sync

  log_index compacted() const { return right->compacted(); }
  log_index last() const {
    return Broken == storage_law::writes_show_at_once ? std::min(right->last(), shown) : right->last();
  }
  stamp stamp_at(log_index i) const { return right->stamp_at(i); }
  entry_run run_at(log_index i, std::uint32_t max) const {
    if (Broken == storage_law::runs_are_of_one_stamp_and_kind && max > 1 && i < last())
      return {i, 2, stamp_at(i), right->run_at(i, 1).kind};
    return right->run_at(i, max);
  }
  entry_run fit(log_index i, std::uint32_t max, std::size_t bytes) const {
    return right->fit(i, max, Broken == storage_law::fits_keep_their_bounds ? ~std::size_t{0} : bytes);
  }
  log_index last_not_above(log_index i, stamp s) const {
    auto const j = right->last_not_above(i, s);
    return Broken == storage_law::last_not_above_is_the_greatest && j > compacted() ? j - 1 : j;
  }
  configuration config_at(log_index i) const {
    return right->config_at(Broken == storage_law::configurations_are_those_in_force ? last() : i);
  }
  std::uint64_t room() const { return right->room(); }
};

// A memory whose k-th operation may fail, but for one law.
template <storage_law Broken>
class wrong_memory : public memory {
public:
  static constexpr bool is(storage_law l) { return Broken == l; }

  wrong_memory() : memory{{{cluster_id{7}, node_id{3}, store_id{9}, incarnation_id{1}}, 1000, 1U << 20}} {
    if (is(storage_law::new_stores_are_empty)) memory::put(hard_state{'T', 0, {}});
  }
  wrong_log<Broken> log() const { return {&memory::log(), shown_}; }
  hard_state hard() const {
    if (is(storage_law::lent_bytes_last)) std::fill(lent_.begin(), lent_.end(), std::byte{});
    return memory::hard();
  }
  store_identity identity() const {
    auto i = memory::identity();
    if (is(storage_law::identities_last)) i.store = store_id{i.incarnation.value};
    if (is(storage_law::incarnations_rise)) i.incarnation = incarnation_id{1};
    return i;
  }
  std::optional<payloads> read(log_index first, std::uint32_t n) {
    if (fails()) return std::nullopt;
    auto const right = memory::read(first, n);
    lent_.assign(right->whole().begin(), right->whole().end());
    return payloads::trusted(lent_, n);
  }

  bool put(entry_run const& run, payloads const& bytes) {
    if (fails()) return false;
    std::vector<std::byte> own(bytes.whole().begin(), bytes.whole().end());
    bool const more = bytes.front().size() > 0 && run.kind == entry_kind::command;
    auto const begin = own.begin() + payloads::prefix;
    if (is(storage_law::bytes_are_read_as_written) && more) *begin ^= std::byte{1};
    if (is(storage_law::bytes_are_copied) && more) // as if it had kept a view of what the caller writes over
      std::fill_n(begin, bytes.front().size(), std::byte{0xcc});
    ++written_;
    return memory::put(run, payloads::trusted(own, run.count));
  }
  bool truncate(log_index from) {
    if (fails()) return false;
    ++written_;
    if (is(storage_law::truncations_show_at_once)) return true;
    shown_ = std::min(shown_, from - 1);
    return memory::truncate(from);
  }
  bool install(snapshot_mark const& m, above_mark above) {
    if (fails()) return false;
    ++written_;
    if (is(storage_law::installs_show_at_once)) return true;
    if (is(storage_law::installs_keep_what_stays))
      above = above == above_mark::always ? above_mark::if_agreeing : above_mark::always;
    memory::install(m, above);
    shown_ = memory::log().last();
    not_synced_ = {m, written_};
    return true;
  }
  bool put(hard_state const& h) {
    if (fails()) return false;
    ++written_;
    auto kept = h;
    if (is(storage_law::hard_states_are_the_last_written)) kept.kind = memory::hard().kind;
    memory::put(kept);
    if (is(storage_law::groups_are_kept_together)) (void)memory::sync(world::numbers::order_upto(written_));
    return true;
  }
  bool compact(log_index upto) {
    if (is(storage_law::healthy_stores_do_not_fail)) return false;
    bool const greedy = is(storage_law::compactions_take_no_more_than_asked) && upto < memory::log().last();
    return !fails() && memory::compact(greedy ? upto + 1 : upto);
  }
  std::optional<durable> sync(sync_order order) {
    bool const failed = fails();
    if (failed && !is(storage_law::failures_are_reported)) return std::nullopt;
    shown_ = memory::log().last();
    if (not_synced_.number <= order.upto()) not_synced_ = {};
    auto const token = memory::sync(std::move(order));
    if (!first_) first_ = token;
    return is(storage_law::tokens_are_of_their_order) ? first_ : token;
  }
  std::string failure() const {
    return is(storage_law::failures_are_explained) ? "" : "an operation failed, as it was told to";
  }

  // --- what its place does to it
  bool opens() const { return !is(storage_law::stores_open_again) || memory::identity().incarnation.value < 3; }
  void reopen() {
    memory::reopen();
    begin();
  }
  void crash() {
    memory::crash();
    auto kept = memory::hard();
    bool const forgets = is(storage_law::failures_lose_nothing) && failed();
    if (is(storage_law::synced_hard_states_survive) || forgets) memory::put(hard_state{});
    if (is(storage_law::nothing_is_made_up)) kept.bytes.back() ^= std::byte{1}, memory::put(kept);
    if (is(storage_law::synced_entries_survive) && memory::log().last() > memory::log().compacted())
      memory::truncate(memory::log().last());
    if (is(storage_law::installs_are_whole) && memory::log().compacted() < not_synced_.mark.at) {
      not_synced_.mark.written_at.value += 1000; // of neither log
      memory::install(not_synced_.mark, above_mark::always);
    }
    memory::reopen();
    begin();
  }
  void fail_at(std::uint64_t k) { operations_ = 0, fail_at_ = k; }
  bool failed() const { return fail_at_ != 0 && operations_ >= fail_at_; }

private:
  bool fails() { return ++operations_ == fail_at_; }
  void begin() {
    shown_ = memory::log().last();
    written_ = 0, first_.reset(), not_synced_ = {};
  }
  struct installed {
    snapshot_mark mark{};
    std::uint64_t number = 0; // of the write
  };
  log_index shown_{};
  std::uint64_t operations_ = 0, fail_at_ = 0, written_ = 0;
  installed not_synced_{}; // the last of those
  std::optional<durable> first_{};
  mutable std::vector<std::byte> lent_{};
};

template <storage_law Broken>
class wrong_place {
public:
  wrong_memory<Broken>* open() { return store_.opens() ? &store_ : nullptr; }
  void close() { store_.reopen(); }
  void cut_power(std::uint64_t) { store_.crash(); }
  void fail_at(std::uint64_t k) { store_.fail_at(k); }
  bool failed() const { return store_.failed(); }

private:
  wrong_memory<Broken> store_{};
};

TEST_CASE("each law of storages is missed when it is broken") {
  test::each_law_is_missed<storage_law, detail::enumerators<storage_law>()>(
      []<storage_law Broken>() { return check_storage([] { return wrong_place<Broken>{}; }); });
}

TEST_CASE("what is told of a wrong storage are the calls that led there, and not many of them") {
  auto const c = check_storage([] { return wrong_place<storage_law::synced_entries_survive>{}; });
  REQUIRE(c.broken.size() == 1);
  auto const& calls = c.broken[0].calls;
  CHECK(calls.find("; sync ") != std::string::npos);
  CHECK(calls.find("; power cut") != std::string::npos);
  CHECK(std::count(calls.begin(), calls.end(), ';') < 25);
}

// The storages that the checker and the simulator must see fail do not get that far.
template <duty Missing>
void breaks_a_law() {
  auto const c = check_storage<careless_memory<Missing>>();
  INFO(name_of(Missing), ": ", c.text());
  CHECK(!c);
}
TEST_CASE("every storage that is careless of a duty breaks a law") {
  breaks_a_law<duty::syncs_store_what_they_cover>();
  breaks_a_law<duty::syncs_answer_last>();
  breaks_a_law<duty::hard_states_outlive_crashes>();
  breaks_a_law<duty::votes_outlive_crashes>();
  breaks_a_law<duty::hard_states_are_whole>();
  breaks_a_law<duty::tails_outlive_crashes>();
  breaks_a_law<duty::incarnations_rise>();
  breaks_a_law<duty::installs_drop_what_differs>();
  breaks_a_law<duty::installs_keep_what_agrees>();
  breaks_a_law<duty::installs_are_whole>();
  breaks_a_law<duty::installs_set_configurations>();
}

} // namespace
} // namespace quorate
