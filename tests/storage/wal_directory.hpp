// A directory of its own for a test on the real disk, removed afterwards.
#pragma once

#include <filesystem>
#include <fstream>
#include <random>
#include <string>

namespace quorate {

class temporary_directory {
public:
  temporary_directory() {
    std::random_device random;
    do path_ = std::filesystem::temp_directory_path() / ("quorate-" + std::to_string(random()));
    while (!std::filesystem::create_directory(path_));
  }
  temporary_directory(temporary_directory const&) = delete;
  temporary_directory& operator=(temporary_directory const&) = delete;
  ~temporary_directory() { std::filesystem::remove_all(path_); }

  std::string operator/(std::string const& name) const { return path_ / name; }
  std::string path() const { return path_; }

  std::string read(std::string const& name) const {
    std::ifstream in{path_ / name, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
  }
  void write(std::string const& name, std::string const& bytes) const {
    std::ofstream{path_ / name, std::ios::binary} << bytes;
  }

private:
  std::filesystem::path path_;
};

} // namespace quorate
