// What the suite of the common face (quorate/replica/replicated_log.hpp) is run for: a protocol, a storage and a
// timer. Each file replicated_log_*.cpp names one combination as test::combination, and includes the suite.
#pragma once

#include "replica/cluster.hpp"

namespace quorate::test {

template <class Protocol, class Storage, class Timer>
struct combination_of {
  using protocol = Protocol;
  using storage = Storage;
  using timer = Timer;
  template <class Messages = numbers, class... Keywords>
  using cluster = protocol_cluster<Protocol, Storage, Timer, Messages, Keywords...>;
  using fragile_cluster = protocol_cluster<Protocol, tripping<Storage>, Timer>;
};

} // namespace quorate::test
