// A state machine (policy/machine.hpp), and who is told what became of proposals and reads: what a turn is given.
#pragma once

#include "quorate/policy/machine.hpp"
#include "quorate/replica/outcome.hpp"

#include <type_traits>
#include <utility>

namespace quorate {

// What the machine said of a command that was proposed here. It comes when the command is applied, before its
// outcome, which is `done`. A proposal that is done need not have one: if it was forwarded, and the leader's
// answer came late, nobody knew then whose command it was.
template <class Result>
struct proposal_result {
  proposal_token token{};
  log_index index{};
  Result const& result; // borrowed
};

//   replica.turn(now, send, hosted{machine, host});
//
// `host` is called with proposal_outcome const& and read_outcome const&, once for each token; and, if apply()
// returns something, with proposal_result<...> const&. It may have sated(), as a bare callable (replica.hpp).
template <class Machine, class Host>
struct hosted {
  Machine& machine;
  Host host; // a reference, if it was given as one
};
template <class Machine, class Host>
hosted(Machine&, Host&&) -> hosted<Machine, Host>;

namespace detail {

template <class>
inline constexpr bool is_hosted_type = false;
template <class Machine, class Host>
inline constexpr bool is_hosted_type<hosted<Machine, Host>> = true;
template <class T>
inline constexpr bool is_hosted = is_hosted_type<std::remove_cvref_t<T>>;

template <class Machine>
auto& host_of(Machine& m) {
  if constexpr (is_hosted<Machine>)
    return m.host;
  else
    return m;
}

// What applying gives each command to. A bare callable is told as it is.
template <class Given, class Proposals>
struct taker {
  Given& given;
  Proposals& proposals;

  template <class Messages>
  void operator()(applied<Messages> const& e) {
    auto const token = proposals.token_at(e.index, e.written_at);
    if constexpr (requires { given.machine.apply(e.index, e.command, true); })
      tell(token, e.index,
           [&]() -> decltype(auto) { return given.machine.apply(e.index, e.command, token != proposal_token{}); });
    else
      tell(token, e.index, [&]() -> decltype(auto) { return given.machine.apply(e.index, e.command); });
  }
  bool sated() requires requires { given.host.sated(); }
  { return given.host.sated(); }

private:
  template <class Apply>
  void tell(proposal_token token, log_index at, Apply&& apply) {
    if constexpr (std::is_void_v<decltype(apply())>) {
      apply();
    } else {
      auto&& result = apply();
      using result_type = std::remove_cvref_t<decltype(result)>;
      if (token != proposal_token{}) given.host(proposal_result<result_type>{token, at, result});
    }
  }
};
template <class Given, class Proposals>
decltype(auto) taker_for(Given& given, Proposals& proposals) {
  if constexpr (is_hosted<Given>) {
    return taker<Given, Proposals>{given, proposals};
  } else {
    (void)proposals;
    return (given);
  }
}

} // namespace detail
} // namespace quorate
