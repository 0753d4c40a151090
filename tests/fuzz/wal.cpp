// A store on a disk on which anything may have happened to the files. The input is a list of edits of a store that
// was written as stores are, five bytes an edit; the first byte says whether the checksums are made good again, as
// no disk does but an attacker could, so that the edits get beyond them.
#include "fuzz.hpp"

#include "../storage/wal_model.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace quorate {
namespace {

// Small segments, so that there are several, some compacted away.
wal_options options() { return disk_options(768); }

struct written_store {
  disk d{};
  std::vector<model> acknowledged{model{}}; // after each turn

  written_store() {
    auto o = open_disk(d, options());
    player<disk_wal> p;
    std::minstd_rand random{1};
    acknowledged[0] = contents(*o.wal);
    p.now = acknowledged[0];
    for (int moves = 0; moves < 120; ++moves) {
      (void)p.move(*o.wal, random);
      acknowledged.push_back(p.acked);
    }
  }
};

// A name of the store's files, or one that might be.
std::string name_of(disk const& d, std::uint8_t pick) {
  std::vector<std::string> names{"log-00000000000000ff", "store.new", "else"};
  for (auto const& [name, id] : d.names) names.push_back(name);
  return names[pick % names.size()];
}

void edit(disk& d, std::uint8_t const* e) {
  auto const name = name_of(d, e[0]);
  if (!d.names.contains(name)) {
    if (e[1] % 8 == 7) d.inodes[99] = {}, d.names[name] = 99;
    return;
  }
  auto& bytes = d.file(name);
  auto const at = bytes.empty() ? 0 : (e[2] + 256U * e[3]) % bytes.size();
  auto const value = static_cast<std::byte>(e[4]);
  auto const here = bytes.begin() + static_cast<std::ptrdiff_t>(at);
  auto const some = std::min<std::size_t>(e[4], bytes.size() - at);
  switch (e[1] % 8) {
  case 0:
  case 1:
    if (!bytes.empty()) bytes[at] = value;
    break;
  case 2:
    if (!bytes.empty()) bytes[at] ^= value;
    break;
  case 3: // what was never written, or was lost, reads as zero
    std::fill(here, here + static_cast<std::ptrdiff_t>(some), std::byte{});
    break;
  case 4: bytes.resize(at); break;
  case 5: bytes.resize(bytes.size() + e[4]); break;
  case 6: // a block from elsewhere in the same file
    std::copy_n(std::vector<std::byte>(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(some)).begin(),
                some, here);
    break;
  default: d.names.erase(name);
  }
}

template <std::size_t Size>
void reseal(std::vector<std::byte>& bytes, std::size_t at = 0, std::uint64_t salt = 0) {
  if (bytes.size() < at + Size) return;
  auto const here = bytes.begin() + static_cast<std::ptrdiff_t>(at);
  wal::block<Size> b;
  std::copy_n(here, Size, b.begin());
  wal::seal(b, salt);
  std::copy(b.begin(), b.end(), here);
}

// Makes good each checksum that stands where one may be looked for.
void reseal_frames(std::vector<std::byte>& bytes, std::uint64_t salt) {
  using namespace wal;
  for (auto at = segment_head::encoded_size; at + frame_head::encoded_size <= bytes.size();
       at += frame_alignment) {
    std::span const head{bytes.data() + at, frame_head::encoded_size};
    if (byte_reader{head.data()}.u32() != frame_head::magic) continue;
    byte_writer{head.data() + head.size() - 4}.u32(checksum{salt}.add(head.first(head.size() - 4)).value());
    auto const length = byte_reader{head.data() + 4}.u32();
    auto rest = std::span{bytes}.subspan(at + frame_head::encoded_size);
    rest = rest.first(std::min<std::size_t>(rest.size(), length));
    while (rest.size() >= record_head::encoded_size) {
      auto const inside = byte_reader{rest.data()}.u32();
      if (inside > rest.size() - record_head::encoded_size) break;
      auto const record = rest.first(record_head::encoded_size + inside);
      record_head::seal(record, salt);
      rest = rest.subspan(record.size());
    }
  }
}
void reseal(disk& d) {
  std::uint64_t salt = 0;
  for (auto const& [name, id] : d.names) {
    auto& bytes = d.inodes[id].now;
    if (name == wal::store_name) {
      reseal<wal::store_head::size>(bytes);
      if (auto const h = wal::store_head::decode(bytes)) salt = h->salt;
    } else if (name == wal::state_name) {
      reseal<wal::state_copy::size>(bytes);
    } else {
      reseal<wal::segment_head::encoded_size>(bytes);
    }
  }
  for (auto const& [name, id] : d.names) {
    if (!name.starts_with(wal::segment_prefix)) continue;
    auto& bytes = d.inodes[id].now;
    reseal<wal::state_slot::size>(bytes, disk_files::page_bytes, salt);
    reseal<wal::state_slot::size>(bytes, 2 * disk_files::page_bytes, salt);
    reseal_frames(bytes, salt);
  }
}

// What opens can be read, written to, and opened again with the same in it; with checksums that lie, whatever
// comes of that is defined.
void goes_on(disk& d, opened_wal<disk_files> o, bool lies) {
  player<disk_wal> p;
  p.now = contents(*o.wal);
  if (!o.wal->failure().empty()) return; // an entry was found damaged when it was read, and said so
  bool const taken = p.put(*o.wal, 2, term_of(p.now.hard) + 1, entry_kind::command, 9) && p.sync(*o.wal);
  fuzz::must(taken || lies, "a store that was opened can be written to");
  o.wal.reset();
  auto again = open_disk(d, options());
  fuzz::must(again || lies, "a store that was opened can be opened again");
  fuzz::must(lies || contents(*again.wal) == p.acked, "and has in it what was acknowledged");
}

} // namespace
} // namespace quorate

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace quorate;
  static written_store const sample;
  if (size == 0 || size > 400) return 0;
  auto d = sample.d;
  d.heal();
  d.locked.clear();
  for (std::size_t at = 1; at + 5 <= size; at += 5) edit(d, data + at);
  bool const sealed = data[0] % 2 != 0;
  if (sealed) reseal(d);
  for (auto& [id, f] : d.inodes) f.durable = f.now, f.pending.clear();
  d.durable_names = d.names, d.pending_names.clear();
  bool const has_store = d.names.contains(wal::store_name);

  auto o = open_disk(d, options());
  fuzz::must(static_cast<bool>(o) || o.error.size() > 20, "a store that is refused is refused with a sentence");
  if (!o) return 0;
  if (!sealed && has_store) {
    auto const found = contents(*o.wal);
    fuzz::must(!o.wal->failure().empty() ||
                   std::ranges::find(sample.acknowledged, found) != sample.acknowledged.end(),
               "a damaged store opens with what was once acknowledged, or not at all");
  }
  goes_on(d, std::move(o), sealed);
  return 0;
}
