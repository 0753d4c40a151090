// What a campaign found, in words.
#pragma once

#include "options.hpp"

#include "quorate/message/reflect.hpp"
#include "quorate/message/set.hpp"
#include "quorate/sim/campaign.hpp"
#include "quorate/trace/page.hpp"

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace simulate {

template <class... Ms>
std::vector<std::string_view> names_of(quorate::message_set<Ms...>) {
  return {quorate::type_name<Ms>()...};
}

// "name count   name count ...", a few on each line.
class columns {
public:
  void add(std::string_view name, std::string const& what) {
    std::printf("  %-18.*s %-12s", static_cast<int>(name.size()), name.data(), what.c_str());
    if (++count_ % 3 == 0) std::puts("");
  }
  ~columns() {
    if (count_ % 3 != 0) std::puts("");
  }

private:
  unsigned count_ = 0;
};

inline std::string one_decimal(double x) {
  char text[32];
  std::snprintf(text, sizeof text, x < 100 ? "%.1f" : "%.0f", x);
  return text;
}

template <class Family>
void tell_coverage(quorate::sim::coverage const& c, double seconds) {
  using namespace quorate::sim;
  auto const simulated = static_cast<double>(c.simulated_us) / 1e6;
  std::printf("%s: %llu seeds, %llu events in %s s: %s million events a second, %s simulated seconds a second\n",
              Family::name, static_cast<unsigned long long>(c.seeds), static_cast<unsigned long long>(c.events),
              one_decimal(seconds).c_str(), one_decimal(static_cast<double>(c.events) / seconds / 1e6).c_str(),
              one_decimal(simulated / seconds).c_str());
  std::puts("faults: how often each struck, and in how many seeds it existed");
  {
    columns out;
    for (std::size_t i = 0; i < faults; ++i)
      if (c.enabled[i] > 0)
        out.add(name_of(static_cast<fault>(i)),
                std::to_string(c.struck[i]) + " / " + std::to_string(c.enabled[i]));
  }
  std::puts("what happened");
  {
    columns out;
    for (std::size_t i = 0; i < happenings; ++i)
      if (c.happened[i] > 0) out.add(name_of(static_cast<happening>(i)), std::to_string(c.happened[i]));
  }
  std::puts("messages sent");
  {
    columns out;
    auto const names = names_of(typename Family::node::wire{});
    for (std::size_t i = 0; i < names.size(); ++i) out.add(names[i], std::to_string(c.sent[i]));
  }
  for (std::size_t i = 0; i < faults; ++i)
    if (c.missed(static_cast<fault>(i)))
      std::printf("note: %s was enabled and never struck\n", name_of(static_cast<fault>(i)).data());
}

inline std::string replay_line(options const& o, std::uint64_t seed) {
  auto line = "simulate --protocol " + o.protocol;
  if (o.nodes != 0) line += " --nodes " + std::to_string(o.nodes);
  if (!o.snapshots) line += " --no-snapshots";
  line += " --seed " + std::to_string(seed);
  if (!o.faults_named.empty()) line += " --faults " + o.faults_named;
  return line;
}

// False: the file could not be written.
inline bool write_text(quorate::check::trace const& t, std::string const& file) {
  auto* const out = file == "-" ? stdout : std::fopen(file.c_str(), "w");
  if (out == nullptr) return false;
  std::fprintf(out, "%s\n", t.title.c_str());
  for (auto const& r : t.records) std::fprintf(out, "%s\n", line_of(r).c_str());
  bool const well = std::fflush(out) == 0;
  return (file == "-" || std::fclose(out) == 0) && well;
}

// Whatever was asked for; the exit status.
inline int write_trace(quorate::check::trace const& t, options const& o) {
  std::string failed;
  if (!o.trace.empty() && !write_text(t, o.trace)) failed = o.trace;
  if (!o.html.empty() && !quorate::check::write_page(t, o.html)) failed = o.html;
  if (failed.empty()) return 0;
  std::fprintf(stderr, "simulate: can't write %s\n", failed.c_str());
  return 2;
}

} // namespace simulate
