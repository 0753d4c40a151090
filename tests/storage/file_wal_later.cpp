// What a later program has written: an opening stops with a sentence that says what and where, and changes
// nothing.
#include "wal_sample.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace quorate {
namespace {

// A store with a record of each type in its log, whose blocks and records can be changed and sealed again.
class tampered {
public:
  disk d{};

  tampered() {
    auto o = open_disk(d, disk_options(1 << 14));
    REQUIRE_MESSAGE(o, o.error);
    player<disk_wal> p;
    p.put(*o.wal, 1, 0, entry_kind::configuration, 5) && p.sync(*o.wal);
    p.hard(*o.wal, 5, 1) && p.put(*o.wal, 3, 5, entry_kind::command, 20) && p.sync(*o.wal);
    p.truncate(*o.wal, p.now.last()) && p.compact(*o.wal, log_index{2}) && p.sync(*o.wal);
    p.install(*o.wal, {log_index{9}, stamp{5}, config_of(log_index{1}, 7)}, above_mark::always) && p.sync(*o.wal);
    REQUIRE(!p.failed);
    salt_ = wal::store_head::decode(d.file("store"))->salt;
    before_ = d;
  }

  // Changes a byte of a block that ends with its checksum.
  template <std::size_t Size>
  void block(std::string const& file, std::size_t from, std::size_t at, std::uint8_t bits, bool salted = false) {
    auto& bytes = d.file(file);
    wal::block<Size> b;
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(from), Size, b.begin());
    b[at] ^= std::byte{bits};
    wal::seal(b, salted ? salt_ : 0);
    std::copy(b.begin(), b.end(), bytes.begin() + static_cast<std::ptrdiff_t>(from));
  }
  // Changes a byte of the first record of that type; where the record is. The frame's own head stays as it is.
  std::size_t record(wal::record_type type, std::size_t at, std::uint8_t bits) {
    auto& log = d.file(log_file);
    auto const from = find(type);
    auto const length = wal::byte_reader{log.data() + from}.u32();
    log[from + at] ^= std::byte{bits};
    wal::record_head::seal(std::span{log}.subspan(from, wal::record_head::encoded_size + length), salt_);
    return from;
  }
  void frame(std::size_t at, std::uint8_t bits) { // of the first frame
    auto& log = d.file(log_file);
    log[frames + at] ^= std::byte{bits};
    std::span const head{log.data() + frames, wal::frame_head::encoded_size - 4};
    wal::byte_writer{head.data() + head.size()}.u32(wal::checksum{salt_}.add(head).value());
  }

  // The opening is refused with a sentence that begins so and ends as all such do, and nothing is changed.
  void is_not_known(std::string const& what, std::string const& file, std::size_t offset) {
    auto const r = reopen(d);
    CHECK_FALSE(r.found);
    CHECK(r.error ==
          what + " at offset " + std::to_string(offset) + " of the file /disk/" + file +
              " is not known to this build: a later one has written it. Nothing has been changed. Start "
              "the program that wrote it.");
    CHECK_FALSE(r.changed);
    d = before_;
  }

private:
  std::size_t find(wal::record_type type) {
    wal::byte_span const all{d.file(log_file)};
    for (std::size_t at = frames;;) {
      auto const length = wal::byte_reader{all.data() + at + 4}.u32();
      REQUIRE(length > 0);
      auto const end = at + wal::frame_head::encoded_size + length;
      for (at += wal::frame_head::encoded_size; at < end;) {
        auto const head = wal::record_head::decode(all.subspan(at));
        if (head.type == type) return at;
        at += wal::record_head::encoded_size + head.length;
      }
      at = frames + wal::aligned(end - frames);
    }
  }

  disk before_{};
  std::uint64_t salt_ = 0;
};

constexpr wal::record_type record_types[] = {wal::record_type::entries, wal::record_type::truncate,
                                             wal::record_type::state, wal::record_type::base,
                                             wal::record_type::install};

TEST_CASE("a record of an unknown type is never left out") {
  tampered t;
  REQUIRE(reopen(t.d).found);
  for (auto const type : record_types) {
    auto const at = t.record(type, 8, static_cast<std::uint8_t>(static_cast<unsigned>(type) ^ 6U));
    t.is_not_known("the type 6 of the record", log_file, at);
  }
  t.is_not_known("the type 0 of the record", log_file, t.record(wal::record_type::entries, 8, 1));
  t.is_not_known("the type 201 of the record", log_file, t.record(wal::record_type::entries, 8, 200));
}

TEST_CASE("a record with a flag, or with something where this version has nothing") {
  tampered t;
  for (auto const type : record_types) {
    t.is_not_known("the flag 0x04 of the record", log_file, t.record(type, 10, 4));
    auto const at = t.record(type, 11, 0x80);
    t.is_not_known("the byte 0x80 in the record's head", log_file, at + 11);
  }
  auto at = t.record(wal::record_type::truncate, 12, 1); // which counts nothing
  t.is_not_known("the byte 0x01 in the record's head", log_file, at + 12);
  at = t.record(wal::record_type::state, 31, 1); // which has no stamp
  t.is_not_known("the byte 0x01 in the record's head", log_file, at + 31);
  at = t.record(wal::record_type::base, 9, 1); // which is of no kind
  t.is_not_known("the byte 0x01 in the record's head", log_file, at + 9);
  at = t.record(wal::record_type::entries, 9, 8 ^ 2); // the first is a configuration
  t.is_not_known("the kind 8 of the entries", log_file, at);
}

