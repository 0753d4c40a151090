// What bent cores of a replicated log do where log/ says what the shipped ones do alike (mutant/raft.hpp says
// how). f<State<Options<K...>>>(...) is that of log/.
#pragma once

#include "quorate/log/leading.hpp"
#include "quorate/log/reading.hpp"
#include "quorate/mutant/without.hpp"

#include <cstdint>

namespace quorate {

template <template <class> class State, template <class...> class Options, class... K, log_view Log, class Out>
requires bent<K...>
constexpr void on_quorum_check_timeout(State<Options<K...>>& s, Log const& log, Out& out) {
  using own = Options<K...>;
  if constexpr (own::checks_quorum)
    if (s.is == role::leader && lacks<K...>(rule_of<K...>::leaders_check_their_quorum))
      s.active = own::nodes::first(own::limit.nodes);
  on_quorum_check_timeout<State<own>>(s, log, out);
}

template <template <class> class State, template <class...> class Options, class... K, log_view Log, class Out>
requires bent<K...>
constexpr void begin_round(State<Options<K...>>& s, bool knows, Log const& log, Out& out) {
  auto const commit = s.commit;
  if (lacks<K...>(rule_of<K...>::reads_carry_the_commit_index)) s.commit = {};
  begin_round<State<Options<K...>>>(s, knows, log, out);
  s.commit = commit;
}

template <template <class> class State, template <class...> class Options, class... K, log_view Log, class Out>
requires bent<K...>
constexpr void settle_rounds(State<Options<K...>>& s, Log const& log, Out& out) {
  if (!lacks<K...>(rule_of<K...>::reads_ask_a_quorum)) return settle_rounds<State<Options<K...>>>(s, log, out);
  s.readers.settle([](std::uint64_t) { return true; }, [&](readable r) { out.report(r); });
}

template <template <class> class State, template <class...> class Options, class... K, log_view Log, class Out>
requires bent<K...>
constexpr void confirm_round(State<Options<K...>>& s, peer n, std::uint64_t round, Log const& log, Out& out) {
  if (lacks<K...>(rule_of<K...>::reads_count_later_answers)) round = s.readers.last_round;
  confirm_round<State<Options<K...>>>(s, n, round, log, out);
}

} // namespace quorate
