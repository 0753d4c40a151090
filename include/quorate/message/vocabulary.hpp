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

template <>
struct fields_of<configuration> {
  using type = field_list<field<"number", &configuration::number>, field<"voters", &configuration::voters>,
                          field<"outgoing", &configuration::outgoing>, field<"learners", &configuration::learners>,
                          field<"witnesses", &configuration::witnesses>, field<"lease", &configuration::lease>,
                          field<"flags", &configuration::flags>, field<"last_member", &configuration::last_member>,
                          field<"members", &configuration::members>>;
};

template <>
struct fields_of<hard_state> {
  using type = field_list<field<"kind", &hard_state::kind>, field<"size", &hard_state::size>,
                          field<"bytes", &hard_state::bytes>>;
};

} // namespace quorate
