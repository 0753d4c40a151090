// The wire form of the user's own containers: std::string and std::vector. The only part of the codec that
// allocates.
#pragma once

#include "quorate/message/wire_compound.hpp"

#include <string>
#include <utility>
#include <vector>

namespace quorate {

template <>
struct wire<std::string> : detail::run_form<std::string> {
  static decode_error get(reader& in, std::string& x) {
    reader::bytes run;
    if (detail::get_run(in, run) != decode_error::none) return decode_error::truncated;
    x.assign(reinterpret_cast<char const*>(run.data()), run.size());
    return decode_error::none;
  }
};

template <class T>
struct wire<std::vector<T>> {
  using unfit = typename detail::first_unfit<
      typename wire<T>::unfit,
      std::conditional_t<wire<T>::least == 0, detail::unfit<detail::reason::empty_elements, std::vector<T>>,
                         detail::fit>>::type;
  static constexpr std::size_t fixed = variable_size;
  static constexpr std::size_t least = detail::count_size;

  static std::size_t size(std::vector<T> const& x) {
    if constexpr (detail::byte_like<T>)
      return detail::run_size(x.size());
    else
      return detail::list_size<T>(x);
  }
  template <class Out>
  static void put(Out& out, std::vector<T> const& x) {
    if constexpr (detail::byte_like<T>)
      detail::put_run(out, x.data(), x.size());
    else
      detail::put_list<T>(out, x);
  }
  static decode_error get(reader& in, std::vector<T>& x) {
    x.clear();
    if constexpr (detail::byte_like<T>) {
      reader::bytes run;
      if (detail::get_run(in, run) != decode_error::none) return decode_error::truncated;
      x.resize(run.size());
      detail::copy_bytes(x.data(), run.data(), run.size());
      return decode_error::none;
    } else {
      return get_elements(in, x);
    }
  }

private:
  // A count may be a lie. So the vector reserves at most as much memory as there are bytes left in the input.
  // Beyond that it grows only with the elements that were really decoded.
  static decode_error get_elements(reader& in, std::vector<T>& x) {
    std::uint32_t n = 0;
    if (!detail::get_count(in, n)) return decode_error::truncated;
    if (n > in.remaining() / wire<T>::least) return decode_error::truncated;
    auto const justified = in.remaining() / sizeof(T);
    x.reserve(n < justified ? n : justified);
    for (; n > 0; --n) {
      T e{};
      if (auto const bad = detail::get(in, e); bad != decode_error::none) return bad;
      x.push_back(std::move(e));
    }
    return decode_error::none;
  }
};

} // namespace quorate
