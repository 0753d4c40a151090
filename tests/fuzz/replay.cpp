// A fuzz target without its fuzzer: gives it every input of a kept corpus, which is a file of lines in
// hexadecimal.
#include "fuzz.hpp"

#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

namespace {

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}
bool read(std::string const& line, std::vector<std::uint8_t>& bytes) {
  bytes.clear();
  for (std::size_t i = 0; i + 1 < line.size(); i += 2) {
    auto const high = digit(line[i]), low = digit(line[i + 1]);
    if (high < 0 || low < 0) return false;
    bytes.push_back(static_cast<std::uint8_t>(16 * high + low));
  }
  return line.size() % 2 == 0;
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 2) return std::fprintf(stderr, "usage: %s CORPUS\n", argv[0]), 2;
  std::ifstream file{argv[1]};
  std::string line;
  std::vector<std::uint8_t> bytes;
  std::size_t inputs = 0;
  while (std::getline(file, line)) {
    if (!read(line, bytes))
      return std::fprintf(stderr, "%s: line %zu is not hexadecimal\n", argv[1], inputs + 1), 2;
    std::printf("input %zu\n", ++inputs);
    std::fflush(stdout);
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  }
  if (inputs == 0) return std::fprintf(stderr, "%s: there is nothing in it\n", argv[1]), 2;
  std::printf("%zu inputs, none breaks a law\n", inputs);
  return 0;
}
