// A node of single-decree Paxos or of CASPaxos as the simulator drives it, in the steps of a replica's turn: its
// core by hand, with a disk, a timer and an outbox.
#pragma once

#include "quorate/effect/outbox.hpp"
#include "quorate/effect/sink.hpp"
#include "quorate/message/set.hpp"
#include "quorate/paxos/change.hpp"
#include "quorate/paxos/node.hpp"
#include "quorate/sim/ledger.hpp"
#include "quorate/sim/log_node.hpp"
#include "quorate/sim/record_disk.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace quorate::sim {

// What a simulated register holds: a list to which clients append, as its length, a digest and its last number.
struct register_value {
  std::uint64_t length = 0;
  std::uint64_t digest = 0;
  std::uint64_t last = 0;
  register_value with(std::uint64_t number) const {
    auto const list = list_prefix{length, digest}.with(number);
    return {list.length, list.digest, number};
  }
  using fields = field_list<field<"length", &register_value::length>, field<"digest", &register_value::digest>,
                            field<"last", &register_value::last>>;
  friend constexpr bool operator==(register_value const&, register_value const&) = default;
};

template <class Core, class Timer>
class decree_node {
  using times = timer_fitting<Timer>;

public:
  using core_type = Core;
  using value_type = typename Core::value_type;
  using disk_type = record_disk<value_type>;
  using wire = typename Core::messages;
  using message = any_message<wire>;
  static constexpr bool rewrites = Core::options::rewrites;

  decree_node(node_id self, std::vector<node_id> const& members, disk_type& d, timings const& t,
              std::uint64_t seed)
      : members_{members}, disk_{d}, timer_{times::make(t, seed)}, core_{node_index{static_cast<std::uint8_t>(
                                                                             self.value - 1)},
                                                                         paxos::roster::of(members.size()),
                                                                         d.recovered()},
        hands_{*this} {
    core_.step(start{}, hands_);
  }
  decree_node(decree_node const&) = delete;

  template <class M>
  char const* receive(node_id from, M const& m, payloads) {
    if (!stopped_) core_.step(quorate::from<M>{node_index{static_cast<std::uint8_t>(from.value - 1)}, m}, hands_);
    return nullptr; // such a core doubts nothing
  }
  template <class Send>
  void collect(std::uint64_t now, Send&& send) {
    now_ = times::at(now);
    if (stopped_) return;
    set_timers();
    while (auto const slot = timer_.expired(now_)) {
      core_.step(static_cast<paxos::timer>(*slot), hands_);
      set_timers();
    }
    answer();
    set_timers();
    for (; !ready_.empty() && !stopped_; ready_.pop_front())
      std::visit([&](auto const& m) { send(members_[ready_.front().first.place.value], m); },
                 ready_.front().second);
    send.flush();
  }
  std::optional<sync_order> start_sync() {
    auto const latest = hands_.latest().number();
    if (stopped_ || ordered_ == latest) return std::nullopt;
    ordered_ = latest;
    return hands_.order();
  }
  void synced(durable d) {
    if (!durable_ || *durable_ < d) durable_ = d;
  }
  template <class Send, class Machine>
  void release(Send&& send, Machine&& machine) {
    if (durable_ && !stopped_)
      outbox_.release(*durable_, [&](peer to, auto const& m) {
        if (to.place == core_.self())
          core_.step(quorate::from<std::remove_cvref_t<decltype(m)>>{to, m}, hands_);
        else
          send(members_[to.place.value], m);
      });
    send.flush();
    for (; !outcomes_.empty(); outcomes_.pop_front())
      std::visit([&](auto const& o) { machine(o); }, outcomes_.front());
  }
  void stop() { stopped_ = true; }
  bool stopped() const { return stopped_; }
  std::string failure() const { return disk_.failure(); }
  next_turn next() const {
    if (stopped_) return {};
    auto const deadline = timer_.deadline();
    bool const pending = !ready_.empty() || ordered_ != hands_.latest().number() || asked_ || news_ != 0 ||
                         (durable_ && !outcomes_.empty());
    return {deadline ? std::optional{times::of(*deadline)} : std::nullopt, pending};
  }
  bool idle() const { return !paxos::at_work(core_.template as<paxos::proposer>().state()); }
  // To have a number chosen, or appended.
  void propose(std::uint64_t number) {
    if (idle()) wanted_ = number;
    if constexpr (rewrites)
      core_.step(paxos::edit{}, hands_);
    else
      core_.step(paxos::propose_value<value_type>{number}, hands_);
  }
  // To read a register.
  void read() {
    if (idle()) wanted_ = 0;
    if constexpr (rewrites) core_.step(paxos::edit{}, hands_);
  }

