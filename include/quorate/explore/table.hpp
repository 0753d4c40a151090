// Values, each kept once.
#pragma once

#include "quorate/explore/chunked.hpp"
#include "quorate/explore/fingerprint.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <utility>
#include <vector>

namespace quorate::check {

// Values, each kept once, with its fingerprint under every renaming of nodes.
template <class Value>
class table {
public:
  struct entry {
    Value value{};
    std::unique_ptr<fingerprint[]> prints{};
  };
  entry const& operator[](std::uint32_t id) const { return entries_[id]; }
  std::size_t size() const { return entries_.size(); }

  // Throws std::logic_error when a value has the fingerprint of another: the digest leaves out some of it.
  template <class Digest>
  std::uint32_t id_of(Value const& v, std::vector<renaming> const& renamings, std::uint64_t seed,
                      Digest&& digest) {
    auto prints = std::make_unique<fingerprint[]>(renamings.size());
    for (std::size_t i = 0; i < renamings.size(); ++i) {
      digester h{seed};
      digest(v, renamings[i], h);
      prints[i] = h.result();
    }
    std::scoped_lock const lock{mutex_};
    auto const [at, fresh] = ids_.try_emplace(prints[0], static_cast<std::uint32_t>(entries_.size()));
    if (fresh)
      entries_.push_back({v, std::move(prints)});
    else if (!(entries_[at->second].value == v))
      throw std::logic_error("quorate: check: two different values have one digest: it must see all of them");
    return at->second;
  }

private:
  std::mutex mutex_{};
  std::map<fingerprint, std::uint32_t> ids_{};
  chunked<entry> entries_{};
};

} // namespace quorate::check
