// check_snapshot_store: for each law there is a careless store that breaks just that and is told so.
#include "places.hpp"
#include "quorate/conform/snapshot_store.hpp"
#include "quorate/snapshot/memory_snapshots.hpp"
#include "support/breaks_just.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace quorate {
namespace {

using check::snapshot_law;
using bytes = std::span<std::byte const>;

// A memory whose k-th operation may fail, but for one law.
template <snapshot_law Broken>
class careless_snapshots : public memory_snapshots {
public:
  static constexpr bool is(snapshot_law l) { return Broken == l; }

  careless_snapshots() {
    if (is(snapshot_law::new_stores_are_empty)) test::sample{1}.put(static_cast<memory_snapshots&>(*this));
  }
  bool begin(snapshot_mark const& mark, bytes entry) {
    begun_.reset();
    if (fails()) return abandon(), false;
    auto const why = misfit_of(mark, entry, memory_snapshots::newest());
    if (is(snapshot_law::marks_rise) && why == snapshot_misfit::behind) return true;
    if (is(snapshot_law::entries_are_of_their_marks) && why == snapshot_misfit::entry) return true;
    if (!memory_snapshots::begin(mark, entry)) return written_.clear(), false;
    begun_ = snapshot_info{mark, snapshot_id{999}, 0, 0};
    if (is(snapshot_law::a_new_one_ends_the_unfinished)) memory_snapshots::write(written_);
    written_.clear();
    return true;
  }
  bool write(bytes b) {
    if (fails()) return abandon(), false;
    if (is(snapshot_law::sound_stores_do_not_fail) && b.size() > 40) return false;
    if (is(snapshot_law::nothing_is_added_to_none) && !begun_) return true;
    if (begun_) written_.insert(written_.end(), b.begin(), b.end());
    return memory_snapshots::write(b);
  }
  bool seal() {
    if (fails()) return abandon(), false;
    begun_.reset(), written_.clear();
    return memory_snapshots::seal();
  }
  std::optional<snapshot_info> unfinished() const {
    auto u = memory_snapshots::unfinished();
    if (is(snapshot_law::the_unfinished_one_is_told) && u && u->size > 0) u->checksum ^= 1;
    return u;
  }
  std::optional<snapshot_info> newest() const {
    auto n = memory_snapshots::newest();
    if (is(snapshot_law::unfinished_ones_do_not_show) && begun_) return begun_;
    if (is(snapshot_law::sealed_ones_are_newest) && n) n->checksum ^= 1;
    if (is(snapshot_law::names_are_given_once) && n) n->id = snapshot_id{7};
    if (is(snapshot_law::failures_lose_nothing) && n && failed()) return memory_snapshots::before(n->id);
    return n;
  }
  std::optional<snapshot_info> before(snapshot_id id) const {
    return is(snapshot_law::older_ones_stand_in_order) ? std::nullopt : memory_snapshots::before(own(id));
  }
  std::optional<bytes> entry(snapshot_id id) {
    auto const e = memory_snapshots::entry(own(id));
    return is(snapshot_law::entries_are_kept) && e ? e->first(e->size() - 1) : e;
  }
  std::optional<std::size_t> read(snapshot_id id, std::uint64_t from, std::span<std::byte> out) {
    if (fails()) return std::nullopt;
    if (is(snapshot_law::rot_is_seen_by_whole_reads)) return read_backwards(id, from, out);
    auto const n = memory_snapshots::read(own(id), from, out);
    bool const a_look = out.size() % 50 != 0;
    if (is(snapshot_law::bytes_are_read_as_written) && a_look && n > 0U && from > 0) out[0] ^= std::byte{1};
    return n;
  }
  bool drop(snapshot_id id) {
    if (fails()) return false;
    return memory_snapshots::drop(own(id)) || is(snapshot_law::drops_take_one);
  }
  std::string failure() const {
    if (failed_now_ && !is(snapshot_law::failures_are_explained)) return "an operation failed, as it was told to";
    std::string const why{memory_snapshots::failure()};
    bool const damage = why.find("damaged: ") != std::string::npos;
    return is(damage ? snapshot_law::damage_is_explained : snapshot_law::failures_are_explained) ? "" : why;
  }

  // --- what its place does to it
  void start() {
    if (!is(snapshot_law::damaged_ones_are_refused)) reopen();
  }
  void lose_power() {
    if (is(snapshot_law::nothing_else_survives)) memory_snapshots::seal();
    if (is(snapshot_law::sealed_ones_survive)) spoil(70);
    begun_.reset(), written_.clear(), crash();
  }
  void fail_at(std::uint64_t k) { operations_ = 0, fail_at_ = k; }
  bool failed() const { return fail_at_ != 0 && operations_ >= fail_at_; }

private:
  // An operation begins. Does it fail?
  bool fails() {
    failed_now_ = ++operations_ == fail_at_ && !is(snapshot_law::failures_are_reported);
    return failed_now_;
  }
  snapshot_id own(snapshot_id id) const {
    auto const n = memory_snapshots::newest();
    return is(snapshot_law::names_are_given_once) && n ? n->id : id;
  }
  // So nobody follows the reader.
  std::optional<std::size_t> read_backwards(snapshot_id id, std::uint64_t from, std::span<std::byte> out) {
    std::size_t n = 0;
    for (auto i = out.size(); i-- > 0;) n += memory_snapshots::read(id, from + i, out.subspan(i, 1)).value_or(0);
    return n;
  }

  std::optional<snapshot_info> begun_{};
  std::vector<std::byte> written_{};
  std::uint64_t operations_ = 0, fail_at_ = 0;
  bool failed_now_ = false;
};

template <snapshot_law Broken>
class careless_place {
public:
  careless_snapshots<Broken>* open() { return store_->start(), &*store_; }
  void cut_power(std::uint64_t) { store_->lose_power(); }
  void damage(std::uint64_t at) { store_->spoil(at); }
  void fail_at(std::uint64_t k) { store_->fail_at(k); }
  bool failed() const { return store_->failed(); }

private:
  std::unique_ptr<careless_snapshots<Broken>> store_ = std::make_unique<careless_snapshots<Broken>>();
};

TEST_CASE("a store that is careless of no law keeps them all") {
  constexpr auto none = static_cast<snapshot_law>(200);
  test::keeps_its_laws(check::check_snapshot_store([] { return careless_place<none>{}; }));
}

TEST_CASE("each law of snapshot stores is missed when it is broken") {
  test::each_law_is_missed<snapshot_law, detail::enumerators<snapshot_law>()>(
      []<snapshot_law Broken>() { return check::check_snapshot_store([] { return careless_place<Broken>{}; }); });
}

TEST_CASE("what is told of a careless store are the calls that led there") {
  auto const c = check::check_snapshot_store([] { return careless_place<snapshot_law::sealed_ones_survive>{}; });
  REQUIRE(c.broken.size() == 1);
  auto const& calls = c.broken[0].calls;
  CHECK(calls.find("; seal") != std::string::npos);
  CHECK(calls.find("; power cut") != std::string::npos);
}

} // namespace
} // namespace quorate
