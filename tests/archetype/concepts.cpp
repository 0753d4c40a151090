// The least types meet their concepts, and each concept asks for every member that it documents: compiling proves
// it.
#include "least_core.hpp"
#include "least_log.hpp"
#include "least_policies.hpp"
#include "least_sink.hpp"
#include "quorate/policy/keyword.hpp"
#include "quorate/replica/core_fit.hpp"
#include "quorate/replica/messages_fit.hpp"
#include "quorate/replica/storage_fit.hpp"
#include "quorate/replica/timer_fit.hpp"

#include <concepts>
#include <cstddef>
#include <optional>
#include <type_traits>
#include <utility>

namespace quorate::test {
namespace {

// Whether Concept<Archetype<n>> fails for each n of 1..Members, and holds for 0.
template <int Members, class Meets>
constexpr bool asks_for_each(Meets meets) {
  return [&]<int... N>(std::integer_sequence<int, N...>) {
    return (... && (meets(std::integral_constant<int, N>{}) == (N == 0)));
  }
  (std::make_integer_sequence<int, Members + 1>{});
}

static_assert(asks_for_each<8>([](auto n) { return log_view<least_log<n>>; }));
static_assert(asks_for_each<10>([](auto n) { return storage<least_storage<n>>; }));
static_assert(asks_for_each<6>([](auto n) { return timer_policy<least_timer<n>>; }));
static_assert(asks_for_each<3>([](auto n) { return message_policy<least_messages<n>>; }));
static_assert(asks_for_each<1>([](auto n) { return quorum_system<least_quorum<n>>; }));
static_assert(asks_for_each<9>([](auto n) { return raft::effect_sink<least_sink<n>>; }));
static_assert(asks_for_each<14>([](auto n) { return log_core<least_core<n>>; }));

// ... and where one is not there, it is that one of which the compiler's sentence tells (tests/reject has some).
template <int Members, class Tells>
constexpr bool tells_of_each(Tells tells) {
  return [&]<int... N>(std::integer_sequence<int, N...>) {
    auto const is_told = [](auto fault, int n) {
      return fault.what == detail::verdict::missing && static_cast<int>(fault.of) == n;
    };
    return (... && is_told(tells(std::integral_constant<int, N + 1>{}), N));
  }
  (std::make_integer_sequence<int, Members>{});
}
static_assert(tells_of_each<8>([](auto n) { return detail::log_fault<least_log<n>>(); }));
static_assert(tells_of_each<10>([](auto n) { return detail::storage_fault<least_storage<n>>(); }));
static_assert(tells_of_each<5>([](auto n) { return detail::timer_fault<least_timer<n>, moment>(); }));
static_assert(tells_of_each<3>([](auto n) { return detail::messages_fault<least_messages<n>>(); }));
static_assert(tells_of_each<14>([](auto n) { return detail::core_fault<least_core<n>>(); }));

// ... as it asks for each type and constant of a core.
struct with_all : least_core<> {
  using least_core::least_core;
};
class without_hard_type : public least_core<> {
  using least_core::hard_type;

public:
  using least_core::least_core;
};
class without_options : public least_core<> {
  using least_core::options;

public:
  using least_core::least_core;
};
class without_timer : public least_core<> {
  using least_core::timer;

public:
  using least_core::least_core;
};
class without_timers : public least_core<> {
  using least_core::timers;

public:
  using least_core::least_core;
};
class without_messages : public least_core<> {
  using least_core::messages;

public:
  using least_core::least_core;
};
class without_outcomes : public least_core<> {
  using least_core::outcomes;

public:
  using least_core::least_core;
};
class without_effects_bound : public least_core<> {
  using least_core::effects_bound;

public:
  using least_core::least_core;
};
class without_rewrites : public least_core<> {
  using least_core::rewrites;

public:
  using least_core::least_core;
};
class without_protocol_name : public least_core<> {
  using least_core::protocol_name;

public:
  using least_core::least_core;
};
static_assert(log_core<with_all>);
static_assert(!log_core<without_hard_type> && !log_core<without_options> && !log_core<without_timer> &&
              !log_core<without_timers> && !log_core<without_messages> && !log_core<without_outcomes> &&
              !log_core<without_effects_bound> && !log_core<without_rewrites> && !log_core<without_protocol_name>);

// The least are that: what is not asked for is not there.
template <class T>
constexpr bool bare =
    !std::default_initializable<T> && !std::move_constructible<T> && !std::is_assignable_v<T&, T>;
static_assert(bare<least_log<>> && bare<least_storage<>> && bare<least_sink<>>);
static_assert(!std::default_initializable<least_timer<>> && !std::is_copy_assignable_v<least_timer<>>);
static_assert(!std::default_initializable<least_messages<>>);
static_assert(!std::move_constructible<least_command> && !std::move_constructible<least_extra>);
static_assert(!std::equality_comparable<least_quorum<>> && !std::equality_comparable<least_command>);

// What policies must be, beside having members.
struct quorum_of_a_size : least_quorum<> {
  explicit quorum_of_a_size(int n) : size{n} {}
  int size;
};
static_assert(!quorum_system<quorum_of_a_size>, "a core makes its quorum system itself");
// One that is constant must say over how many nodes, and be asked while it compiles; the keyword takes it then.
struct least_constant_quorum {
  static constexpr std::size_t nodes = 3;
  constexpr bool met(quorum_phase, node_set<64> acks, configuration const& c) const {
    return (acks & c.voters & node_set<64>::first(nodes)).size() >= 2;
  }
};
static_assert(constant_quorum_system<least_constant_quorum> && !constant_quorum_system<least_quorum<>>);
static_assert(std::is_same_v<quorum<least_constant_quorum>::type, least_constant_quorum>);
// A storage need not be able to begin behind a snapshot. One that is says so with a member that is called just so.
struct least_installing : least_storage<> {
  using least_storage::least_storage;
  bool install(snapshot_mark const&, above_mark);
};
struct installs_nothing : least_storage<> {
  using least_storage::least_storage;
  void install(snapshot_mark const&, above_mark);
};
static_assert(!installing_storage<least_storage<>> && installing_storage<least_installing>);
static_assert(storage<installs_nothing> && !installing_storage<installs_nothing>);
static_assert(detail::install_verdict<least_storage<>>() == detail::verdict::fits);
static_assert(detail::install_verdict<least_installing>() == detail::verdict::fits);
static_assert(detail::install_verdict<installs_nothing>() == detail::verdict::other_type);
struct unordered : least_timer<> {
  struct time {};
  void arm(std::size_t, timing, time);
  std::optional<time> deadline() const;
  std::optional<std::size_t> expired(time);
  time after(timing, time) const;
};
static_assert(!timer_policy<unordered>, "deadlines are compared");
struct needs_a_name {
  explicit needs_a_name(char const*);
};
struct commands_with_names : least_messages<> {
  using command = needs_a_name;
  static std::size_t entry_size(command const&, least_extra const&);
  static void encode_entry(command const&, least_extra const&, std::byte*);
  static bool decode_entry(payloads::bytes, command&, least_extra&);
};
static_assert(!message_policy<commands_with_names>, "a command is made first and decoded into");

} // namespace
} // namespace quorate::test