  Core const& core() const { return core_; }
  auto const& proposer() const { return core_.template as<paxos::proposer>().state(); }
  // The ballots that have come to their second phase since this was last asked.
  using attempt = paxos::attempt<typename Core::options>;
  std::vector<attempt> take_attempts() { return std::exchange(attempts_, {}); }
  bool leads() const { return !stopped_ && proposer().now.is == paxos::phase::accepting; }
  std::uint64_t era() const { return proposer().now.at.value; }
  char const* role() const { return paxos::name_of(proposer().now.is); }

  using outcome = std::variant<paxos::decided<value_type>, paxos::learned<value_type>,
                               paxos::rewritten<value_type>, paxos::unsettled<value_type>, paxos::withdrawn,
                               paxos::exhausted, paxos::conflict, proposal_refused>;

private:
  class hands : public sink<hands> {
  public:
    explicit hands(decree_node& n) : n_{n} {}
    using ticket_source::order;
    template <class Write>
    void accept(Write const& w) {
      if (!n_.stopped_ && !n_.disk_.put(w)) n_.stopped_ = true;
    }
    template <class M>
    void advise(peer to, M const& m) {
      n_.ready_.emplace_back(to, message{m});
    }
    template <class M>
    void bind(peer to, M const& m, written after) {
      n_.outbox_.hold(to, m, after);
      if constexpr (std::is_same_v<M, paxos::accept<value_type>>) n_.note_attempt();
    }
    void arm(paxos::timer t) { n_.news_ |= bit_of(t), n_.armed_ |= bit_of(t); }
    void disarm(paxos::timer t) { n_.news_ |= bit_of(t), n_.armed_ &= ~bit_of(t); }
    void report(paxos::change<value_type> const& c) { n_.asked_ = c; }
    template <class Outcome>
    void report(Outcome const& o) {
      n_.outcomes_.push_back(o);
    }

  private:
    static unsigned bit_of(paxos::timer t) { return 1U << static_cast<unsigned>(t); }
    decree_node& n_;
  };

  void note_attempt() {
    auto const& now = proposer().now;
    if (attempts_.empty() || attempts_.back().at != now.at) attempts_.push_back(now);
  }
  void set_timers() {
    for (std::size_t slot = 0; news_ != 0; ++slot, news_ >>= 1U) {
      if ((news_ & 1U) == 0) continue;
      if ((armed_ >> slot & 1U) != 0)
        timer_.arm(slot, Core::timing_of(static_cast<paxos::timer>(slot)), now_);
      else
        timer_.disarm(slot);
    }
  }
  void answer() {
    if constexpr (rewrites) {
      if (!asked_) return;
      auto const c = *std::exchange(asked_, std::nullopt);
      core_.step(paxos::apply(c, [&](register_value const& v) { return wanted_ == 0 ? v : v.with(wanted_); }),
                 hands_);
    }
  }

  std::vector<node_id> members_;
  disk_type& disk_;
  Timer timer_;
  Core core_;
  hands hands_;
  box_for<outbox, 128, wire> outbox_{};
  std::deque<std::pair<peer, message>> ready_{};
  std::deque<outcome> outcomes_{};
  std::vector<attempt> attempts_{};
  std::optional<paxos::change<value_type>> asked_{};
  std::uint64_t wanted_ = 0;
  typename Timer::time now_{};
  unsigned news_ = 0, armed_ = 0;
  bool stopped_ = false;
  std::uint64_t ordered_ = ~std::uint64_t{0};
  std::optional<durable> durable_{};
};

} // namespace quorate::sim
