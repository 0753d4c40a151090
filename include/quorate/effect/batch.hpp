// The sink of tests and of the model checker: effects as values, in order, in a bounded container.
#pragma once

#include "quorate/core/bounded.hpp"
#include "quorate/core/snapshot.hpp"
#include "quorate/effect/sink.hpp"
#include "quorate/policy/timing.hpp"

#include <cstddef>
#include <cstdint>
#include <variant>

namespace quorate {

// One message as a core sent it. `after` is the number of the write it waits for; 0 for an advisory one.
template <class... Messages>
struct sent {
  peer to{};
  std::variant<Messages...> message{};
  std::uint64_t after{};
  friend constexpr bool operator==(sent const&, sent const&) = default;
};

// `after` is the number of the write with which it begins to run; 0 for one that runs at once, at its usual
// timing.
template <class Timer>
struct armed {
  Timer timer{};
  std::uint64_t after{};
  timing how{};
  friend constexpr bool operator==(armed const&, armed const&) = default;
};
template <class Timer>
struct disarmed {
  Timer timer{};
  friend constexpr bool operator==(disarmed const&, disarmed const&) = default;
};

namespace detail {
// What a protocol writes: its own list of types, or, if it names none, what a replicated log does.
template <class... Writes>
struct log_writes;
template <class Protocol>
struct writes_of {
  using type = log_writes<typename Protocol::hard_type, entry_run, truncation, installation>;
};
template <class Protocol>
requires requires { typename Protocol::writes; }
struct writes_of<Protocol> {
  using type = typename Protocol::writes;
};
} // namespace detail

// `Protocol` names its timer (an enum), its messages (a message_set), its outcomes and, unless it writes a log,
// its writes (each a list of types).
// More effects than Capacity in one step means that the protocol's bound is wrong: overflowed() says so.
template <class Protocol, std::size_t Capacity = Protocol::effects_bound>
class batch : public sink<batch<Protocol, Capacity>> {
  template <class Writes, class Set, class Outcomes>
  struct types;
  template <template <class...> class Written, class... Ws, template <class...> class Set, class... Ms,
            template <class...> class List, class... Os>
  struct types<Written<Ws...>, Set<Ms...>, List<Os...>> {
    using timer = typename Protocol::timer;
    using message = sent<Ms...>;
    using effect = std::variant<Ws..., message, armed<timer>, disarmed<timer>, Os...>;
  };
  using all =
      types<typename detail::writes_of<Protocol>::type, typename Protocol::messages, typename Protocol::outcomes>;

public:
  using effect = typename all::effect;
  using message = typename all::message;
  using timer = typename Protocol::timer;

  template <class Write>
  constexpr void accept(Write const& w) {
    add(effect{w});
  }
  template <class M>
  constexpr void advise(peer to, M const& m) {
    add(effect{message{to, m, 0}});
  }
  template <class M>
  constexpr void bind(peer to, M const& m, written after) {
    add(effect{message{to, m, after.number()}});
  }
  constexpr void arm(timer t) { add(effect{armed<timer>{t}}); }
  constexpr void arm_later(timer t, timing how, written after) {
    add(effect{armed<timer>{t, after.number(), how}});
  }
  constexpr void disarm(timer t) { add(effect{disarmed<timer>{t}}); }
  template <class Outcome>
  constexpr void report(Outcome const& o) {
    add(effect{o});
  }

  constexpr auto const& effects() const { return effects_; }
  constexpr bool overflowed() const { return overflowed_; }
  // Forgets the effects; the numbering of writes goes on.
  constexpr void clear() {
    effects_.clear();
    overflowed_ = false;
  }
  friend constexpr bool operator==(batch const&, batch const&) = default;

private:
  constexpr void add(effect const& e) {
    if (!effects_.push_back(e)) overflowed_ = true;
  }
  bounded<effect, Capacity> effects_{};
  bool overflowed_ = false;
};

} // namespace quorate
