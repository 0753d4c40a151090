// Stores that replicas of earlier versions left behind, as text: golden/format_<version>_<protocol>.txt.
//
//   file <name> <size>          a file of the data directory ...
//    <offset> <bytes in hex>    ... and what in it is not zero
//   node, incarnation           whose it is, and which opening was its last
//   compacted <index> <stamp>   what the program that wrote it found in a copy of it, opened again:
//   hard <promised> <vote> <chosen>
//   entry <index> <stamp> <kind> <bytes in hex, or ->
//
// How they were made, for the author of the next version: by a program of that version, so before it is changed.
// Three replicas over file_wal (segments of 1024 bytes) and a manual timer (100, 30, 400; other seeds until the
// last leader was not the first member) in one process; their messages go through a queue, and time moves by one.
// Each round proposes one to three commands of 8 bytes and runs 5 ticks. Six rounds; the leader is cut off with
// two proposals that nobody else gets, and another one leads for six rounds; it comes back; all are closed and
// opened; the leader is cut off once more. The store is of a node that did not lead last. `format_1_raft` and
// `format_2_multi_paxos` were compacted 8 entries below the last applied one, went on, and were closed.
// `format_2_raft` and `format_1_multi_paxos` were copied in the middle of a write, of which two thirds were there:
// in the one of a turn's frame, in the other of a new segment's head.
//
// `format_3_install` is of this version, by the log alone, in one segment of 4096 bytes. Three of its records are
// of type 5: a mark at entry 4 that agrees, one at 9 above which all stays, and one at 12 that does not agree.
// Entries of the terms 1 to 3 stand before, between and behind them.
#pragma once

#include "wal_model.hpp"

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace quorate {

struct golden_store {
  std::map<std::string, std::vector<std::byte>> files{};
  std::uint32_t node{};
  std::uint64_t incarnation{};
  std::uint64_t promised{}, vote{}, chosen{};
  model expected{};

  explicit golden_store(std::string const& path) {
    std::ifstream in{path};
    std::vector<std::byte>* file = nullptr;
    for (std::string line; std::getline(in, line);) {
      std::istringstream words{line};
      if (line.front() == ' ')
        fill(*file, words);
      else
        read(words, file);
    }
    expected.hard = hard_of(promised, static_cast<std::uint8_t>(vote), chosen);
  }

  // The founders, as stores of those versions have them.
  static configuration founders() {
    configuration c{node_set<64>::first(3)};
    c.number = log_index{1};
    return c;
  }

private:
  static std::vector<std::byte> bytes_of_hex(std::string const& hex) {
    std::vector<std::byte> b;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
      b.push_back(static_cast<std::byte>(std::stoi(hex.substr(i, 2), nullptr, 16)));
    return b;
  }
  static void fill(std::vector<std::byte>& file, std::istringstream& words) {
    std::size_t at = 0;
    std::string hex;
    words >> at >> hex;
    auto const b = bytes_of_hex(hex);
    std::copy(b.begin(), b.end(), file.begin() + static_cast<std::ptrdiff_t>(at));
  }
  void read(std::istringstream& words, std::vector<std::byte>*& file) {
    std::string what, text;
    words >> what;
    if (what == "file") {
      std::size_t size = 0;
      words >> text >> size;
      file = &files[text];
      file->resize(size);
    } else if (what == "compacted") {
      words >> expected.start.compacted.value >> expected.start.written_at.value;
      if (expected.start.compacted.value > 0) expected.start.config = founders();
    } else if (what == "entry") {
      std::uint64_t index = 0, written_at = 0;
      unsigned kind = 0;
      words >> index >> written_at >> kind >> text;
      expected.entries.push_back({stamp{written_at}, static_cast<entry_kind>(kind), bytes_of_hex(text)});
    } else if (what == "hard") {
      words >> promised >> vote >> chosen;
    } else {
      words >> (what == "node" ? node_ : incarnation);
      node = static_cast<std::uint32_t>(node_);
    }
  }
  std::uint64_t node_ = 0;
};

} // namespace quorate
