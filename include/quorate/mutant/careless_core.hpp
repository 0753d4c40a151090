// A core in the hands of who forgets what was on its disk, or lets messages go before the disk has what they
// assert: the rules that no core can keep by itself. Which of them are broken its keyword says
// (mutant/without.hpp); without one it is that core.
#pragma once

#include "quorate/core/entry.hpp"
#include "quorate/effect/ticket.hpp"
#include "quorate/mutant/relay.hpp"

namespace quorate {

// What is recovered of `kept`, beside a log or a roster; what the core is told again of what it has forgotten; and
// whether a message leaves at once. A protocol's own overloads, for its options, say more (mutant/raft.hpp and its
// like). `own`: the message goes to its sender.
template <class Options, class Kept, class Beside>
constexpr Kept const& recovered_of(Options, Kept const& kept, Beside const&) {
  return kept;
}
template <class Options, class Core, class Kept, class Log>
constexpr void remind_of(Options, Core&, Kept const&, Log const&) {}
template <class Options, class M>
constexpr bool leaves_at_once(Options, M const&, bool /*own*/) {
  return false;
}

template <class Options, class Out>
struct hurried : relay<Out> {
  peer self;

  using relay<Out>::send;
  template <class M>
  constexpr void send(peer n, M const& m, written after) {
    bool const hurries = leaves_at_once(Options{}, m, n.member == self.member);
    this->to.send(n, m, hurries ? ticket_source{}.latest() : after);
  }
};

template <class Core>
class careless : public Core {
public:
  constexpr careless() = default;
  template <class Log, class C = Core>
  constexpr careless(peer self, typename C::hard_type const& kept, Log const& log)
      : Core(self, recovered_of(typename Core::options{}, kept, log), log) {
    remind_of(typename Core::options{}, static_cast<Core&>(*this), kept, log);
  }
  // Of a core without a log.
  template <class Roster>
  constexpr careless(node_index self, Roster const& who) : Core(self, who) {}
  template <class Roster, class Kept>
  requires(!requires { typename Core::hard_type; }) constexpr careless(node_index self, Roster const& who,
                                                                       Kept const& kept)
      : Core(self, who, recovered_of(typename Core::options{}, kept, who)) {}

  template <class Event, class Out>
  constexpr void step(Event const& e, Out& out) {
    hurried<typename Core::options, Out> sink{{out}, Core::self()};
    Core::step(e, sink);
  }
  template <class Event, class Log, class Out>
  constexpr void step(Event const& e, Log const& log, Out& out) {
    hurried<typename Core::options, Out> sink{{out}, Core::me()};
    Core::step(e, log, sink);
  }

  friend constexpr bool operator==(careless const&, careless const&) = default;
};

} // namespace quorate
