// What is wrong with a core: one sentence for each requirement of log/core.hpp.
#pragma once

#include "quorate/log/core.hpp"
#include "quorate/message/fields.hpp"
#include "quorate/replica/member_fit.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace quorate::detail {

namespace call {
struct timing_of {
  template <class C>
  auto operator()(C&, auto t) const -> decltype(C::timing_of(t));
};
struct self {
  auto operator()(auto& c) const -> decltype(c.self());
};
struct me {
  auto operator()(auto& c) const -> decltype(c.me());
};
struct campaigns {
  auto operator()(auto& c) const -> decltype(c.campaigns());
};
struct leads {
  auto operator()(auto& c) const -> decltype(c.leads());
};
struct leader {
  auto operator()(auto& c) const -> decltype(c.leader());
};
struct era {
  auto operator()(auto& c) const -> decltype(c.era());
};
struct commit_index {
  auto operator()(auto& c) const -> decltype(c.commit_index());
};
} // namespace call

template <class C, class Event>
consteval verdict judge_step() {
  return takes_step<C, Event> ? verdict::fits : verdict::missing;
}

enum class core_member {
  timing_of,
  self,
  me,
  campaigns,
  leads,
  leader,
  era,
  commit_index,
  start,
  message,
  propose,
  flush,
  timer,
  read
};

template <class C>
consteval fault<core_member> core_fault() {
  using c = C const;
  using m = core_member;
  return first_fault(fault{m::timing_of, judge<same_as_type<timing>, C, call::timing_of, typename C::timer>()},
                     fault{m::self, judge<same_as_type<node_index>, c, call::self>()},
                     fault{m::campaigns, judge<same_as_type<bool>, c, call::campaigns>()},
                     fault{m::leads, judge<same_as_type<bool>, c, call::leads>()},
                     fault{m::me, judge<same_as_type<peer>, c, call::me>()},
                     fault{m::leader, judge<same_as_type<node_index>, c, call::leader>()},
                     fault{m::era, judge<same_as_type<stamp>, c, call::era>()},
                     fault{m::commit_index, judge<same_as_type<log_index>, c, call::commit_index>()},
                     fault{m::start, judge_step<C, start>()},
                     fault{m::message, hears<C, typename C::messages> ? verdict::fits : verdict::missing},
                     fault{m::propose, judge_step<C, propose>()}, fault{m::flush, judge_step<C, flush>()},
                     fault{m::timer, judge_step<C, typename C::timer>()},
                     fault{m::read, C::options::reads ? judge_step<C, read>() : verdict::fits});
}

template <fault<core_member> f>
struct why_no_core {
  using m = core_member;
  QUORATE_SAY_OF("Core", timing_of, "timing_of(t)", "static timing timing_of(timer)");
  QUORATE_SAY_OF("Core", self, "self()", "node_index self() const");
  QUORATE_SAY_OF("Core", campaigns, "campaigns()", "bool campaigns() const");
  QUORATE_SAY_OF("Core", leads, "leads()", "bool leads() const");
  QUORATE_SAY_OF("Core", me, "me()", "peer me() const");
  QUORATE_SAY_OF("Core", leader, "leader()", "node_index leader() const");
  QUORATE_SAY_OF("Core", era, "era()", "stamp era() const");
  QUORATE_SAY_OF("Core", commit_index, "commit_index()", "log_index commit_index() const");
  QUORATE_SAY_OF("Core", start, "", "void step(start, Log const&, Out&)");
  QUORATE_SAY_OF("Core", message, "", "void step(from<M> const&, Log const&, Out&), for each M of messages");
  QUORATE_SAY_OF("Core", propose, "", "void step(propose, Log const&, Out&)");
  QUORATE_SAY_OF("Core", flush, "", "void step(flush, Log const&, Out&)");
  QUORATE_SAY_OF("Core", timer, "", "void step(timer, Log const&, Out&)");
  QUORATE_SAY_OF("Core", read, "", "void step(read, Log const&, Out&)");
};

