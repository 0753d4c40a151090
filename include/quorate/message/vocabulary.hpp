// The fields of the vocabulary's own structs (core/entry.hpp), listed beside them: core/ knows nothing of
// reflection.
#pragma once

#include "quorate/core/entry.hpp"
#include "quorate/message/reflect.hpp"

namespace quorate {

template <>
struct fields_of<entry_run> {
  using type = field_list<field<"first", &entry_run::first>, field<"count", &entry_run::count>,
                          field<"written_at", &entry_run::written_at>, field<"kind", &entry_run::kind>>;
};

// Eight bytes, little-endian, as core/entry.hpp promises to storage.
template <>
struct fields_of<configuration> {
  using type = field_list<field<"voters", &configuration::voters>>;
};

template <>
struct fields_of<hard_state> {
  using type = field_list<field<"promised", &hard_state::promised>, field<"vote", &hard_state::vote>,
                          field<"chosen", &hard_state::chosen>>;
};

} // namespace quorate
