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
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace kv {

using quorate::service::work_budget;

// A client that pipelines expects its commands to take effect one after another: SET then GET must see the SET,
// and a second SET must not be seen. So:
//
// - Writes are in flight together, and so are reads; a read is in flight together with the writes before it. It
// takes
//   its value from the store when its index is known and those writes have been applied here.
// - A write is not sent before the reads before it have taken their values. Whether the client has fetched these
//   does not matter, as long as there is room to keep them.
// - What is refused certainly did not happen, and is tried again until its time is up; but not once a later write
// of
//   the connection has been carried out, for then it would come after it.
// - A request's time begins when all before it have their answers. So a client is told after at most one such time
//   for each request that is ahead of it, and nothing is refused because others took long.
class request_queue {
public:
  using clock = std::chrono::steady_clock;
  enum class kind : std::uint8_t { write, read };

  explicit request_queue(limits const& l) : limits_{&l} {}

  std::size_t size() const { return requests_.size(); }
  bool empty() const { return requests_.empty(); }
  // Memory: of requests, of replies that wait for their turn, and of what a walk over the keys has found.
  std::size_t bytes() const { return bytes_ + (walk_ ? walk_->bytes() : 0); }
  // The part of it that is replies.
  std::size_t reply_bytes() const { return reply_bytes_; }

  // A request that has its reply already.
  void push_reply(std::string reply) {
    count_in(reply, true);
    requests_.push_back({kind::read, phase::done, {}, std::move(reply)});
  }
  // A request that needs the cluster.
  void push(kind k, std::string operation, clock::time_point now) {
    count_in(operation, false);
    if (first_open() == requests_.size()) begin_time(now);
    requests_.push_back({k, phase::waiting, {}, std::move(operation)});
  }

  // Calls submit(number, kind, operation) for each request whose turn has come. It may settle the request at
  // once; `operation` is good until then, or until it returns.
  template <class Submit>
  void pump(Submit&& submit) {
    while (held_ == 0 && next_ < requests_.size() && !write_waits()) {
      auto& r = requests_[next_];
      auto const number = base_ + static_cast<std::uint32_t>(next_++);
      if (is_unread(r)) ++unread_;
      if (r.at != phase::waiting) continue;
      if (r.what == kind::write) ++writes_in_flight_;
      r.at = phase::submitted;
      submit(number, r.what, std::string_view{r.bytes});
    }
  }

  // The outcomes. A number that is not in flight is ignored: it has been answered for lack of time. A reason is a
  // text that lives as long as the program.
  void complete(std::uint32_t number, std::string_view reply) {
    if (in_flight(number) == nullptr) return;
    finish(position(number), reply);
    refuse_held_before(position(number));
  }
  void readable(std::uint32_t number) {
    if (auto* const r = in_flight(number)) r->at = phase::readable;
  }
  void refused(std::uint32_t number, std::string_view reason) {
    auto* const r = in_flight(number);
    if (r == nullptr) return;
    if (r->what == kind::write) --writes_in_flight_;
    r->at = phase::held;
    r->reason = reason;
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
    if (held_ == 0 || writes_in_flight_ > 0) return;
    for (auto i = requests_.size(); i-- > 0;) {
      if (requests_[i].at != phase::held) continue;
      requests_[i].at = phase::waiting;
      next_ = std::min(next_, i);
    }
    held_ = unread_ = 0;
    for (std::size_t i = 0; i < next_; ++i) unread_ += is_unread(requests_[i]) ? 1 : 0;
  }

  // Answers the first request that has no answer yet, if its time is up. To be called now and then; how often,
  // is by how much an answer can be late.
  void expire(clock::time_point now) {
    auto const i = first_open();
    if (i == requests_.size()) return;
    if (timed_ != base_ + static_cast<std::uint32_t>(i)) return begin_time(now);
    auto const& r = requests_[i];
    if (now < since_ + limits_->request_timeout || r.at == phase::readable) return;
    if (r.at == phase::held) --held_;
    if (r.at != phase::submitted)
      finish(i, error("CLUSTERDOWN ", r.at == phase::held ? r.reason : "no leader is known"));
    else if (r.what == kind::write)
      finish(i, error("UNKNOWN ", "the outcome did not come in time"));
    else
      finish(i, error("CLUSTERDOWN ", "no leader confirmed the read in time"));
    begin_time(now);
  }

  // Moves the replies that are due to the end of `out` until that holds `most` bytes, and takes the values of
  // reads
  // whose turn has come: as late as can be, so that what a client does not fetch is not held for it; but before a
  // write that waits for them, as long as what is held is less than limits::max_buffered. False: the budget is
  // used
  // up, and there is more to do.
  bool advance(quorate::service::key_value const& store, std::string& out, std::size_t most,
               slice_budget& budget) {
    for (;;) {
      while (!requests_.empty() && requests_.front().at == phase::done && out.size() < most) {
        out.append(requests_.front().bytes);
        pop();
      }
      auto const i = first_open();
      if (i == requests_.size() || requests_[i].at != phase::readable) return true;
      bool const leaves = i == 0 && out.size() < most;
      if (!leaves && (!write_waits() || bytes() + out.size() >= limits_->max_buffered)) return true;
      if (!take_value(store, i, leaves ? &out : nullptr, budget)) return false;
    }
  }

private:
  enum class phase : std::uint8_t {
    waiting,   // not given to the backend
    submitted, // its outcome is awaited
    held,      // refused; to be tried again
    readable,  // a read: the store is fresh enough as soon as the writes before it are through
    done,      // bytes is the reply
  };
  struct request {
    kind what;
    phase at;
    std::string_view reason; // when held
    std::string bytes;       // the operation, later the reply
  };
  struct walking {
    walking(std::string_view operation, std::size_t most) : keys{operation, most} {}
    quorate::service::key_walk keys;
    std::string reply{};
    std::size_t bytes() const { return keys.bytes() + reply.capacity(); }
  };
  static constexpr std::size_t overhead = sizeof(request) + 32; // of one that has bytes on the heap

  std::size_t position(std::uint32_t number) const { return static_cast<std::uint32_t>(number - base_); }
  // Where the first one stands that has no answer; size() if all have.
  std::size_t first_open() {
    while (open_ < requests_.size() && requests_[open_].at == phase::done) ++open_;
    return open_;
  }
  void begin_time(clock::time_point now) {
    timed_ = base_ + static_cast<std::uint32_t>(first_open());
    since_ = now;
  }
  // Is the next one to be submitted a write that waits for reads before it?
  bool write_waits() const {
    return unread_ > 0 && next_ < requests_.size() && requests_[next_].what == kind::write &&
           requests_[next_].at == phase::waiting;
  }

  request* in_flight(std::uint32_t number) {
    auto const i = position(number); // an old number wraps round to a large one
    return i < requests_.size() && requests_[i].at == phase::submitted ? &requests_[i] : nullptr;
  }
  void count_in(std::string const& bytes, bool is_reply) {
    bytes_ += overhead + bytes.capacity();
    if (is_reply) reply_bytes_ += bytes.capacity();
  }
  void count_out(request const& r) {
    bytes_ -= overhead + r.bytes.capacity();
    if (r.at == phase::done) reply_bytes_ -= r.bytes.capacity();
  }
  static bool is_unread(request const& r) { return r.what == kind::read && r.at != phase::done; }
  // The request at that position has its answer.
  void finish(std::size_t at, std::string_view reply) {
    auto& r = requests_[at];
    count_out(r);
    if (r.at == phase::submitted && r.what == kind::write) --writes_in_flight_;
    if (is_unread(r) && at < next_) --unread_;
    std::string{reply}.swap(r.bytes);
    r.at = phase::done;
    count_in(r.bytes, true);
  }
  // The first one has left.
  void pop() {
    count_out(requests_.front());
    requests_.pop_front();
    ++base_;
    if (next_ > 0) --next_;
    if (open_ > 0) --open_;
  }
  // The value of a read, into `*out` if it leaves at once: then it is the first. False: the budget is used up.
  bool take_value(quorate::service::key_value const& store, std::size_t at, std::string* out,
                  slice_budget& budget) {
    if (budget.left == 0) return false;
    std::string_view const operation = requests_[at].bytes;
    std::string kept;
    auto& reply = out != nullptr ? *out : kept;
    auto const before = reply.size();
    if (quorate::service::is_walk(static_cast<quorate::service::op_code>(operation.front()))) {
      if (!walk(store, operation, budget)) return false;
      reply.empty() ? reply.swap(walk_->reply) : void(reply.append(walk_->reply));
      walk_.reset();
    } else {
      resp_writer w{reply};
      store.read(operation, w, limits_->max_answer());
    }
    budget.charge(cost::request + 2 * cost::key * quorate::service::key_count(operation) + // MGET looks twice
                  cost::of_bytes(operation.size()) + cost::of_reply(reply.size() - before));
    if (out == nullptr) return finish(at, kept), true;
    if (next_ > 0) --unread_;
    return pop(), true;
  }
  // Goes on over the keys, and then with the answer. True: the reply is whole.
  bool walk(quorate::service::key_value const& store, std::string_view operation, slice_budget& budget) {
    if (!walk_) walk_ = std::make_unique<walking>(operation, limits_->max_answer());
    resp_writer w{walk_->reply};
    return walk_->keys.step(store, budget) && walk_->keys.answer(w, budget);
  }
  static std::string error(std::string_view code, std::string_view reason) {
    std::string reply;
    resp_writer{reply}.error(std::string{code}.append(reason));
    return reply;
  }
  void refuse_held_before(std::size_t end) {
    for (std::size_t i = 0; held_ > 0 && i < end && i < requests_.size(); ++i) {
      auto const& r = requests_[i];
      if (r.at != phase::held || r.what != kind::write) continue;
      --held_;
      finish(i, error("CLUSTERDOWN ", r.reason));
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
  std::size_t open_ = 0;   // none before it is open
  std::size_t unread_ = 0; // reads before next_ that have not taken their values
  std::size_t held_ = 0;
  std::size_t writes_in_flight_ = 0;
  std::size_t bytes_ = 0;
  std::size_t reply_bytes_ = 0;
  std::unique_ptr<walking> walk_{}; // of the first open request, if that goes over the keys
  std::uint32_t timed_ = 0;         // whose time runs
  clock::time_point since_{};       // from when on
};

} // namespace kv
