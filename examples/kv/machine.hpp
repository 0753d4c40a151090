// The store as the replicated log's state machine: it answers who asked here, and knows what it has cost.
#pragma once

#include "limits.hpp"
#include "resp.hpp"

#include "quorate/service/key_value_machine.hpp"
#include "quorate/service/operation.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace kv {

class machine {
public:
  quorate::service::key_value const& store() const { return inner_.store(); }
  bool tidy(quorate::service::work_budget& budget) { return inner_.tidy(budget); }
  void limit_answers(std::size_t most) { most_ = most; }
  // Units (cost) that were spent on applying, and how many operations that were.
  std::uint64_t spent() const { return spent_; }
  std::uint64_t operations() const { return operations_; }

  // --- the State machine policy. The result is the reply, if somebody waits for it; borrowed until the next call.
  std::string_view apply(quorate::log_index i, std::string_view operation, bool asked) {
    ++operations_;
    spent_ +=
        cost::request + cost::key * quorate::service::key_count(operation) + cost::of_bytes(operation.size());
    reply_.clear();
    if (asked) {
      resp_writer answer{reply_};
      inner_.apply(i, operation, answer, most_);
      spent_ += cost::of_reply(reply_.size());
    } else {
      inner_.apply(i, operation);
    }
    return reply_;
  }
  std::string_view apply(quorate::log_index i, std::string_view operation) { return apply(i, operation, true); }
  quorate::log_index applied() const { return inner_.applied(); }
  void begin_save() { inner_.begin_save(); }
  template <class Put>
  quorate::save_step save(Put& put) {
    return inner_.save(put);
  }
  void end_save() { inner_.end_save(); }
  void begin_restore(quorate::log_index i) { inner_.begin_restore(i); }
  bool restore(std::span<std::byte const> piece) { return inner_.restore(piece); }
  bool end_restore() { return inner_.end_restore(); }

private:
  quorate::service::key_value_machine inner_{};
  std::string reply_{};
  std::size_t most_ = quorate::service::key_value::no_bound;
  std::uint64_t spent_ = 0;
  std::uint64_t operations_ = 0;
};

} // namespace kv
