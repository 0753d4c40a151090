// The State machine policy: what the committed commands do, and how its state is saved and restored.
#pragma once

#include "quorate/core/id.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

namespace quorate {

// What a step of a save came to.
enum class save_step : std::uint8_t {
  more,   // there is more to save
  done,   // all of it was put
  failed, // it can't be saved, or a piece was not taken: the save is to be ended
};
inline constexpr save_step last_enumerator(save_step) { return save_step::failed; }

namespace detail {
// Takes the pieces of a save; false: it was not taken.
struct any_put {
  bool operator()(std::span<std::byte const>) const;
};
} // namespace detail

// `command` is what the Messages policy decodes to, or the bytes themselves. Called from one thread.
//
// | expression         | returns       | must guarantee                                                          |
// | m.apply(i, command)| any, or void  | what the command at index i does; its result goes to who proposed it.   |
// |                    |               | The same commands in the same order give the same state and the same    |
// |                    |               | results, on every node. i > applied(); indices of no command are left   |
// |                    |               | out                                                                     |
// | c.applied()        | log_index     | of the last command that the state has, or the last restore's index.    |
// |                    |               | A new machine in memory: 0. One that keeps its state: where the state   |
// |                    |               | stands that it has found                                                |
// | m.begin_save()     |               | the state as it stands now is what is saved, whatever is applied later  |
// | m.save(put)        | save_step     | hands the next piece to put(span<byte const>), which says whether it    |
// |                    |               | was taken; then `more`, or `done` if it was the last one. `failed`:     |
// |                    |               | always if a piece was not taken, and put() is not called again. Ends    |
// |                    |               | after a bounded time, and puts a bounded number of bytes, however large |
// |                    |               | the state is. Some step puts something, or the last one comes           |
// | m.end_save()       |               | the save is over, whether it was done or not; it leaves no trace        |
// | m.begin_restore(i) |               | a snapshot is coming whose state stands at i; the state stays for now   |
// | m.restore(piece)   | bool          | takes the next bytes, which are cut anywhere and not as save() put      |
// |                    |               | them; borrowed. false: it can't be a snapshot, and no more need come    |
// | m.end_restore()    | bool          | true: the state is the snapshot's and nothing else, and applied() == i. |
// |                    |               | false: cut short or damaged; state and applied() are as they were       |
//
// A save ends before a restore begins, and one begins when none is under way. apply() comes between the steps of
// a save, and never between those of a restore. end_restore() comes also when restore() said false. From
// begin_restore() to end_restore() a machine with a state holds two: that is the price of a refusal that changes
// nothing.
//
// What is restored was kept by a snapshot store, which has a checksum for the whole of it. So a machine needs
// none:
// - Bytes that end too early are refused, wherever they end: the machine knows where its state ends.
// - Flipped bits may be taken for another state if they make one. But they do no harm: nothing is read outside the
//   bytes, no memory is asked for because a length claims to be large, nothing is thrown, and afterwards a sound
//   snapshot is restored as well as ever.
template <class M, class Command = std::span<std::byte const>>
concept state_machine = requires(M& m, M const& c, log_index i, Command const& command,
                                 std::span<std::byte const> piece, detail::any_put& put) {
  m.apply(i, command);
  { c.applied() } -> std::same_as<log_index>;
  m.begin_save();
  { m.save(put) } -> std::same_as<save_step>;
  m.end_save();
  m.begin_restore(i);
  { m.restore(piece) } -> std::same_as<bool>;
  { m.end_restore() } -> std::same_as<bool>;
};

// A machine that keeps its own state, on a disk say, has one member more. applied() can't say it: what was applied
// shows at once, and lasts later.
//
// | expression   | returns   | must guarantee                                                                    |
// | c.durable()  | log_index | after a crash the machine is found at this index or a later one; never above      |
// |              |           | applied(). The log up to here need not be kept for it, also without a snapshot    |
template <class M, class Command = std::span<std::byte const>>
concept durable_machine = state_machine<M, Command> && requires(M const& c) {
  { c.durable() } -> std::same_as<log_index>;
};

// Is that a bare callable: one that is called with what was applied, and has no member of a state machine's? What
// has one of them and not all is neither: somebody has forgotten the others, and must be told.
template <class M>
concept bare_machine = !requires(M const& c) {
  c.applied();
}
&&!requires(M & m) { m.begin_save(); }
&&!requires(M & m) { m.end_save(); }
&&!requires(M & m, detail::any_put& put) { m.save(put); }
&&!requires(M & m, log_index i) { m.begin_restore(i); }
&&!requires(M & m) { m.end_restore(); }
&&!requires(M & m, std::span<std::byte const> piece) { m.restore(piece); };

} // namespace quorate
