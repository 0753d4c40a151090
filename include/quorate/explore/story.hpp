// A counterexample as people read it, and as a test that can be pasted into the tree.
#pragma once

#include "quorate/explore/explore.hpp"
#include "quorate/explore/world.hpp"
#include "quorate/trace/sentence.hpp"
#include "quorate/trace/spoken_message.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace quorate::check {

// A step in words that name it in any run: "A: its election timeout expires", "B hears A: request_vote{...}".
template <class System>
std::string step_text(world<System> const& w, std::uint32_t action) {
  auto const name = [](node_index n) { return std::string(1, static_cast<char>('A' + n.value)); };
  if (action < world<System>::arrivals)
    return name(node_index{static_cast<std::uint8_t>(action / 64)}) + ": " + System::name_of_event(action % 64);
  auto const& m = w.message_of(action - world<System>::arrivals);
  return name(m.to) + " hears " + name(m.from) + ": " +
         std::visit([](auto const& x) { return spoken(x); }, m.what);
}

// Takes a world from its beginning along steps chosen one after the other: choose(step's text, action) -> bool,
// asked for each action that is possible, in order. on_step(text, row, broken) hears of each that was taken.
template <class System>
class walker {
public:
  explicit walker(world<System>& w) : w_{w}, worker_{w} {
    worker_.initial([&](row r, fingerprint, char const* broken) {
      at_.assign(r.begin(), r.end());
      broken_ = broken;
    });
  }
  row state() const { return at_; }
  // False when no action was chosen.
  template <class Choose>
  bool step(Choose&& choose) {
    bool taken = false;
    std::vector<std::uint32_t> next;
    worker_.expand(row{at_}, [&](std::uint32_t action, row to, fingerprint, char const* broken) {
      if (taken || !choose(action)) return;
      taken = true;
      text_ = step_text(w_, action);
      broken_ = broken;
      next.assign(to.begin(), to.end());
    });
    if (taken) at_ = std::move(next);
    return taken;
  }
  std::string const& text() const { return text_; }
  breach const& told() const { return worker_.told(); } // the last law broken, and the values that break it
  char const* broken() const { return broken_; }        // by the last step, or from the beginning

private:
  world<System>& w_;
  typename world<System>::worker worker_;
  std::vector<std::uint32_t> at_{};
  std::string text_{};
  char const* broken_ = nullptr;
};

// The steps' texts of a violation that was found in this world.
template <class System>
std::vector<std::string> story_of(world<System>& w, violation const& v) {
  std::vector<std::string> story;
  walker<System> walk{w};
  for (auto const wanted : v.actions) {
    if (!walk.step([&](std::uint32_t a) { return a == wanted; }))
      throw std::logic_error("quorate: check: a step of the counterexample is not possible any more");
    story.push_back(walk.text());
  }
  return story;
}

// The law that was found broken in this world, and the values that break it.
template <class System>
std::string sentence_of(world<System>& w, violation const& v) {
  walker<System> walk{w};
  for (auto const wanted : v.actions) walk.step([&](std::uint32_t a) { return a == wanted; });
  auto const& b = walk.told();
  return b.law != nullptr && v.what == b.law ? sentence_of(b) : v.what;
}

// What the steps break, in a new world: the sentence, "" if nothing, or which step is not possible.
template <class System>
std::string what_breaks(System const& system, std::span<std::string_view const> steps) {
  world<System> w{system};
  walker<System> walk{w};
  if (walk.broken() != nullptr) return walk.broken();
  for (auto const wanted : steps) {
    if (!walk.step([&](std::uint32_t a) { return step_text(w, a) == wanted; }))
      return "not possible: " + std::string{wanted};
    if (walk.broken() != nullptr) return walk.broken();
  }
  return {};
}

// A test's body: paste it behind a line that names the system, `system`.
inline std::string as_test(std::vector<std::string> const& story, std::string const& what) {
  std::string text = "  std::string_view const steps[]{\n";
  for (auto const& s : story) text += "      \"" + s + "\",\n";
  return text + "  };\n  CHECK(what_breaks(system, steps) == \"" + what + "\");\n";
}

} // namespace quorate::check
