// What is wrong with a state machine or a snapshot store: one sentence for each requirement of policy/machine.hpp
// and policy/snapshot_store.hpp.
#pragma once

#include "quorate/policy/keyword.hpp"
#include "quorate/policy/machine.hpp"
#include "quorate/policy/snapshot_store.hpp"
#include "quorate/policy/storage.hpp"
#include "quorate/replica/hands.hpp"
#include "quorate/replica/member_fit.hpp"
#include "quorate/replica/storage_fit.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>

namespace quorate::detail {

namespace call {
template <class Command>
struct apply {
  auto operator()(auto& m, log_index i, Command const& c) const -> decltype(m.apply(i, c));
};
struct applied {
  auto operator()(auto& m) const -> decltype(m.applied());
};
struct begin_save {
  auto operator()(auto& m) const -> decltype(m.begin_save());
};
struct save {
  auto operator()(auto& m, any_put& put) const -> decltype(m.save(put));
};
struct end_save {
  auto operator()(auto& m) const -> decltype(m.end_save());
};
struct begin_restore {
  auto operator()(auto& m, log_index i) const -> decltype(m.begin_restore(i));
};
struct restore {
  auto operator()(auto& m, std::span<std::byte const> piece) const -> decltype(m.restore(piece));
};
struct end_restore {
  auto operator()(auto& m) const -> decltype(m.end_restore());
};

struct begin {
  auto operator()(auto& s, snapshot_mark const& m, std::span<std::byte const> entry) const
      -> decltype(s.begin(m, entry));
};
struct write {
  auto operator()(auto& s, std::span<std::byte const> b) const -> decltype(s.write(b));
};
struct seal {
  auto operator()(auto& s) const -> decltype(s.seal());
};
struct unfinished {
  auto operator()(auto& s) const -> decltype(s.unfinished());
};
struct newest {
  auto operator()(auto& s) const -> decltype(s.newest());
};
struct before {
  auto operator()(auto& s, snapshot_id i) const -> decltype(s.before(i));
};
struct entry {
  auto operator()(auto& s, snapshot_id i) const -> decltype(s.entry(i));
};
struct read_piece {
  auto operator()(auto& s, snapshot_id i, std::uint64_t from, std::span<std::byte> out) const
      -> decltype(s.read(i, from, out));
};
struct drop {
  auto operator()(auto& s, snapshot_id i) const -> decltype(s.drop(i));
};
struct why {
  auto operator()(auto& s) const -> decltype(s.failure());
};
} // namespace call

enum class machine_member { apply, applied, begin_save, save, end_save, begin_restore, restore, end_restore };

template <class M, class Command>
consteval fault<machine_member> machine_fault() {
  using m = machine_member;
  using some = std::span<std::byte const>;
  return first_fault(fault{m::apply, judge<any_type, M, call::apply<Command>, log_index, Command const&>()},
                     fault{m::applied, judge<same_as_type<log_index>, M const, call::applied>()},
                     fault{m::begin_save, judge<any_type, M, call::begin_save>()},
                     fault{m::save, judge<same_as_type<save_step>, M, call::save, any_put&>()},
                     fault{m::end_save, judge<any_type, M, call::end_save>()},
                     fault{m::begin_restore, judge<any_type, M, call::begin_restore, log_index>()},
                     fault{m::restore, judge<same_as_type<bool>, M, call::restore, some>()},
                     fault{m::end_restore, judge<same_as_type<bool>, M, call::end_restore>()});
}

template <fault<machine_member> f>
struct why_no_machine {
  using m = machine_member;
  QUORATE_SAY_OF("State machine", apply, "apply(i, command)", "apply(log_index, command const&)");
  QUORATE_SAY_OF("State machine", applied, "applied()", "log_index applied() const");
  QUORATE_SAY_OF("State machine", begin_save, "begin_save()", "void begin_save()");
  QUORATE_SAY_OF("State machine", save, "save(put)", "template <class Put> save_step save(Put& put)");
  QUORATE_SAY_OF("State machine", end_save, "end_save()", "void end_save()");
  QUORATE_SAY_OF("State machine", begin_restore, "begin_restore(i)", "void begin_restore(log_index)");
  QUORATE_SAY_OF("State machine", restore, "restore(piece)", "bool restore(std::span<std::byte const>)");
  QUORATE_SAY_OF("State machine", end_restore, "end_restore()", "bool end_restore()");
};

// Takes the place of a machine that does not fit; nothing of it is ever called.
struct no_machine {
  void apply(log_index, auto const&);
  log_index applied() const;
  void begin_save();
  template <class Put>
  save_step save(Put&);
  void end_save();
  void begin_restore(log_index);
  bool restore(std::span<std::byte const>);
  bool end_restore();
};

template <class M, class Command>
constexpr auto fitting_state_machine() {
  if constexpr (state_machine<M, Command>) {
    return type_is<M>{};
  } else {
    (void)sizeof(why_no_machine<machine_fault<M, Command>()>);
    return type_is<no_machine>{};
  }
}

enum class store_member { begin, write, seal, unfinished, newest, before, entry, read, drop, failure };

template <class S>
consteval fault<store_member> store_fault() {
  using m = store_member;
  using id = snapshot_id;
  using done = same_as_type<bool>;
  using info = same_as_type<std::optional<snapshot_info>>;
  using some = std::span<std::byte const>;
  using u64 = std::uint64_t;
  using size = same_as_type<std::optional<std::size_t>>;
  return first_fault(
      fault{m::begin, judge<done, S, call::begin, snapshot_mark const&, some>()},
      fault{m::write, judge<done, S, call::write, some>()}, fault{m::seal, judge<done, S, call::seal>()},
      fault{m::unfinished, judge<info, S const, call::unfinished>()},
      fault{m::newest, judge<info, S const, call::newest>()},
      fault{m::before, judge<info, S const, call::before, id>()},
      fault{m::entry, judge<same_as_type<std::optional<some>>, S, call::entry, id>()},
      fault{m::read, judge<size, S, call::read_piece, id, u64, std::span<std::byte>>()},
      fault{m::drop, judge<done, S, call::drop, id>()}, fault{m::failure, judge<text_type, S const, call::why>()});
}

template <fault<store_member> f>
struct why_no_store {
  using m = store_member;
  QUORATE_SAY_OF("Snapshot store", begin, "begin(mark, entry)",
                 "bool begin(snapshot_mark const&, std::span<std::byte const> entry)");
  QUORATE_SAY_OF("Snapshot store", write, "write(bytes)", "bool write(std::span<std::byte const>)");
  QUORATE_SAY_OF("Snapshot store", seal, "seal()", "bool seal()");
  QUORATE_SAY_OF("Snapshot store", unfinished, "unfinished()", "std::optional<snapshot_info> unfinished() const");
  QUORATE_SAY_OF("Snapshot store", newest, "newest()", "std::optional<snapshot_info> newest() const");
  QUORATE_SAY_OF("Snapshot store", before, "before(id)", "std::optional<snapshot_info> before(snapshot_id) const");
  QUORATE_SAY_OF("Snapshot store", entry, "entry(id)",
                 "std::optional<std::span<std::byte const>> entry(snapshot_id)");
  QUORATE_SAY_OF("Snapshot store", read, "read(id, from, out)",
                 "std::optional<std::size_t> read(snapshot_id, std::uint64_t from, std::span<std::byte> out)");
  QUORATE_SAY_OF("Snapshot store", drop, "drop(id)", "bool drop(snapshot_id)");
  QUORATE_SAY_OF("Snapshot store", failure, "failure()", "std::string failure() const");
};

// `Say`: whether to say what is wrong. Without a fitting store a replica has none.
template <class Store, class Core, class Storage, bool Say>
constexpr auto fitting_snapshots() {
  if constexpr (std::is_same_v<Store, no_snapshots>) {
    return type_is<no_snapshots>{};
  } else if constexpr (!Say) {
    return type_is<no_snapshots>{};
  } else if constexpr (!forgets<Core>) {
    static_assert(never<Store>, "quorate: a replica has a snapshot store, and its core no snapshots; give the "
                                "protocol the keyword snapshots_in<Store>");
    return type_is<no_snapshots>{};
  } else if constexpr (!installing_storage<Storage>) {
    static_assert(never<Store>, "quorate: Storage: `bool install(snapshot_mark const&, above_mark)` is missing; a "
                                "replica with a snapshot store needs it (policy/storage.hpp)");
    return type_is<no_snapshots>{};
  } else if constexpr (snapshot_store<Store>) {
    return type_is<Store>{};
  } else {
    (void)sizeof(why_no_store<store_fault<Store>()>);
    return type_is<no_snapshots>{};
  }
}

} // namespace quorate::detail
