// Small models for the explorer, each of whose states is one word.
#pragma once

#include "quorate/explore/explore.hpp"

#include <cstdint>
#include <utility>

namespace quorate::check {

// What a System must have:
//
//   first()               the initial state
//   each_step(s, take)    calls take(action, next, broken) for each action that is possible in s
//   alike(s)              the state that s is counted as; s itself, where the model has no symmetry
//   goal(s) -> bool       only with bounds.lasting
template <class System>
class word_model {
public:
  explicit word_model(System system) : system_{std::move(system)} {}

  class worker {
  public:
    explicit worker(word_model const& m) : system_{m.system_} {}
    template <class Add>
    void initial(Add&& add) const {
      auto const s = system_.first();
      add(row{&s, 1}, print(s), nullptr);
    }
    template <class Emit>
    void expand(row r, Emit&& emit) const {
      system_.each_step(r[0], [&](std::uint32_t action, std::uint32_t to, char const* broken) {
        emit(action, row{&to, 1}, print(to), broken);
      });
    }
    bool goal(row r) const requires requires(System const& s) { s.goal(1U); }
    { return system_.goal(r[0]); }

  private:
    fingerprint print(std::uint32_t s) const {
      digester h;
      h.add(system_.alike(s));
      return h.result();
    }
    System const& system_;
  };

private:
  System system_;
};

} // namespace quorate::check
