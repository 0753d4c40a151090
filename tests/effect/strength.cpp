// What a message says of itself, and what is no message: it must be said by the type, as a constant, and as a
// strength. Compiling proves it.
#include "quorate/effect/strength.hpp"

#include "quorate/raft/message.hpp"
#include "quorate/replica/message.hpp"

namespace quorate {

// Not messages; they have linkage, or a compiler would ask what they are for.
namespace unfit {
struct changeable {
  static inline strength says = strength::binding;
};
strength sometime();
struct known_later {
  static inline strength const says = sometime();
};
strength sometime() { return strength::advisory; }
} // namespace unfit

namespace {

struct bound {
  static constexpr strength says = strength::binding;
};
struct advising {
  static constexpr strength says = strength::advisory;
};
static_assert(message<bound> && binding_message<bound> && !advisory_message<bound>);
static_assert(message<advising> && advisory_message<advising> && !binding_message<advising>);
static_assert(strength_of<bound> == strength::binding && strength_of<advising> == strength::advisory);

struct silent {};
struct of_each_object {
  strength says = strength::binding;
};
struct in_other_words {
  static constexpr bool says = true;
};
struct by_a_call {
  static constexpr strength says() { return strength::binding; }
};
static_assert(!message<silent> && !message<of_each_object> && !message<in_other_words> && !message<by_a_call>);
static_assert(!message<unfit::changeable> && !message<unfit::known_later> && !message<int>);

// Raft's table: who asserts what he must remember. A vote, an acknowledgement, and the claim of a new term.
static_assert(binding_message<raft::request_vote> && binding_message<raft::vote_granted> &&
              binding_message<raft::appended>);
template <class... Ms>
constexpr bool all_advisory = (... && advisory_message<Ms>);
static_assert(
    all_advisory<raft::request_pre_vote, raft::pre_vote_granted, raft::pre_vote_refused, raft::vote_refused,
                 raft::append_entries, raft::rejected, raft::heartbeat, raft::heartbeat_answer>);
static_assert(all_advisory<forward, forward_placed, forward_refused, read_request, read_answer>);

} // namespace
} // namespace quorate
