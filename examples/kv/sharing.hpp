// Which connection works when: one slice at a time for all of them together, and in it a share for each.
#pragma once

#include "limits.hpp"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <memory>

namespace kv {

// `Client` offers: work(budget), false if there is more than that; `listed`, which is kept here; closed(); and
// shared_from_this(). Those that have much to do take turns of their own in one half of each slice, so that the
// many
// that have little wait for one slice and not for the heavy ones.
template <class Client>
class sharing {
public:
  using budget = quorate::service::work_budget;

  void add(Client& c) {
    if (c.listed) return;
    c.listed = true;
    light_.push_back(c.shared_from_this());
  }
  bool any() const { return !light_.empty() || !heavy_.empty(); }

  void slice(budget& all) {
    auto const kept = heavy_.empty() ? 0 : all.left / 2;
    budget first{all.left - kept};
    round(light_, first, all.left / 8);
    all.left = kept + first.left;
    round(heavy_, all, all.left);
  }

private:
  using list = std::deque<std::shared_ptr<Client>>;

  void round(list& from, budget& all, std::uint64_t share) {
    for (auto n = from.size(); n > 0 && all.left > 0; --n) {
      auto const c = std::move(from.front());
      from.pop_front();
      c->listed = false; // it may be added while it works
      auto const given = std::min(share, all.left);
      slice_budget own{{given}};
      bool const done = c->work(own);
      all.spend(given - own.left + own.over);
      if (done || c->listed || c->closed()) continue;
      c->listed = true;
      heavy_.push_back(c);
    }
  }

  list light_;
  list heavy_;
};

} // namespace kv