TEST_CASE("a hard state with more than its bytes") {
  tampered t;
  auto const size = wal::record_head::encoded_size;
  auto at = t.record(wal::record_type::state, size + 9, 7); // of a new store: none was written
  t.is_not_known("the byte 0x07 in the record", log_file, at + size + 9);
  at = t.record(wal::record_type::state, size + 10, 7);
  t.is_not_known("the byte 0x07 in the record", log_file, at + size + 10);
}

TEST_CASE("a configuration with a flag, or of another form") {
  tampered t;
  auto const size = wal::record_head::encoded_size;
  auto at = t.record(wal::record_type::base, size + 48, 2);
  t.is_not_known("the byte 0x02 in the record", log_file, at + size + 48);
  at = t.record(wal::record_type::base, size + 54, 2); // behind the last number that was given
  t.is_not_known("the byte 0x02 in the record", log_file, at + size + 54);
  auto const entry = size + payloads::prefix; // of configuration_form
  for (auto const where : {std::size_t{4}, std::size_t{58}, std::size_t{60}, std::size_t{63}, std::size_t{65}}) {
    CAPTURE(where);
    at = t.record(wal::record_type::entries, entry + where, 2);
    t.is_not_known("the configuration in entry 1", log_file, at);
  }
}

TEST_CASE("a snapshot's mark with a flag, or with a word on what stands above it that is not known") {
  tampered t;
  auto const fields = wal::record_head::encoded_size, above = fields + wal::config_fields::encoded_size;
  auto at = t.record(wal::record_type::install, fields + 48, 2);
  t.is_not_known("the byte 0x02 in the record", log_file, at + fields + 48);
  at = t.record(wal::record_type::install, above, 1 ^ 2); // it says `always`
  t.is_not_known("the byte 0x02 in the record", log_file, at + above);
  at = t.record(wal::record_type::install, above + 7, 2);
  t.is_not_known("the byte 0x02 in the record", log_file, at + above + 7);
  at = t.record(wal::record_type::install, 9, 1); // which is of no kind
  t.is_not_known("the byte 0x01 in the record's head", log_file, at + 9);
}

TEST_CASE("a snapshot's mark that the log already begins behind is damage") {
  tampered t;
  auto const at = t.record(wal::record_type::install, 16, 9 ^ 1); // entry 1, which is compacted
  auto const r = reopen(t.d);
  CHECK_FALSE(r.found);
  CHECK_MESSAGE(r.error.find("the file /disk/" + log_file + " is damaged at offset " + std::to_string(at) +
                             ": the record is whole, but does not follow from those before it") == 0,
                r.error);
  CHECK_FALSE(r.changed);
}

TEST_CASE("a block with something where this version has nothing") {
  tampered t;
  auto const flag = [](std::string const& where) { return "the byte 0x02 in " + where; };
  t.block<wal::store_head::size>("store", 0, 120, 2);
  t.is_not_known("the byte 0x02", "store", 120);
  t.block<wal::state_copy::size>("state", 0, 5, 2);
  t.is_not_known(flag("the state"), "state", 5);
  t.block<wal::state_copy::size>("state", 0, 120, 2);
  t.is_not_known(flag("the state"), "state", 120);
  t.block<wal::segment_head::encoded_size>(log_file, 0, 500, 2);
  t.is_not_known(flag("the segment's head"), log_file, 500);
  t.frame(33, 2);
  t.is_not_known(flag("the frame's head"), log_file, frames + 33);
  for (auto const slot : {page, 2 * page}) {
    t.block<wal::state_slot::size>(log_file, slot, 5, 2, true);
    t.is_not_known(flag("the slot"), log_file, slot + 5);
    t.block<wal::state_slot::size>(log_file, slot, 120, 2, true);
    t.is_not_known(flag("the slot"), log_file, slot + 120);
  }
}

TEST_CASE("a version that was flipped in `store`") {
  tampered t;
  auto const says = [&](std::string const& sentence) {
    auto const r = reopen(t.d);
    CHECK_MESSAGE(r.error.find(sentence) == 0, r.error);
    CHECK_FALSE(r.changed);
  };
  SUBCASE("to a later one") {
    t.d.file("store")[8] = std::byte{7};
    says("the store in /disk has format version 7 (file /disk/store), and this program reads versions 1 to 3. "
         "Start the program that wrote it");
  }
  SUBCASE("to an earlier one, by rot") {
    t.d.file("store")[8] = std::byte{2};
    says("the file /disk/store is damaged or not a store's (offset 0, 128 bytes)");
  }
  SUBCASE("to an earlier one, and sealed") {
    t.block<wal::store_head::size>("store", 0, 8, 3 ^ 2);
    says("the file /disk/" + log_file +
         " is damaged at offset 0: it is of format version 3, and the store of version 2");
  }
}

} // namespace
} // namespace quorate
