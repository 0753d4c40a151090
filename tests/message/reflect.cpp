#include "quorate/message/reflect.hpp"

#include "quorate/core/entry.hpp"
#include "quorate/message/equal.hpp"
#include "quorate/message/vocabulary.hpp"

#include "said.hpp"

namespace quorate {
namespace {

struct point {
  int x{};
  int y{};
  int hidden{};
  using fields = field_list<field<"x", &point::x>, left_out<"hidden">, field<"y", &point::y>>;
};
struct point_in_space : point { // inherits a list that is not its own
  int z{};
};
struct empty {
  using fields = field_list<>;
};
struct unrelated {
  using fields = int;
};
template <class T>
struct boxed {
  T value{};
  using fields = field_list<field<"value", &boxed::value>>;
};

static_assert(reflected<point> && reflected<empty> && reflected<entry_run> && reflected<hard_state>);
static_assert(reflected<shop::transfer> && reflected<shop::nothing> && reflected<shop::defined>);
static_assert(!reflected<point_in_space> && !reflected<unrelated> && !reflected<int> && !reflected<std::string>);
static_assert(!reflected<log_index> && !reflected<std::pair<int, int>> && !reflected<std::tuple<int>>);
static_assert(field_count<point> == 2 && field_count<empty> == 0 && field_count<shop::order> == 8);
static_assert(field_count<shop::nothing> == 0);

static_assert(type_name<point>() == "point" && type_name<int>() == "int");
static_assert(type_name<shop::order>() == "order" && type_name<boxed<shop::order>>() == "boxed");
static_assert(type_name<entry_run>() == "entry_run");

template <class T>
std::string names_of(T const& x) {
  std::string s;
  for_each_field(x, [&](std::string_view name, auto const&) { s.append(name) += ' '; });
  return s;
}

constexpr int sum(point p) {
  int n = 0;
  for_each_field(p, [&](std::string_view, int& v) { n += ++v; });
  return n + p.x;
}
static_assert(sum({3, 4}) == 13, "fields are visited in place, in a constant too");

TEST_CASE("fields are named in their order, whichever way they were listed") {
  CHECK(names_of(point{}) == "x y ");
  CHECK(names_of(empty{}) == "");
  CHECK(names_of(entry_run{}) == "first count written_at kind ");
  CHECK(names_of(shop::transfer{}) == "from to ");
  CHECK(names_of(shop::order{}) == "urgent change paint money customer parts note code ");
  CHECK(names_of(shop::defined{}) == "number text ");
  CHECK(names_of(shop::nothing{}) == "");
}

TEST_CASE("two structs are equal when their listed fields are") {
  static_assert(equal(point{1, 2, 3}, point{1, 2, 4}));
  static_assert(!equal(point{1, 2}, point{1, 3}) && !equal(point{2, 2}, point{1, 2}));
  static_assert(equal(shop::transfer{1, 2}, shop::transfer{1, 2}));
  static_assert(!equal(shop::transfer{1, 2}, shop::transfer{1, 3}));

  auto const a = sample_order();
  CHECK(equal(a, sample_order()));
  auto const differs = [&](auto change) {
    auto b = sample_order();
    change(b);
    return !equal(a, b) && !equal(b, a) && hash(a) != hash(b);
  };
  CHECK(differs([](shop::order& b) { b.urgent = false; }));
  CHECK(differs([](shop::order& b) { b.change = 2; }));
  CHECK(differs([](shop::order& b) { b.paint = shop::colour::green; }));
  CHECK(differs([](shop::order& b) { b.money.to = 1; }));
  CHECK(differs([](shop::order& b) { b.customer += '\0'; }));
  CHECK(differs([](shop::order& b) { b.parts.pop_back(); }));
  CHECK(differs([](shop::order& b) { b.parts[1].from = 0; }));
  CHECK(differs([](shop::order& b) { b.note.reset(); }));
  CHECK(differs([](shop::order& b) { b.note = ""; }));
  CHECK(differs([](shop::order& b) { b.code[2] = 0; }));
}

TEST_CASE("borrowed bytes and payloads are equal by what they point to") {
  auto const a = raw({2, 0, 0, 0, 'h', 'i'}), b = a, c = raw({2, 0, 0, 0, 'h', 'o'});
  using bytes = std::span<std::byte const>;
  CHECK(equal(bytes{a}, bytes{b}));
  CHECK_FALSE(equal(bytes{a}, bytes{c}));
  CHECK_FALSE(equal(bytes{a}, bytes{a}.first(5)));
  CHECK(equal(payloads::trusted(a, 1), payloads::trusted(b, 1)));
  CHECK_FALSE(equal(payloads::trusted(a, 1), payloads::trusted(c, 1)));
  CHECK_FALSE(equal(payloads::trusted(a, 1), payloads{}));
}

} // namespace
} // namespace quorate
