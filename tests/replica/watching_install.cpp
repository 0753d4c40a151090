// What a debug build watches of an installation: a storage whose log does not begin behind the mark, as it must,
// is told of. An assertion throws here, as in watching.cpp, whose program this is a part of.
#include "quorate/core/part.hpp"

#include <string>

namespace quorate::test {

struct install_is_wrong {
  std::string said;
};
template <class... Parts>
[[noreturn]] void stop_with(Parts const&... parts) {
  install_is_wrong b;
  append_all(b.said, parts...);
  throw b;
}

} // namespace quorate::test

#define QUORATE_ASSERT(condition, ...) ((condition) ? void() : ::quorate::test::stop_with(__VA_ARGS__))

#include "quorate/replica/watched_storage.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace quorate::test {
namespace {

// A log of entries without bytes, each of which is a command, and what it makes of an installation.
class shape_storage {
public:
  enum class lie : std::uint8_t { none, does_nothing, forgets_stamp, forgets_configuration, drops_all, keeps_all };
  explicit shape_storage(lie l = lie::none) : lie_{l} {}

  using shape = basic_log_shape<std::vector<log_span>, std::vector<config_mark>>;
  shape const& log() const { return log_; }
  hard_state hard() const { return {}; }
  store_identity identity() const { return {}; }
  std::optional<payloads> read(log_index, std::uint32_t) { return std::nullopt; }
  bool put(entry_run const& run, payloads const&) { return log_.put(run); }
  bool truncate(log_index from) { return log_.truncate(from), true; }
  bool put(hard_state const&) { return true; }
  bool compact(log_index upto) { return log_.compact(upto), true; }
  std::optional<durable> sync(sync_order order) { return std::move(order).succeeded(); }
  std::string failure() const { return {}; }

  bool install(snapshot_mark m, above_mark above) {
    switch (lie_) {
    case lie::none: break;
    case lie::does_nothing: return true;
    case lie::forgets_stamp: m.written_at = stamp{77}; break;
    case lie::forgets_configuration: m.config = configuration{node_set<64>::first(2)}; break;
    case lie::drops_all: log_ = shape{m.at, m.written_at, m.config}; return true;
    case lie::keeps_all: above = above_mark::always; break;
    }
    log_.install(m, above);
    return true;
  }

private:
  lie lie_;
  shape log_{log_index{}, stamp{}, configuration{node_set<64>::first(3)}};
};
static_assert(installing_storage<shape_storage>);
static_assert(installing_storage<watched_storage<shape_storage>>);

// One that can't install, and need not.
class plain_storage : public shape_storage {
  using shape_storage::install;
};
static_assert(storage<plain_storage> && !installing_storage<plain_storage>);
static_assert(!installing_storage<watched_storage<plain_storage>>);

snapshot_mark mark_at(std::uint64_t at, std::uint64_t term) {
  snapshot_mark m{log_index{at}, stamp{term}, configuration{node_set<64>::first(3)}};
  m.config.number = log_index{1};
  return m;
}

// Of ten entries of term 1, a mark, and a look behind it.
std::string said(shape_storage::lie l, snapshot_mark const& m, above_mark above) {
  shape_storage s{l};
  REQUIRE(s.put(entry_run{log_index{1}, 10, stamp{1}, entry_kind::command}, {}));
  try {
    watched_storage<shape_storage> w{s};
    (void)w.install(m, above);
    w.look();
    CHECK(w.before() == s.log());
  } catch (install_is_wrong const& e) { return e.said; }
  return "nothing";
}

TEST_CASE("a storage that installs as it must, and the picture that is kept of it") {
  using enum above_mark;
  for (auto const& m : {mark_at(4, 1), mark_at(4, 2), mark_at(10, 1), mark_at(14, 2)})
    for (auto const above : {if_agreeing, always}) CHECK(said(shape_storage::lie::none, m, above) == "nothing");
}

TEST_CASE("a storage that does not install as it must is told of") {
  using enum above_mark;
  using enum shape_storage::lie;
  CHECK(said(does_nothing, mark_at(4, 1), if_agreeing) ==
        "Storage: log().compacted() must be 4 after install(4, ...), but it is 0");
  CHECK(said(forgets_stamp, mark_at(4, 1), if_agreeing) ==
        "Storage: log().stamp_at(4) must be the mark's, 1, after install(4, ...), but it is 77");
  CHECK(said(forgets_configuration, mark_at(4, 1), always) ==
        "Storage: log().config_at(4) must be the mark's after install(4, ...), with the voters {A, B, C}, but it "
        "has {A, B}");
  CHECK(said(drops_all, mark_at(4, 1), if_agreeing) ==
        "Storage: log().last() must be 10 after install(4...), but it is 4");
  CHECK(said(keeps_all, mark_at(4, 2), if_agreeing) ==
        "Storage: log().last() must be 4 after install(4...), but it is 10");
}

TEST_CASE("a replica that installs over what is compacted is told of") {
  shape_storage s;
  REQUIRE(s.put(entry_run{log_index{1}, 10, stamp{1}, entry_kind::command}, {}));
  s.compact(log_index{5});
  watched_storage<shape_storage> w{s};
  std::string said;
  try {
    (void)w.install(mark_at(5, 1), above_mark::always);
  } catch (install_is_wrong const& e) { said = e.said; }
  CHECK(said == "the replica installs a snapshot up to 5 over a log that is compacted up to 5");
}

} // namespace
} // namespace quorate::test
