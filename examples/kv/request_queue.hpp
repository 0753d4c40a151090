// The requests of one connection from the moment they are read to the moment their replies may be sent: in
// order, however the outcomes come.
#pragma once

#include "limits.hpp"
#include "resp.hpp"

#include "quorate/service/key_value.hpp"
#include "quorate/service/key_walk.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>

namespace kv {

// A client that pipelines expects its commands to take effect one after another: SET then GET must see the
// SET. So writes are in flight together, and reads are, but never a write with a read: the second waits until
// the first is through. What is refused certainly did not happen, and may be tried again until its time is
// up; but not once a later write of the connection has been carried out, for then it would come after it.
class request_queue {
public:
  using clock = std::chrono::steady_clock;
  enum class kind : std::uint8_t { write, read };

  explicit request_queue(limits const& l) : limits_{&l} {}

  std::size_t size() const { return requests_.size(); }
  std::size_t bytes() const { return bytes_; }
  bool empty() const { return requests_.empty(); }

  // A request that has its reply already.
  void push_reply(std::string reply) {
    bytes_ += reply.size();
    requests_.push_back({kind::read, phase::done, {}, std::move(reply)});
  }
  // A request that needs the cluster.
  void push(kind k, std::string operation, clock::time_point now) {
    bytes_ += operation.size();
    requests_.push_back({k, phase::waiting, now + limits_->request_timeout, std::move(operation)});
  }

  // Calls submit(number, kind, operation) for each request whose turn has come. It may settle the request at
  // once; `operation` is good until then, or until it returns.
  template <class Submit>
  void pump(Submit&& submit) {
    while (held_ == 0 && next_ < requests_.size()) {
      auto& r = requests_[next_];
      if (r.at == phase::waiting) {
        if (in_flight_[other(r.what)] > 0) return;
        ++in_flight_[index_of(r.what)];
        r.at = phase::submitted;
        submit(base_ + static_cast<std::uint32_t>(next_++), r.what, std::string_view{r.bytes});
      } else {
        ++next_;
      }
    }
  }

  // The outcomes. A number that is not in flight is ignored: it has been answered for lack of time.
  void complete(std::uint32_t number, std::string_view reply) {
    if (auto* const r = in_flight(number)) {
      end_flight(*r);
      finish(*r, reply);
      refuse_held_before(position(number));
      reason_.clear();
    }
  }
  void readable(std::uint32_t number) {
    if (auto* const r = in_flight(number)) r->at = phase::readable;
  }
  void refused(std::uint32_t number, std::string_view reason) {
    auto* const r = in_flight(number);
    if (r == nullptr) return;
    reason_ = reason;
    end_flight(*r);
    r->at = phase::held;
    ++held_;
    if (later_write_was_carried_out(position(number))) refuse_held_before(position(number) + 1);
  }
  void unknown(std::uint32_t number, std::string_view reason) {
    auto* const r = in_flight(number);
    if (r == nullptr) return;
    if (r->what == kind::read) return refused(number, reason); // a read can always be tried again
    complete(number, error("UNKNOWN ", reason));
  }

  // What was refused waits for its next turn; to be called now and then, and when there is a leader again.
  void retry_held() {
    if (held_ == 0 || in_flight_[index_of(kind::write)] > 0) return;
    held_ = 0;
    next_ = 0;
    for (auto& r : requests_)
      if (r.at == phase::held) r.at = phase::waiting;
  }

  // Answers what has waited too long.
  void expire(clock::time_point now) {
    for (std::size_t i = 0; i < requests_.size() && requests_[i].deadline <= now; ++i) {
      auto& r = requests_[i];
      bool const overdue = r.deadline + limits_->request_timeout <= now;
      if (r.at == phase::held) --held_;
      if (r.at == phase::waiting || r.at == phase::held) {
        finish(r, error("CLUSTERDOWN ", reason_.empty() ? "no leader is known" : reason_));
      } else if (r.at == phase::submitted && overdue) {
        end_flight(r);
        finish(r, r.what == kind::write ? error("UNKNOWN ", "the outcome did not come in time")
                                        : error("CLUSTERDOWN ", "no leader confirmed the read in time"));
      }
    }
  }

  // Moves the replies that are due to the end of `out` until that holds `most` bytes. Reads are answered
  // here, as late as can be, so that what a client does not fetch is not held for it.
  void drain(quorate::service::key_value const& store, std::string& out, std::size_t most) {
    while (!requests_.empty() && out.size() < most) {
      auto& r = requests_.front();
      if (r.at == phase::readable) {
        answer_read(store, r.bytes, out);
        end_flight(r);
      } else if (r.at == phase::done) {
        out.append(r.bytes);
      } else {
        return;
      }
      bytes_ -= r.bytes.size();
      requests_.pop_front();
      ++base_;
      if (next_ > 0) --next_;
    }
  }

private:
  void answer_read(quorate::service::key_value const& store, std::string_view operation, std::string& out) {
    resp_writer w{out};
    auto const op = quorate::service::decode_operation(operation);
    if (!op || !quorate::service::is_walk(op->code)) return store.read(operation, w, limits_->max_answer);
    quorate::service::key_walk walk{operation, limits_->max_answer};
    for (quorate::service::work_budget all{~std::uint64_t{0}}; !walk.step(store, all);) {
    }
    walk.answer(w);
  }

  enum class phase : std::uint8_t {
    waiting,   // not given to the backend
    submitted, // its outcome is awaited
    held,      // refused; to be tried again
    readable,  // a read whose turn has come
    done,      // bytes is the reply
  };
  struct request {
    kind what;
    phase at;
    clock::time_point deadline;
    std::string bytes; // the operation, later the reply
  };

  static std::size_t index_of(kind k) { return k == kind::write ? 0 : 1; }
  static std::size_t other(kind k) { return 1 - index_of(k); }
  std::size_t position(std::uint32_t number) const { return static_cast<std::uint32_t>(number - base_); }

  request* in_flight(std::uint32_t number) {
    auto const i = position(number); // an old number wraps round to a large one
    return i < requests_.size() && requests_[i].at == phase::submitted ? &requests_[i] : nullptr;
  }
  void end_flight(request const& r) { --in_flight_[index_of(r.what)]; }
  void finish(request& r, std::string_view reply) {
    bytes_ += reply.size();
    bytes_ -= r.bytes.size();
    r.bytes = reply;
    r.at = phase::done;
  }
  static std::string error(std::string_view code, std::string_view reason) {
    std::string reply;
    resp_writer{reply}.error(std::string{code}.append(reason));
    return reply;
  }
  void refuse_held_before(std::size_t end) {
    for (std::size_t i = 0; held_ > 0 && i < end && i < requests_.size(); ++i) {
      if (requests_[i].at != phase::held || requests_[i].what != kind::write) continue;
      --held_;
      finish(requests_[i], error("CLUSTERDOWN ", reason_));
    }
  }
  // Of the run of writes that `position` stands in.
  bool later_write_was_carried_out(std::size_t position) const {
    if (requests_[position].what != kind::write) return false;
    for (auto i = position + 1; i < std::min(next_, requests_.size()); ++i)
      if (requests_[i].what == kind::write && requests_[i].at == phase::done) return true;
    return false;
  }

  limits const* limits_;
  std::deque<request> requests_;
  std::uint32_t base_ = 0; // the number of the first of them
  std::size_t next_ = 0;   // none before it is waiting
  std::size_t held_ = 0;
  std::size_t in_flight_[2] = {0, 0};
  std::size_t bytes_ = 0;
  std::string reason_; // of the last refusal
};

} // namespace kv
