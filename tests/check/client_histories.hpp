// Recorded histories that a seed draws: clients that use one map of strings at once, as lines of EDN.
#pragma once

#include "support/dice.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace quorate::test {

// What clients do. Of a hundred operations so many are puts, and so many appends; the others are gets. Values are
// drawn out of `values`, or all differ when that is 0.
struct client_plan {
  std::uint64_t seed = 1;
  std::size_t keys = 10;
  std::size_t clients = 50;
  std::size_t operations = 2024;
  std::size_t stale_keys = 0; // the first so many hold a read of what was overwritten before it began
  std::uint64_t puts = 40;
  std::uint64_t appends = 0;
  std::uint64_t values = 0;
  std::uint64_t stale_after = 50; // the stale ones come when so many of a hundred have begun
  std::uint64_t unknown = 5; // of a hundred puts and appends so many end in :info, and of these one half happened
};

class client_world {
public:
  explicit client_world(client_plan const& plan) : plan_{plan}, random_{plan.seed}, keys_(plan.keys) {
    for (std::size_t i = 0; i < plan.clients; ++i) clients_.push_back({next_process_++});
  }

  // One event a line. Each client has one operation open at almost all times.
  std::string run() {
    std::size_t open = 0;
    while (begun_ < plan_.operations || open > 0) {
      auto& c = clients_[random_(clients_.size())];
      if (!c.open) {
        if (begun_ == plan_.operations) continue;
        begin(c);
        ++open;
      } else if (!c.happened) {
        happen(c);
      } else {
        end(c);
        --open;
      }
    }
    return std::move(text_);
  }
  // How many stale reads there are.
  std::size_t stale() const {
    return static_cast<std::size_t>(
        std::count_if(keys_.begin(), keys_.end(), [](auto const& k) { return k.has_stale; }));
  }

private:
  struct client {
    std::uint32_t process;
    bool open = false, happened = false, unknown = false, is_stale = false;
    std::uint64_t key = 0;
    std::string verb{}, value{};
    std::optional<std::string> before{}; // what the key held when this began, if that was settled
    std::size_t number = 0;
  };
  // Values are all different, so what was read of a key tells after whom. A value is settled when its writer has
  // returned: who reads it when a later writer has returned too, one that began then, reads what is gone.
  struct key_state {
    std::string now{};
    std::size_t writer = none;
    std::optional<std::string> gone{};
    bool has_stale = false;
  };
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  void begin(client& c) {
    auto const what = random_(100);
    c = {c.process};
    c.open = true;
    c.key = random_(plan_.keys);
    c.verb = what < plan_.puts ? "put" : what < plan_.puts + plan_.appends ? "append" : "get";
    auto const number = plan_.values == 0 ? begun_ : random_(plan_.values);
    bool const reads = c.verb == "get";
    c.value = reads ? "" : "v" + std::to_string(number) + (c.verb == "append" ? ";" : "");
    c.unknown = !reads && random_(100) < plan_.unknown;
    c.number = begun_++;
    returned_.push_back(false);
    auto& k = keys_[c.key];
    if (reads && c.key < plan_.stale_keys && !k.has_stale && k.gone && is_late()) {
      c.is_stale = k.has_stale = true;
      c.value = *k.gone;
    }
    if (!reads && (k.writer == none || returned_[k.writer])) c.before = k.now;
    line(c, "invoke", reads ? "nil" : quoted(c.value));
  }

  bool is_late() const { return 100 * begun_ > plan_.stale_after * plan_.operations; }

  void happen(client& c) {
    auto& k = keys_[c.key];
    c.happened = true;
    if (c.is_stale) return;
    if (c.verb == "get") {
      c.value = k.now;
    } else if (!c.unknown || random_(2) == 0) {
      k.now = c.verb == "put" ? c.value : k.now + c.value;
      k.writer = c.number;
    }
  }

  void end(client& c) {
    line(c, c.unknown ? "info" : "ok", quoted(c.value));
    c.open = false;
    if (c.unknown) {
      c.process = next_process_++;
    } else {
      returned_[c.number] = true;
      if (c.before) keys_[c.key].gone = c.before;
    }
  }

  static std::string quoted(std::string const& s) { return '"' + s + '"'; }
  void line(client const& c, std::string const& kind, std::string const& value) {
    text_ += "{:process " + std::to_string(c.process) + ", :type :" + kind + ", :f :" + c.verb + ", :key \"" +
             std::to_string(c.key) + "\", :value " + value + "}\n";
  }

  client_plan plan_;
  dice random_;
  std::vector<key_state> keys_;
  std::vector<client> clients_;
  std::uint32_t next_process_ = 0;
  std::size_t begun_ = 0;
  std::vector<bool> returned_;
  std::string text_;
};

} // namespace quorate::test
