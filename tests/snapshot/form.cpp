// How a snapshot lies: each flipped bit and each cut is damage, and what is reserved is of a later program.
#include "quorate/snapshot/form.hpp"

#include "places.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace quorate {
namespace {

using image = std::vector<std::byte>;

struct image_source {
  image const& bytes;
  std::uint64_t fail_from = ~std::uint64_t{0};
  std::uint64_t size() const { return bytes.size(); }
  bool read(std::uint64_t at, std::span<std::byte> out) const {
    if (at >= fail_from) return false;
    std::ranges::copy(std::span{bytes}.subspan(at, out.size()), out.begin());
    return true;
  }
  std::optional<std::span<std::byte const>> view(std::uint64_t at, std::size_t n) const {
    return at >= fail_from ? std::nullopt : std::optional{std::span{bytes}.subspan(at, n)};
  }
};

test::sample const s{12, 30};
image good() {
  image b;
  auto const add = [&](auto const& piece) { b.insert(b.end(), piece.begin(), piece.end()); };
  add(snapshot_form::write_head(s.mark, snapshot_id{77}, cluster_id{5}, s.entry));
  add(s.entry);
  add(s.bytes);
  add(snapshot_form::write_end(snapshot_id{77}, s.bytes.size(), snapshot_checksum{}.add(s.bytes).value()));
  return b;
}
snapshot_found look(image const& b) {
  image_source source{b};
  return inspect_snapshot(source, true);
}

TEST_CASE("what was written is read") {
  auto const f = look(good());
  REQUIRE(f.verdict == snapshot_verdict::whole);
  CHECK(f.info.mark == s.mark);
  CHECK(f.info.id == snapshot_id{77});
  CHECK(f.info.size == 30);
  CHECK(f.info.checksum == snapshot_checksum{}.add(s.bytes).value());
  CHECK(f.cluster == cluster_id{5});
  CHECK(f.first_byte() == 64 + s.entry.size());
}

TEST_CASE("the bytes are those of version 1, on every machine") {
  auto const b = good();
  CHECK(std::memcmp(b.data(), "QSNP\x01\0\0\0\x0c\0\0\0\0\0\0\0\x13\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\x4d", 33) ==
        0);
  CHECK(std::memcmp(b.data() + b.size() - 8, "QSNE", 4) == 0);
  CHECK(wal::checksum{}.add(b).value() == 3157800664U); // of all of it, once and for ever
}

TEST_CASE("a flipped bit anywhere is damage, and is said where") {
  auto const whole = good();
  for (std::size_t at = 0; at < whole.size(); ++at)
    for (unsigned bit = 0; bit < 8; ++bit) {
      INFO("bit ", bit, " of byte ", at);
      auto b = whole;
      b[at] ^= static_cast<std::byte>(1U << bit);
      auto const f = look(b);
      CHECK(f.verdict == snapshot_verdict::damaged);
      CHECK(f.offset <= at);
      CHECK(f.what[0] != '\0');
    }
}
TEST_CASE("so is a cut anywhere, and what stands behind the end") {
  auto b = good();
  b.push_back(std::byte{});
  CHECK(look(b).verdict == snapshot_verdict::damaged);
  for (b.pop_back(); !b.empty();) {
    b.pop_back();
    CHECK(look(b).verdict == snapshot_verdict::damaged);
  }
}
TEST_CASE("without the machine's bytes being read, what is wrong in them is not seen") {
  auto b = good();
  b[64 + s.entry.size()] ^= std::byte{1};
  image_source source{b};
  CHECK(inspect_snapshot(source, false).verdict == snapshot_verdict::whole);
}

// Gives the head, or the end, its checksum again.
void seal_head(image& b) {
  wal::byte_writer{b.data() + 60}.u32(wal::checksum{}.add(std::span{b}.first(60)).value());
}
void seal_end(image& b) {
  auto const end = b.size() - 24;
  wal::byte_writer{b.data() + end + 20}.u32(wal::checksum{77}.add(std::span{b}.subspan(end, 20)).value());
}
TEST_CASE("what is reserved, and not zero, is of a later program; and so is another version") {
  for (std::size_t const at : {4U, 6U, 7U, 56U, 57U, 58U, 59U}) {
    auto b = good();
    b[at] = std::byte{2}, seal_head(b);
    CHECK(look(b).verdict == snapshot_verdict::later);
  }
  for (std::size_t at = 12; at < 16; ++at) {
    auto b = good();
    b[b.size() - 24 + at] = std::byte{2}, seal_end(b);
    CHECK(look(b).verdict == snapshot_verdict::later);
  }
  auto b = good(); // a configuration with a flag
  b[64 + 60] = std::byte{1};
  wal::byte_writer{b.data() + 52}.u32(wal::checksum{}.add(std::span{b}.subspan(64, s.entry.size())).value());
  seal_head(b);
  CHECK(look(b).verdict == snapshot_verdict::later);
}
TEST_CASE("lengths are not believed before they are checked") {
  auto b = good(); // the entry claims to be longer than all that is there
  wal::byte_writer{b.data() + 48}.u32(0xffffffff);
  seal_head(b);
  CHECK(look(b).verdict == snapshot_verdict::damaged);
  b = good();
  wal::byte_writer{b.data() + b.size() - 24}.u64(~std::uint64_t{0});
  seal_end(b);
  CHECK(look(b).verdict == snapshot_verdict::damaged);
}
TEST_CASE("bytes that are missing in the middle are missed without a look at the others") {
  auto b = good();
  auto const middle = b.begin() + 64 + static_cast<std::ptrdiff_t>(s.entry.size()) + 5;
  b.erase(middle, middle + 3);
  image_source source{b};
  auto const f = inspect_snapshot(source, false);
  CHECK(f.verdict == snapshot_verdict::damaged);
  CHECK(std::string{f.what} == "the length");
}
TEST_CASE("a source that fails has a snapshot of which nothing is known") {
  auto const b = good();
  for (std::uint64_t const from : {std::uint64_t{0}, std::uint64_t{64}, 64 + s.entry.size(), b.size() - 24}) {
    image_source source{b, from};
    CHECK(inspect_snapshot(source, true).verdict == snapshot_verdict::unreadable);
  }
}

TEST_CASE("who reads all in order is followed, also when it begins anew; others are not") {
  snapshot_info const i{s.mark, snapshot_id{7}, 30, snapshot_checksum{}.add(s.bytes).value()};
  std::span<std::byte const> const right{s.bytes};
  auto wrong = s.bytes;
  wrong[3] ^= std::byte{1};
  snapshot_reading r;
  CHECK_FALSE(r.spoilt(i, 0, right.first(10)));
  CHECK_FALSE(r.spoilt(i, 0, std::span{wrong}.first(10)));
  CHECK_FALSE(r.spoilt(i, 20, right.subspan(20)));
  CHECK(r.spoilt(i, 10, right.subspan(10)));
  CHECK_FALSE(r.spoilt(i, 0, right.first(10)));
  CHECK_FALSE(r.spoilt(i, 10, right.subspan(10)));
  CHECK_FALSE(r.spoilt(i, 30, {}));
}

TEST_CASE("a mark, its entry and the newest one must fit") {
  CHECK(misfit_of(s.mark, s.entry, std::nullopt) == snapshot_misfit::none);
  snapshot_info newest{s.mark, snapshot_id{1}, 0, 0};
  CHECK(misfit_of(s.mark, s.entry, newest) == snapshot_misfit::behind);
  newest.mark.at = log_index{11};
  CHECK(misfit_of(s.mark, s.entry, newest) == snapshot_misfit::none);
  auto other = s.mark;
  other.config.lease = 3;
  CHECK(misfit_of(other, s.entry, std::nullopt) == snapshot_misfit::entry);
  CHECK(misfit_of(s.mark, {}, std::nullopt) == snapshot_misfit::entry);
  other = s.mark;
  other.at = log_index{0}; // before its own configuration
  CHECK(misfit_of(other, s.entry, std::nullopt) == snapshot_misfit::entry);
}

} // namespace
} // namespace quorate
