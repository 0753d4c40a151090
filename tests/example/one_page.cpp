#include "one_page.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

using namespace quorate;

namespace {

std::ptrdiff_t open_files() {
  std::filesystem::directory_iterator const all{"/proc/self/fd"};
  return std::distance(begin(all), end(all));
}

struct folder {
  std::string path = "/tmp/quorate_page_XXXXXX";
  folder() { REQUIRE(::mkdtemp(path.data()) != nullptr); }
  ~folder() { std::filesystem::remove_all(path); }
};

} // namespace

TEST_CASE("one page takes what it says it has room for, though each entry be of another term") {
  folder const f;
  one_page disk{f.path};
  std::byte const none[payloads::prefix]{};
  std::uint64_t entries = 0;
  for (; disk.log().room() > 0; ++entries)
    REQUIRE(disk.put({log_index{entries + 1}, 1, stamp{entries + 1}, entry_kind::command},
                     payloads::trusted(none, 1)));
  CHECK(entries == 256);
  CHECK_FALSE(disk.put({log_index{257}, 1, stamp{257}, entry_kind::command}, payloads::trusted(none, 1)));
}

TEST_CASE("one page leaves no file open, whether it fails or not") {
  folder const f;
  auto const before = open_files();
  for (int i = 0; i < 3; ++i) {
    CHECK(one_page{f.path}.sound);
    CHECK_FALSE(one_page{f.path + "/none"}.sound); // no folder
  }
  CHECK(open_files() == before);
  std::filesystem::resize_file(f.path + "/page", 100); // torn
  CHECK_FALSE(one_page{f.path}.sound);
  CHECK(open_files() == before);
  std::filesystem::remove(f.path + "/page");
  std::filesystem::create_directory(f.path + "/page"); // in the way of the rename
  CHECK_FALSE(one_page{f.path}.save());
  CHECK(open_files() == before);
}
