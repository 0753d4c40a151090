// A node as whoever drives a core from outside holds it: the core, what it has written, what of that is durable,
// and the outbox between the two. Nothing happens by itself. A constexpr value, small enough to be copied by the
// million.
#pragma once

#include "quorate/effect/event.hpp"
#include "quorate/effect/outbox.hpp"
#include "quorate/effect/sink.hpp"
#include "quorate/message/set.hpp"
#include "quorate/world/disk.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>

namespace quorate::world {

// A message on its way, with what travels beside it. It names hosts (disk.hpp), not places.
template <class Messages, class Payload>
struct packet {
  node_index from{};
  node_index to{};
  any_message<Messages> what{};
  [[no_unique_address]] Payload payload{};
  friend constexpr bool operator==(packet const&, packet const&) = default;
};

// Hears what a host does. One's own derives from it, and hides what it wants to hear.
struct onlooker {
  template <class Event>
  constexpr void begins(Event const&) {} // a step of the core
  constexpr void ended() {}              // that step
  template <class Write>
  constexpr void writes(Write const&) {} // which shows on the disk only after this
  constexpr void cannot_write() {}       // the disk could not carry that write out
  template <class M>
  constexpr void waits(node_index, M const&) {} // a binding message, for its write
  template <class M>
  constexpr void leaves(node_index, M const&) {} // a message: an advisory one at once, a binding one when released
  template <class M>
  constexpr void returns(M const&) {} // released, and to the node itself: its next event
  template <class Timer>
  constexpr void arm(Timer) {}
  template <class Timer>
  constexpr void disarm(Timer) {}
  template <class Outcome>
  constexpr void report(Outcome const&) {}
};

struct numbers : ticket_source {
  using ticket_source::next;
  using ticket_source::order;
  // An order of as many writes: for who keeps the number of a sync, and not its order, because orders can't be
  // copied.
  static constexpr sync_order order_upto(std::uint64_t number) {
    numbers counted;
    while (counted.latest().number() < number) (void)counted.next();
    return counted.order();
  }
};

namespace detail {
template <class Disk>
struct boxes {
  template <std::size_t Room, class... M>
  using box = outbox<Room, M...>;
};
template <class Disk>
requires requires { typename Disk::template box<1>; }
struct boxes<Disk> {
  template <std::size_t Room, class... M>
  using box = typename Disk::template box<Room, M...>;
};
} // namespace detail

// `Room` binding messages can wait. The onlooker `ears` of each step hears all that comes of it.
template <class Core, class Disk, std::size_t Room = 64>
struct host {
  using core_type = Core;
  using disk_type = Disk;
  using packet_type = packet<typename Core::messages, typename Disk::payload>;

  node_index self{};
  Core core{};
  Disk written{};
  Disk durable{};
  numbers tickets{}; // which go on with a crash, so that a sync of the life before can't be taken for one of this
  box_for<detail::boxes<Disk>::template box, Room, typename Core::messages> held{};

private:
  // Carries the core's effects out.
  template <class Ears>
  class hands : public sink<hands<Ears>> {
  public:
    constexpr hands(host& h, Ears& ears) : h_{h}, ears_{ears} {}
    constexpr quorate::written latest() const { return h_.tickets.latest(); }
    template <class Write>
    constexpr quorate::written write(Write const& w) {
      ears_.writes(w);
      if (!h_.written.carry_out(w)) ears_.cannot_write();
      return h_.tickets.next();
    }
    template <class M>
    constexpr void advise(peer to, M const& m) {
      ears_.leaves(host_of(to), m);
    }
    template <class M>
    constexpr void bind(peer to, M const& m, quorate::written after) {
      h_.held.hold(to, m, after);
      ears_.waits(host_of(to), m);
    }
    template <class Timer>
    constexpr void arm(Timer t) {
      ears_.arm(t);
    }
    template <class Timer>
    constexpr void disarm(Timer t) {
      ears_.disarm(t);
    }
    template <class Outcome>
    constexpr void report(Outcome const& o) {
      ears_.report(o);
    }

  private:
    host& h_;
    Ears& ears_;
  };

public:
  // As whom another host is known here, and this one too: with the place that the configuration in force gives it.
  constexpr peer known_as([[maybe_unused]] node_index other) const {
    if constexpr (places_move<Disk>)
      return peer_in(written.log.config_at(core.state().governed_by(written.log.last())), other);
    else
      return other;
  }

  // An event, or from{sender, message}. What comes with it was offered to `written`.
  template <class Event, class Ears>
  constexpr void step(Event const& e, Ears& ears) {
    hands<Ears> out{*this, ears};
    ears.begins(e);
    if constexpr (requires { written.log; })
      core.step(e, written.log, out);
    else
      core.step(e, out);
    written.offer({}); // it is used up
    ears.ended();
  }

  // A sync in two parts: what will be durable, and the order that lets go what waited for it.
  struct begun {
    sync_order order;
    Disk image;
  };
  constexpr begun start_sync() const { return {tickets.order(), written}; }
  template <class Ears>
  constexpr void finish_sync(begun&& b, Ears& ears) {
    durable = b.image;
    held.release(std::move(b.order).succeeded(), [&](peer to, auto const& m) {
      if (host_of(to) != self) return ears.leaves(host_of(to), m);
      ears.returns(m);
      step(from{known_as(self), m}, ears);
    });
  }

  // All but `survived` is gone, and the core starts again: as it is recovered from that disk, or as given.
  template <class Ears>
  constexpr void crash(Disk const& survived, Core const& recovered, Ears& ears) {
    core = recovered;
    held = {};
    if (&survived != &durable) durable = survived;
    written = durable;
    step(start{}, ears);
  }
  template <class Ears>
  constexpr void crash(Disk const& survived, Ears& ears) {
    if constexpr (requires { survived.log; })
      crash(survived, Core{peer_on(survived, self), survived.hard, survived.log}, ears);
    else
      crash(survived, Core{self, survived}, ears);
  }

  // The message as it travels.
  template <class M>
  constexpr packet_type packed(node_index to, M const& m) const {
    return {self, to, m, written.payload_of(m)};
  }
  friend bool operator==(host const&, host const&) = default;
};

} // namespace quorate::world
