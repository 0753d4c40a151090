// The key-value store as a State machine (policy/machine.hpp): it is saved in small steps while it is written to,
// and restored.
#pragma once

#include "quorate/core/config.hpp"
#include "quorate/core/id.hpp"
#include "quorate/policy/machine.hpp"
#include "quorate/service/key_value.hpp"
#include "quorate/service/reply_sink.hpp"
#include "quorate/service/saved_form.hpp"
#include "quorate/service/work_budget.hpp"

#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

namespace quorate::service {

// Its commands are operations (operation.hpp). What the members must guarantee is said in policy/machine.hpp.
//
// No member takes longer because the store is large, if tidy() is called now and then. restore() takes as long as
// its piece wants. A step of a save puts at most saved_step::bytes, and goes by at most saved_step::keys entries.
// What is put is the saved_form. During a save the machine holds, beside its store and a buffer of one step, the
// values that were overwritten or deleted since it began and have not been put yet (frozen_entries).
class key_value_machine {
public:
  static constexpr auto no_bound = key_value::no_bound;

  key_value_machine() = default;
  // Precondition: most.bytes >= saved_step::least_bytes, most.keys > 0.
  explicit key_value_machine(saved_step most) : most_{most} {}

  // For reads.
  key_value const& store() const { return store_; }
  // Frees what the store has let go of, until the budget is used up; whether all is freed. To be called now and
  // then, also during a save. (key_value)
  bool tidy(work_budget& budget) { return store_.tidy(budget); }

  // Carries out an operation, and answers into `out` with values of at most `most` bytes (key_value). What is no
  // well-formed write changes nothing but applied(), and is answered with an error. Precondition: i > applied().
  template <reply_sink Out>
  void apply(log_index i, std::string_view operation, Out& out, std::size_t most = no_bound) {
    QUORATE_ASSERT(i > applied_, "key_value_machine: index ", i, " is applied after ", applied_);
    applied_ = i;
    store_.apply(operation, out, most);
  }
  // For nobody who would hear the answer.
  void apply(log_index i, std::string_view operation) {
    no_reply nobody;
    apply(i, operation, nobody);
  }
  log_index applied() const { return applied_; }

  void begin_save() {
    store_.freeze();
    writer_.begin(most_.bytes);
  }
  // Calls put() once, or not at all.
  template <class Put>
  save_step save(Put&& put) {
    QUORATE_ASSERT(store_.frozen(), "key_value_machine: a step of a save that has not begun");
    bool const last =
        store_.visit_frozen(most_.keys, [this](std::string_view key, growing_string const& value,
                                               std::size_t size) { return writer_.entry(key, value, size); });
    if (last) writer_.end();
    if (auto const bytes = writer_.buffer(); !bytes.empty() && !put(bytes)) return save_step::failed;
    writer_.take_away();
    return last ? save_step::done : save_step::more;
  }
  void end_save() {
    store_.thaw();
    writer_ = {};
  }

  void begin_restore(log_index i) {
    reader_ = {};
    at_ = i;
  }
  bool restore(std::span<std::byte const> piece) { return reader_.read(piece); }
  // The state that is no more, or the part of one that was refused, is freed by tidy().
  bool end_restore() {
    bool const whole = reader_.whole();
    whole ? store_.become(reader_.entries()) : store_.let_go(reader_.entries());
    if (whole) applied_ = at_;
    reader_ = {};
    return whole;
  }

private:
  key_value store_{};
  log_index applied_{};
  saved_step most_{};
  saved_writer writer_{};
  saved_reader reader_{};
  log_index at_{}; // where the state stands that is being restored
};
static_assert(state_machine<key_value_machine, std::string_view>);

} // namespace quorate::service
