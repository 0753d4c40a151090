// The wire form of what is made of other values. A length or count is a u32 in front; an optional has a bool
// in front; an array and a struct are their parts, end to end.
#pragma once

#include "quorate/core/bounded.hpp"
#include "quorate/core/payloads.hpp"
#include "quorate/message/reflect.hpp"
#include "quorate/message/vocabulary.hpp"
#include "quorate/message/wire.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace quorate {

namespace detail {
inline constexpr std::size_t count_size = 4;

// Bounds are checked once for a value of fixed size, whatever it is made of.
template <class T>
constexpr decode_error get(reader& in, T& x) {
  if constexpr (wire<T>::fixed != variable_size) {
    reader::bytes at;
    if (!in.take(wire<T>::fixed, at)) return decode_error::truncated;
    return wire<T>::load(at.data(), x);
  } else {
    return wire<T>::get(in, x);
  }
}

constexpr bool get_count(reader& in, std::uint32_t& n) { return get(in, n) == decode_error::none; }

// A count and that many bytes.
constexpr decode_error get_run(reader& in, reader::bytes& out) {
  std::uint32_t n = 0;
  return get_count(in, n) && in.take(n, out) ? decode_error::none : decode_error::truncated;
}
constexpr std::size_t run_size(std::size_t n) { return n > 0xffff'ffffU ? variable_size : count_size + n; }
template <class Out, class Byte>
constexpr void put_run(Out& out, Byte const* from, std::size_t n) {
  out.number(static_cast<std::uint32_t>(n));
  out.bytes(from, n);
}

// A count and the elements, for anything with size() and operator[].
template <class T, class List>
constexpr std::size_t list_size(List const& list) {
  if (list.size() > 0xffff'ffffU) return variable_size;
  if constexpr (wire<T>::fixed != variable_size) {
    return count_size + list.size() * wire<T>::fixed;
  } else {
    auto n = count_size;
    for (std::size_t i = 0; i < list.size(); ++i) n = add_sizes(n, wire<T>::size(list[i]));
    return n;
  }
}
template <class T, class Out, class List>
constexpr void put_list(Out& out, List const& list) {
  out.number(static_cast<std::uint32_t>(list.size()));
  for (std::size_t i = 0; i < list.size(); ++i) wire<T>::put(out, list[i]);
}

template <class T>
struct run_form { // what borrows bytes
  using unfit = fit;
  static constexpr std::size_t fixed = variable_size;
  static constexpr std::size_t least = count_size;
  static constexpr std::size_t size(T const& x) { return run_size(x.size()); }
  template <class Out>
  static constexpr void put(Out& out, T const& x) {
    put_run(out, x.data(), x.size());
  }
};

template <class List>
struct struct_sizes;
template <class... Ts>
struct struct_sizes<type_list<Ts...>> {
  using unfit = typename first_unfit<typename wire<Ts>::unfit...>::type;
  static constexpr std::size_t least = (std::size_t{0} + ... + wire<Ts>::least);
  static constexpr std::size_t fixed = ((wire<Ts>::fixed == variable_size) || ...) ? variable_size : least;
};
} // namespace detail

template <reflected T>
struct wire<T> : detail::struct_sizes<typename reflection<T>::values> {
  static constexpr std::size_t size(T const& x) {
    if constexpr (wire::fixed != variable_size) {
      return wire::fixed;
    } else {
      return reflection<T>::with_members(x, [](auto const&... m) {
        std::size_t n = 0;
        ((n = detail::add_sizes(n, wire<std::remove_cvref_t<decltype(m)>>::size(m))), ...);
        return n;
      });
    }
  }
  template <class Out>
  static constexpr void put([[maybe_unused]] Out& out, T const& x) {
    reflection<T>::with_members(
        x, [&](auto const&... m) { (wire<std::remove_cvref_t<decltype(m)>>::put(out, m), ...); });
  }
  static constexpr decode_error load([[maybe_unused]] std::byte const* at, T& x) {
    return reflection<T>::with_members(x, [&](auto&... m) {
      auto e = decode_error::none;
      [[maybe_unused]] auto const one = [&]<class M>(M& member) {
        e = wire<M>::load(at, member);
        at += wire<M>::fixed;
        return e == decode_error::none;
      };
      (void)(one(m) && ...);
      return e;
    });
  }
  static constexpr decode_error get([[maybe_unused]] reader& in, T& x) {
    return reflection<T>::with_members(x, [&](auto&... m) {
      auto e = decode_error::none;
      (void)(((e = detail::get(in, m)) == decode_error::none) && ...);
      return e;
    });
  }
};

template <class T, std::size_t N>
struct wire<std::array<T, N>> {
  using unfit = typename wire<T>::unfit;
  static constexpr std::size_t least = N * wire<T>::least;
  static constexpr std::size_t fixed = N != 0 && wire<T>::fixed == variable_size ? variable_size : least;

  static constexpr std::size_t size([[maybe_unused]] std::array<T, N> const& x) {
    if constexpr (fixed != variable_size) {
      return fixed;
    } else {
      std::size_t n = 0;
      for (auto const& e : x) n = detail::add_sizes(n, wire<T>::size(e));
      return n;
    }
  }
  template <class Out>
  static constexpr void put(Out& out, std::array<T, N> const& x) {
    if constexpr (detail::byte_like<T>)
      out.bytes(x.data(), N);
    else
      for (auto const& e : x) wire<T>::put(out, e);
  }
  static constexpr decode_error load(std::byte const* at, std::array<T, N>& x) {
    if constexpr (detail::byte_like<T>) {
      detail::copy_bytes(x.data(), at, N);
    } else {
      for (auto& e : x) {
        if (auto const bad = wire<T>::load(at, e); bad != decode_error::none) return bad;
        at += wire<T>::fixed;
      }
    }
    return decode_error::none;
  }
  static constexpr decode_error get(reader& in, std::array<T, N>& x) {
    for (auto& e : x)
      if (auto const bad = detail::get(in, e); bad != decode_error::none) return bad;
    return decode_error::none;
  }
};

template <class T>
struct wire<std::optional<T>> {
  using unfit = typename wire<T>::unfit;
  static constexpr std::size_t fixed = variable_size;
  static constexpr std::size_t least = 1;

  static constexpr std::size_t size(std::optional<T> const& x) {
    return x ? detail::add_sizes(1, wire<T>::size(*x)) : 1;
  }
  template <class Out>
  static constexpr void put(Out& out, std::optional<T> const& x) {
    wire<bool>::put(out, x.has_value());
    if (x) wire<T>::put(out, *x);
  }
  static constexpr decode_error get(reader& in, std::optional<T>& x) {
    x.reset();
    bool there = false;
    if (auto const bad = detail::get(in, there); bad != decode_error::none || !there) return bad;
    return detail::get(in, x.emplace());
  }
};

template <class T, std::size_t Capacity>
struct wire<bounded<T, Capacity>> {
  using unfit = typename wire<T>::unfit;
  static constexpr std::size_t fixed = variable_size;
  static constexpr std::size_t least = detail::count_size;

  static constexpr std::size_t size(bounded<T, Capacity> const& x) { return detail::list_size<T>(x); }
  template <class Out>
  static constexpr void put(Out& out, bounded<T, Capacity> const& x) {
    detail::put_list<T>(out, x);
  }
  static constexpr decode_error get(reader& in, bounded<T, Capacity>& x) {
    x.clear();
    std::uint32_t n = 0;
    if (!detail::get_count(in, n)) return decode_error::truncated;
    if (n > Capacity) return decode_error::oversized;
    for (T e{}; n > 0; --n, e = T{}) {
      if (auto const bad = detail::get(in, e); bad != decode_error::none) return bad;
      if (!x.push_back(e)) return decode_error::oversized;
    }
    return decode_error::none;
  }
};

// Borrowed: what is decoded points into the input.
template <>
struct wire<std::span<std::byte const>> : detail::run_form<std::span<std::byte const>> {
  static constexpr decode_error get(reader& in, std::span<std::byte const>& x) { return detail::get_run(in, x); }
};
template <>
struct wire<std::string_view> : detail::run_form<std::string_view> {
  static decode_error get(reader& in, std::string_view& x) {
    reader::bytes run;
    auto const e = detail::get_run(in, run);
    x = {reinterpret_cast<char const*>(run.data()), run.size()};
    return e;
  }
};

// Borrowed too: a count, a length, and the records as they are.
template <>
struct wire<payloads> {
  using unfit = detail::fit;
  static constexpr std::size_t fixed = variable_size;
  static constexpr std::size_t least = 2 * detail::count_size;

  static std::size_t size(payloads const& x) {
    return detail::add_sizes(detail::count_size, detail::run_size(x.whole().size()));
  }
  template <class Out>
  static void put(Out& out, payloads const& x) {
    out.number(x.count());
    detail::put_run(out, x.whole().data(), x.whole().size());
  }
  static decode_error get(reader& in, payloads& x) {
    std::uint32_t count = 0;
    reader::bytes run;
    if (!detail::get_count(in, count) || detail::get_run(in, run) != decode_error::none)
      return decode_error::truncated;
    auto const records = payloads::parse(run, count);
    if (!records) return decode_error::bad_value;
    x = *records;
    return decode_error::none;
  }
};

} // namespace quorate
