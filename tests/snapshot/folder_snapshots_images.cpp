// The power cut before each operation of a script: what may be left is enumerated, and each image opened. What was
// sealed is newest, or what was being sealed is; nothing else is, and all that is given out is whole.
#include "places.hpp"
#include "storage/crash_images.hpp"

#include <doctest/doctest.h>

#include <string>

namespace quorate {
namespace {

using test::open_snapshots;
using test::sample;

class cuts {
public:
  std::uint64_t images = 0, points = 0, with_newer = 0, without = 0;
  std::string wrong{};

  void run() {
    disk d;
    d.watch = [this](disk const& now) { cut(now); };
    auto o = open_snapshots(d);
    if (!o) return void(wrong = o.error);
    auto& s = *o.store;
    seal(s, 3, 40), seal(s, 6, 200);
    sample const given_up{8, 90};
    if (!given_up.begin(s) || !s.write(given_up.bytes)) wrong = "not begun";
    seal(s, 9, 70);
    if (!s.drop(s.before(s.newest()->id)->id)) wrong = s.failure();
    seal(s, 12, 130);
    d.watch = nullptr;
  }

private:
  void seal(test::disk_snapshots& s, std::uint64_t at, std::size_t size) {
    if (!wrong.empty()) return;
    sample const x{at, size};
    flying_ = at;
    if (!x.put(s)) wrong = s.failure();
    sealed_ = at;
  }
  void cut(disk const& now) {
    if (!wrong.empty()) return;
    ++points;
    (void)crash_images{now}.each(300, dice_, [&](disk image) {
      ++images;
      wrong = judge(image);
      if (wrong.empty()) wrong = judge(image); // a second opening finds the same
      return wrong.empty();
    });
  }
  std::string judge(disk& d) {
    auto o = open_snapshots(d);
    if (!o) return o.error;
    if (!o.store->failure().empty()) return o.store->failure();
    auto const newest = o.store->newest();
    auto const at = newest ? newest->mark.at.value : 0;
    if (at != sealed_ && at != flying_)
      return "newest at " + std::to_string(at) + ", and sealed was " + std::to_string(sealed_);
    (at == sealed_ ? without : with_newer) += 1;
    for (auto i = newest; i; i = o.store->before(i->id)) {
      auto const all = test::read_all(*o.store, *i, 50);
      auto const entry = o.store->entry(i->id);
      if (!entry || !std::ranges::equal(*entry, sample(i->mark.at.value, i->size).entry)) return "another entry";
      if (!all || *all != sample(i->mark.at.value, i->size).bytes || i->mark != sample{i->mark.at.value}.mark)
        return "other bytes at " + std::to_string(i->mark.at.value);
    }
    sample const next{100};
    return next.put(*o.store) && o.store->newest()->mark.at == log_index{100} && drop_next(d) ? "" : "no next one";
  }
  // For the second opening.
  static bool drop_next(disk& d) {
    for (auto const& [name, id] : d.names)
      if (auto const n = snapshots::parse_name(name); n && n->at == log_index{100})
        return d.names.erase(name), true;
    return false;
  }

  test::dice dice_{7};
  std::uint64_t sealed_ = 0, flying_ = 0;
};

TEST_CASE("what a power cut may leave of snapshots is whole, or not there") {
  cuts c;
  c.run();
  CHECK(c.wrong == "");
  CHECK(c.points > 30);
  CHECK(c.images > 500);
  CHECK(c.with_newer > 0);
  CHECK(c.without > 0);
}

} // namespace
} // namespace quorate
