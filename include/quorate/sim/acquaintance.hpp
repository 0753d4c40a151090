// Who hears whom when disks are replaced, and what is written down of a message.
#pragma once

#include "quorate/core/id.hpp"
#include "quorate/sim/mailbox.hpp"
#include "quorate/trace/spoken_message.hpp"
#include "quorate/trace/trace.hpp"

#include <type_traits>
#include <variant>

namespace quorate::sim {

// A message travels between two disks, as a frame does on a connection of transport/tcp.hpp. What was meant for
// a disk that is no more reaches nobody, even if its sender's disk is gone too, with what the sender knew.
// And both ends of a link remember which disk the other had. A message to an earlier life of the same disk is
// heard: that life has forgotten nothing that it said, and a transport without connections can't tell.
template <class Host, class Message>
bool strangers(Host& h, Host& peer, packet<Message> const& p) {
  if (p.meant_for != h.disk.identity().store) return true;
  auto const meet = [](store_id& known, store_id is) {
    if (known == store_id{}) known = is;
    return known == is;
  };
  bool const met = meet(h.known[p.from], p.store);
  return !(meet(peer.known[p.to], h.disk.identity().store) && met);
}

// All but the term.
template <class Message>
check::trace_record record_of(packet<Message> const& p, check::trace_kind kind) {
  bool const arrives = kind == check::trace_kind::deliver;
  check::trace_record r{
      .node = (arrives ? p.to : p.from) + 1, .kind = kind, .peer = (arrives ? p.from : p.to) + 1};
  r.message = p.number;
  std::visit(
      [&](auto const& m) {
        r.name = type_name<std::remove_cvref_t<decltype(m)>>();
        check::speak(r.text, m);
      },
      p.what);
  return r;
}

} // namespace quorate::sim
