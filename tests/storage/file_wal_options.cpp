// Every number that a file_wal is told is refused with a sentence that names it, or works.
#include "storage/wal_model.hpp"
#include "support/rows.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>

namespace quorate {
namespace {

// The error of opening a store; empty: it was opened, written, closed, and opened again with the same content.
std::string outcome_of(wal_options const& o) {
  disk d;
  {
    auto opened = open_disk(d, o);
    if (!opened) return opened.error;
    std::byte const record[5]{std::byte{1}, {}, {}, {}, std::byte{42}};
    auto const run = entry_run{opened.wal->log().last() + 1, 1, stamp{1}, entry_kind::command};
    CHECK(opened.wal->put(run, payloads::trusted(record, 1)));
    CHECK(sync(*opened.wal));
  }
  auto again = open_disk(d, o);
  CHECK(again);
  if (!again) return again.error;
  auto const last = again.wal->log().last();
  CHECK(last == o.start.compacted + 1);
  auto const read = again.wal->read(last, 1);
  REQUIRE(read);
  CHECK(read->front()[0] == std::byte{42});
  return {};
}

template <class Number>
std::string those_that_work(std::string const& name, wal_options const& as_usual, Number& (*field)(wal_options&)) {
  auto o = as_usual;
  std::string works;
  std::size_t i = 0;
  for (auto const value : test::tried_values(field(o))) {
    auto tried = as_usual;
    field(tried) = value;
    CAPTURE(name);
    CAPTURE(value);
    auto const said = outcome_of(tried);
    if (said.empty())
      works += "01dm"[i];
    else
      CHECK(said.find("wal_options::" + name + " is " + std::to_string(value) + ": expected ") == 0);
    ++i;
  }
  return works;
}

TEST_CASE("wal_options: each number is refused by name, or works") {
  auto const usual = disk_options(4096);
  // A new field does not compile without a row.
  auto [directory, cluster, node, protocol, segment_bytes, cache_bytes, expected_because, start] = usual;
  (void)directory, (void)cluster, (void)node, (void)protocol, (void)segment_bytes, (void)cache_bytes;
  (void)expected_because, (void)start;
  using u64 = std::uint64_t;
  CHECK(those_that_work<u64>("cluster", usual, [](wal_options& o) -> u64& { return o.cluster.value; }) == "01dm");
  CHECK(those_that_work<std::uint32_t>("node", usual,
                                       [](wal_options& o) -> std::uint32_t& { return o.node.value; }) == "1dm");
  auto const segment = [](wal_options& o) -> u64& { return o.segment_bytes; };
  CHECK(those_that_work<u64>("segment_bytes", usual, segment) == "d");
  CHECK(those_that_work<u64>("segment_bytes", disk_options(wal::least_segment_bytes), segment) == "d");
  CHECK(outcome_of(disk_options(wal::least_segment_bytes - 1)).find("wal_options::segment_bytes is 511: ") == 0);
  CHECK(those_that_work<std::size_t>("cache_bytes", usual,
                                     [](wal_options& o) -> std::size_t& { return o.cache_bytes; }) == "01dm");
}

} // namespace
} // namespace quorate
