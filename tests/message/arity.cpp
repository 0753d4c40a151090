// Fields are counted, whatever they are: a list that forgets one does not compile (reject/).
#include "quorate/message/arity.hpp"

#include "quorate/core/entry.hpp"

#include <doctest/doctest.h>

#include <any>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace quorate::detail {
namespace {

struct none {};
struct two {
  int x{};
  std::string y;
};
struct classes {
  std::string a;
  std::vector<int> b;
  std::pair<int, std::string> c;
  std::tuple<int, int> d;
  std::array<int, 5> e;
  std::function<void(int)> f;
  std::unique_ptr<int> g;
  std::string_view h;
  std::span<std::byte const> i;
  std::atomic<int> j;
};
struct vocabulary {
  node_set<64> a;
  entry_run b;
  hard_state c;
  log_index d;
  entry_kind e;
};
struct holders {
  std::optional<int> a;
  int b;
  std::optional<std::string> c;
  std::variant<int, std::string> d;
  std::any e;
};
struct arrays {
  int a[3];
  std::string b;
  char c[2][4];
  two d[2];
  std::optional<int> e;
  std::uint8_t f[1];
};
struct array_of_holders {
  std::optional<int> a[2];
  int b[2], c[2];
};
// Nested, and of as many fields as an array of elements: a field each, whatever follows.
struct nested {
  two a;
  std::optional<int> b, c;
  two d, e;
};
struct bits {
  unsigned a : 1, b : 2;
  bool : 0;
  bool c;
};
struct off {
  int a;
  [[no_unique_address]] none b, c;
};
struct derived : two {
  int z;
};
struct some_array {
  int x;
  int y[3];
};
struct derived_of_array : some_array {
  int z[2];
};
struct tagged : none {
  int z;
};
struct twice_tagged : none, two {
  std::optional<int> z;
};
struct greedy { // what stands for any value may become one, and may be one
  greedy() = default;
  template <class T>
  greedy(T&&);
};
struct with_greedy {
  int a;
  greedy b;
  int c;
};
struct picky { // nothing stands for it
  picky() = default;
  template <class T>
  picky(T&&) = delete;
};
struct with_picky {
  int a;
  picky b;
  int c;
};

static_assert(arity<none>() == 0);
static_assert(arity<two>() == 2);
static_assert(arity<classes>() == 10);
static_assert(arity<vocabulary>() == 5);
static_assert(arity<holders>() == 5);
static_assert(arity<arrays>() == 6);
static_assert(arity<array_of_holders>() == 3);
static_assert(arity<nested>() == 5);
static_assert(arity<bits>() == 3);
static_assert(arity<off>() == 3);
static_assert(arity<entry_run>() == 4 && arity<hard_state>() == 3);
// A base's fields count as the struct's; one without any does not.
static_assert(arity<derived>() == 3);
static_assert(arity<derived_of_array>() == 3);
static_assert(arity<tagged>() == 1);
static_assert(arity<twice_tagged>() == 3);
static_assert(arity<with_greedy>() == 3);
// What nothing stands for is seen all the same, and ends the count.
static_assert(arity<with_picky>() == 2);

// The short way says what the long one says, whatever was named.
template <class T>
constexpr bool agrees = [] {
  constexpr auto n = arity<T>();
  return arity_where_named<T, n>() == n && arity_where_named<T, n + 1>() == n &&
         arity_where_named<T, n - (n > 0)>() == n;
}();
static_assert(agrees<none> && agrees<two> && agrees<classes> && agrees<vocabulary> && agrees<holders> &&
              agrees<arrays> && agrees<array_of_holders> && agrees<nested> && agrees<bits> && agrees<off> &&
              agrees<derived> && agrees<derived_of_array> && agrees<tagged> && agrees<twice_tagged> &&
              agrees<with_greedy> && agrees<with_picky>);

// What has constructors is what its list says.
struct closed {
  closed() {}
  int a{}, b{};
};
static_assert(arity_where_named<closed, 1>() == 1);

} // namespace
} // namespace quorate::detail
