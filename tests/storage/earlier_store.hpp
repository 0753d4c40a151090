// Stores of earlier format versions, as the log wrote them when those were the present ones: each operation on
// the disk, in order, of one script in segments of 512 bytes (earlier_turns), with pages of disk_files::page_bytes
// where the version has pages. `turn` stands where a sync had succeeded.
//
// A journal is made by a program of that version: the script, on a layer over disk_files that tells of each
// operation. Its first entry is laid down as founders of that time did.
#pragma once

#include "wal_model.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace quorate {

// What was acknowledged in the beginning, and then by each turn.
inline std::vector<model> earlier_turns() {
  std::vector<model> turns;
  player<no_log> p;
  no_log w;
  auto const turn = [&] {
    p.sync(w);
    turns.push_back(p.acked);
  };
  turns.push_back({});
  turn(); // the opening
  p.found_earlier(w), turn();
  p.hard(w, 1, 1), turn();
  for (std::uint32_t n = 1; n <= 3; ++n) p.put(w, n, 1, entry_kind::command, 20), turn();
  p.truncate(w, p.now.last()), p.hard(w, 2, 2), p.put(w, 1, 2, entry_kind::no_op, 0), turn();
  p.compact(w, log_index{5}), p.put(w, 2, 2, entry_kind::command, 16), turn();
  p.hard(w, 3, 0), turn();
  p.put(w, 4, 3, entry_kind::command, 40), turn();
  p.compact(w, p.now.last()), turn();
  p.hard(w, 4, 2), turn();
  return turns;
}

class earlier_store {
public:
  disk d{};
  std::size_t turns = 0; // that were acknowledged

  explicit earlier_store(char const* journal) : rest_{journal} {}
  earlier_store(earlier_store const&) = delete; // its files know where its disk is
  earlier_store& operator=(earlier_store const&) = delete;

  // Carries out the next operation; false: that was the last.
  bool step() {
    std::string what, name;
    while (rest_ >> what && what == "turn") ++turns;
    if (!rest_ || !(rest_ >> name)) return false;
    CAPTURE(what);
    CAPTURE(name);
    REQUIRE(carry_out(what, name) == 0);
    return true;
  }
  void finish() {
    while (step()) {}
  }

private:
  int carry_out(std::string const& what, std::string const& name) {
    disk_files files{d};
    auto const number = [this] {
      std::uint64_t n = 0;
      rest_ >> n;
      return n;
    };
    if (what == "create") return files.open("/disk/" + name, file_mode::create, files_[name]);
    if (what == "allocate") return files.allocate(files_[name], number());
    if (what == "write") {
      auto const at = number();
      return files.write(files_[name], at, bytes()).error;
    }
    if (what == "sync") return name == "/disk" ? files.sync_directory(name) : files.sync_data(files_[name]);
    if (what == "unlink") return files.unlink("/disk/" + name);
    std::string to;
    return what == "rename" && rest_ >> to ? files.rename("/disk/" + name, "/disk/" + to) : -1;
  }
  // Hexadecimal, up to the next operation; each line of it begins with a space.
  std::vector<std::byte> bytes() {
    std::vector<std::byte> b;
    std::string line;
    for (std::getline(rest_, line); rest_.peek() == ' ';) {
      std::getline(rest_, line);
      for (std::size_t i = 1; i + 1 < line.size(); i += 2)
        b.push_back(static_cast<std::byte>(std::stoi(line.substr(i, 2), nullptr, 16)));
    }
    return b;
  }

  std::istringstream rest_;
  std::map<std::string, disk_files::file> files_{};
};

} // namespace quorate
