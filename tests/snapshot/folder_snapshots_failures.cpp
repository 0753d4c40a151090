// Scenario P8, of snapshots: the k-th operation of a script fails, for every k. What was sealed is there, a
// failure says what, where and why, and the store goes on.
#include "places.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>

namespace quorate {
namespace {

using test::open_snapshots;
using test::sample;

struct played {
  std::uint64_t sealed = 0; // the greatest index for which seal() said true
  std::uint64_t tried = 0;  // ... or was called
  std::string failure{};
};

// Saves, one given up, drops, readings; stops at the first failure.
played script(disk& d) {
  played p;
  auto o = open_snapshots(d);
  if (!o) return p.failure = o.error, p;
  auto& s = *o.store;
  auto const seal = [&](std::uint64_t at, std::size_t size) {
    sample const x{at, size};
    if (!x.begin(s) || !s.write(x.bytes)) return false;
    p.tried = at;
    if (!s.seal()) return false;
    p.sealed = at;
    return true;
  };
  std::array<std::byte, 20> out{};
  bool const done = seal(3, 40) && seal(6, 900) && s.read(s.newest()->id, 5, out) && sample{8}.begin(s) &&
                    seal(9, 300'000) && s.drop(s.before(s.newest()->id)->id) &&
                    test::read_all(s, *s.newest(), 5000) && seal(12, 0);
  if (!done) p.failure = s.failure();
  if (done) return p;
  // It goes on with the next one, and what was sealed is newest() until then.
  CHECK((s.newest() ? s.newest()->mark.at.value : 0) == p.sealed);
  CHECK_MESSAGE(seal(20, 50), s.failure());
  std::size_t files = 0, known = 0; // and what failed leaves none behind
  for (auto const& [name, id] : d.names) files += snapshots::parse_name(name) ? 1 : 0;
  for (auto i = s.newest(); i; i = s.before(i->id)) ++known;
  CHECK(files == known);
  return p;
}

std::string read_back(disk& d, played const& p) {
  auto o = open_snapshots(d);
  if (!o) return o.error;
  auto const newest = o.store->newest();
  if (!newest) return p.sealed == 0 ? "" : "nothing";
  auto const at = newest->mark.at.value;
  if (at != p.sealed && at != p.tried) return "one at index " + std::to_string(at);
  auto const size = at == 3 ? 40U : at == 6 ? 900U : at == 9 ? 300'000U : at == 12 ? 0U : 50U;
  if (size != 0 && test::read_all(*o.store, *newest, 5000) != sample(at, size).bytes) return "other bytes";
  return newest->size == size ? "" : "another size";
}

TEST_CASE("the script works") {
  disk d;
  auto const p = script(d);
  CHECK(p.failure.empty());
  CHECK(p.sealed == 12);
  CHECK(read_back(d, p) == "");
  CHECK(d.operations > 40);
}

TEST_CASE("an operation fails, whichever: it is told, what was sealed stays, and the store goes on") {
  struct kind {
    char const* what;
    int error;
    char const* says;
  };
  for (auto const& how :
       {kind{"an I/O error", EIO, "Input/output error"}, kind{"a full disk", ENOSPC, "Free some space"},
        kind{"a short write", 0, "Input/output error"}}) {
    std::uint64_t k = 1;
    for (bool done = false; !done; ++k) {
      INFO(how.what, " at operation ", k);
      disk d;
      d.fail_at = k, d.error = how.error;
      auto const p = script(d);
      done = d.operations < k;
      CHECK(done == p.failure.empty());
      if (!done && how.error != 0) {
        CHECK_MESSAGE(p.failure.find(how.says) != std::string::npos, p.failure);
        CHECK_MESSAGE(p.failure.find(" /") != std::string::npos, p.failure);
      }
      d.heal();
      auto crashed = d;
      CHECK(read_back(d, p) == "");
      std::mt19937_64 random{k};
      crashed.crash(random);
      CHECK(read_back(crashed, p) == "");
    }
    CHECK(k > 40);
  }
}

} // namespace
} // namespace quorate
