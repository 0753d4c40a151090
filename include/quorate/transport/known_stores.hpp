// Which store each peer had, kept in a small file: so that a node whose disk was wiped is refused by those that
// knew it (scenarios M8, P12), also after they have restarted.
#pragma once

#include "quorate/core/id.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <map>
#include <optional>
#include <string>
#include <unistd.h>

namespace quorate {

// One line a peer: its node id and its store id. Written anew as a whole, synced and renamed, so that a crash
// leaves the old file or the new one.
class known_stores {
public:
  // `directory` must exist. failure() is not empty if the file is there and can't be read.
  explicit known_stores(std::string directory) : directory_{std::move(directory)} {
    std::FILE* const f = std::fopen(path().c_str(), "re");
    if (f == nullptr) {
      if (errno != ENOENT) fail("open");
      return;
    }
    unsigned node = 0;
    unsigned long long store = 0;
    int got = 0;
    while ((got = std::fscanf(f, "%u %llx\n", &node, &store)) == 2) stores_[node_id{node}] = store_id{store};
    if (got != EOF)
      failure_ = path() + ": expected lines of a node id and a store id; remove the file only if no disk of a "
                          "peer was ever replaced";
    std::fclose(f);
  }

  std::optional<store_id> find(node_id node) const {
    auto const at = stores_.find(node);
    return at == stores_.end() ? std::nullopt : std::optional{at->second};
  }
  // False: it could not be made durable, and failure() says why.
  bool remember(node_id node, store_id store) {
    stores_[node] = store;
    return save();
  }
  std::string const& failure() const { return failure_; }

private:
  std::string path() const { return directory_ + "/peers"; }
  bool fail(char const* what) {
    failure_ = std::string{what} + " " + path() + ": " + std::strerror(errno);
    return false;
  }
  bool save() {
    std::string text;
    char line[64];
    for (auto const& [node, store] : stores_) {
      std::snprintf(line, sizeof line, "%u %llx\n", node.value, static_cast<unsigned long long>(store.value));
      text += line;
    }
    auto const fresh = path() + ".new";
    int const file = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file < 0) return fail("create");
    bool const written = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    bool const synced = written && ::fsync(file) == 0;
    ::close(file);
    if (!synced || std::rename(fresh.c_str(), path().c_str()) != 0) return fail("write");
    int const folder = ::open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool const kept = folder >= 0 && ::fsync(folder) == 0;
    if (folder >= 0) ::close(folder);
    return kept || fail("sync the directory of");
  }

  std::string directory_;
  std::map<node_id, store_id> stores_{};
  std::string failure_{};
};

} // namespace quorate
