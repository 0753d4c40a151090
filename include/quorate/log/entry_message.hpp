// Messages beside which entries travel, as payloads.
#pragma once

#include "quorate/core/entry.hpp"

#include <concepts>

namespace quorate {

// It says which entries: as many payloads as entries().count come with it, from entries().first on. `M` may be a
// reference, as decltype(m) is in a generic lambda.
template <class M>
concept entry_message = requires(M const& m) {
  { m.entries() } -> std::same_as<entry_run>;
};

} // namespace quorate