template <class C>
inline constexpr bool has_options = requires {
  requires std::same_as<decltype(C::options::limit), limit_values const>;
  typename std::bool_constant<C::options::reads>;
};
template <class C>
inline constexpr bool has_timers = requires {
  requires 1 <= C::timers&& C::timers <= 8;
};
template <class C>
inline constexpr bool has_messages = requires {
  joined_messages<typename C::messages, message_set<>>::size;
};
template <class C>
inline constexpr bool has_bound = requires {
  typename std::integral_constant<std::size_t, C::effects_bound>;
};
template <class C>
inline constexpr bool has_rewrites = requires {
  typename std::bool_constant<C::rewrites>;
};
template <class C>
inline constexpr bool has_name = requires {
  std::string_view{C::protocol_name};
};

template <class C>
inline constexpr bool has_hard_type = requires {
  typename std::integral_constant<std::uint8_t, C::hard_type::kind>;
};
template <class C>
inline constexpr bool is_recovered = std::constructible_from<C, peer, typename C::hard_type const&, no_log const&>;

template <class C>
constexpr void say_what_core() {
  if constexpr (!std::regular<C>)
    static_assert(never<C>, "quorate: Core: it must be a value: copied, compared, and made from nothing");
  else if constexpr (!has_hard_type<C>)
    static_assert(never<C>, "quorate: Core: the type `hard_type` is missing, or has not the constant `kind`, "
                            "std::uint8_t");
  else if constexpr (!is_recovered<C>)
    static_assert(never<C>,
                  "quorate: Core: the constructor `(peer self, hard_type const&, Log const&)` is missing, "
                  "or can't be called so");
  else if constexpr (!has_options<C>)
    static_assert(never<C>, "quorate: Core: the type `options` is missing, or has not the constants `limit`, "
                            "limit_values, and `reads`, bool");
  else if constexpr (!requires { requires std::is_enum_v<typename C::timer>; })
    static_assert(never<C>, "quorate: Core: the enumeration `timer` is missing");
  else if constexpr (!has_timers<C>)
    static_assert(never<C>, "quorate: Core: `static constexpr std::size_t timers` is missing, or not 1 to 8");
  else if constexpr (!has_messages<C>)
    static_assert(never<C>, "quorate: Core: the type `messages` is missing, or no message_set");
  else if constexpr (!requires { requires is_outcome_list<typename C::outcomes>; })
    static_assert(never<C>, "quorate: Core: the type `outcomes` is missing, or no outcome_list");
  else if constexpr (!has_bound<C>)
    static_assert(never<C>, "quorate: Core: `static constexpr std::size_t effects_bound` is missing");
  else if constexpr (!has_rewrites<C>)
    static_assert(never<C>, "quorate: Core: `static constexpr bool rewrites` is missing");
  else if constexpr (!has_name<C>)
    static_assert(never<C>, "quorate: Core: `static constexpr char const* protocol_name` is missing");
  else
    (void)sizeof(why_no_core<core_fault<C>()>);
}

// Takes the place of a core that does not fit; nothing of it is ever called.
struct no_core {
  struct nothing_said {
    static constexpr strength says = strength::binding;
    using fields = field_list<>;
  };
  struct options {
    static constexpr limit_values limit{};
    static constexpr bool reads = true;
  };
  enum class timer : std::uint8_t { none };
  static constexpr std::size_t timers = 1, effects_bound = 1;
  static constexpr bool rewrites = false;
  static constexpr char const* protocol_name = "";
  using messages = message_set<nothing_said>;
  using outcomes = outcome_list<>;
  no_core() = default;
  struct hard_type {
    static constexpr std::uint8_t kind = 2;
    using fields = field_list<>;
  };
  no_core(peer, hard_type const&, auto const&);
  static timing timing_of(timer);
  node_index self() const;
  peer me() const;
  bool campaigns() const;
  bool leads() const;
  node_index leader() const;
  stamp era() const;
  log_index commit_index() const;
  void step(auto const&, auto const&, auto&);
};

// `Say`: whether to say what is wrong.
template <class Core, bool Say>
constexpr auto fitting_core() {
  if constexpr (log_core<Core>) {
    return type_is<Core>{};
  } else {
    if constexpr (Say) say_what_core<Core>();
    return type_is<no_core>{};
  }
}

} // namespace quorate::detail
