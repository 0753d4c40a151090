// Thousands of small histories that a seed draws, judged by the checker and by trying all orders.
#include "histories.hpp"
#include "quorate/history/history.hpp"
#include "quorate/history/models.hpp"
#include "support/seeds.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace quorate::test {
namespace {

using namespace quorate::check;

template <class Model, class Explains>
void agrees(history<Model> const& h, judgement const& j, Explains explains) {
  bool const expected = some_order(h, explains);
  REQUIRE((j.found == verdict::linearizable) == expected);
  REQUIRE(j.found != verdict::undecided);
  REQUIRE(keeps_real_time(h, j.order));
  REQUIRE(explains(h, j.order));
  if (expected) {
    for (std::size_t i = 0; i < h.size(); ++i)
      REQUIRE((!h[i].answered || std::count(j.order.begin(), j.order.end(), i) == 1));
    return;
  }
  REQUIRE_FALSE(j.stuck.empty());
  for (auto const i : j.stuck) {
    auto longer = j.order;
    longer.push_back(i);
    REQUIRE(keeps_real_time(h, longer));
    REQUIRE_FALSE(explains(h, longer));
  }
}

// A search that looks ahead from the first state on, key by key: check_history() takes it only for what is hard.
template <class Model>
judgement looking_ahead(Model& model, history<Model> const& h) {
  judgement all;
  std::vector<numbers> orders;
  no_progress silent;
  for (auto const& part : history_detail::parts_of(model, std::span<operation<Model> const>{h})) {
    history_detail::search<Model> one{model, h, part, true};
    if (one.run({}, all.spent, silent) != verdict::linearizable) all.found = verdict::not_linearizable;
    orders.push_back(one.order());
  }
  if (all.found == verdict::linearizable) all.order = history_detail::merged<Model>(orders, h);
  return all;
}

// `request(model, random)` draws a request; both verdicts must occur often.
template <class Request, class Explains, class Model>
void twin(Model, Request request, Explains explains) {
  int linearizable = 0, all = 0;
  std::uint64_t states = 0, states_ahead = 0;
  for (std::uint64_t seed = 0; seed < seeds(3000); ++seed, ++all) {
    CAPTURE(seed);
    dice random{seed};
    Model model;
    auto const h = drawn(model, random, 3 + random(4), random(2) == 0, [&](dice& d) { return request(model, d); });
    auto const j = check_history(model, h);
    linearizable += j.found == verdict::linearizable;
    auto const explained = [&](auto const& of, auto const& order) { return explains(model, of, order); };
    agrees(h, j, explained);
    auto const ahead = looking_ahead(model, h);
    REQUIRE(ahead.found == j.found);
    REQUIRE((j.found == verdict::not_linearizable || explained(h, ahead.order)));
    REQUIRE(keeps_real_time(h, ahead.order));
    states_ahead += ahead.spent.states;
    states += j.spent.states;
  }
  CHECK(linearizable > all / 10);
  CHECK(linearizable < all - all / 10);
  CHECK(states_ahead <= states);
}

// Histories of a few more operations, of which all orders can't be tried; some answers are changed for others.
template <class Model, class Request>
void twin_without_foresight(std::uint64_t first_seed, Request request) {
  int linearizable = 0, not_linearizable = 0;
  for (auto seed = first_seed; seed < first_seed + seeds(700); ++seed) {
    CAPTURE(seed);
    dice random{seed};
    Model model;
    auto h = drawn(model, random, 8 + random(22), random(3) != 0, [&](dice& d) { return request(model, d); });
    bool const mixed = random(2) == 0;
    for (auto& op : h)
      if (auto& other = h[random(h.size())]; mixed && op.answered && other.answered && random(8) == 0)
        std::swap(op.answered, other.answered);
    for (auto const& part : history_detail::parts_of(model, std::span<operation<Model> const>{h})) {
      effort spent;
      no_progress silent;
      budget const enough{.states = 20'000};
      auto const plainly = history_detail::search<Model>{model, h, part, false}.run(enough, spent, silent);
      if (plainly == verdict::undecided) continue;
      REQUIRE(history_detail::search<Model>{model, h, part, true}.run(enough, spent, silent) == plainly);
      ++(plainly == verdict::linearizable ? linearizable : not_linearizable);
    }
  }
  CHECK(linearizable > 100);
  CHECK(not_linearizable > 100);
}

TEST_CASE("what is seen ahead changes no verdict on a register") {
  using verb = register_model::verb;
  for (std::uint64_t const values : {2U, 4U, 30U})
    for (std::uint64_t const verbs : {2U, 3U})
      twin_without_foresight<register_model>(1000 * values, [&](register_model&, dice& random) {
        return register_model::request{static_cast<verb>(random(verbs)), static_cast<std::int64_t>(random(values)),
                                       static_cast<std::int64_t>(random(values))};
      });
}

TEST_CASE("what is seen ahead changes no verdict on a map of strings") {
  using verb = string_map_model::verb;
  for (std::uint64_t const letters : {2U, 4U, 26U})
    for (std::uint64_t const others_a_put : {2U, 5U, 19U})
      twin_without_foresight<string_map_model>(1000 * letters, [&](string_map_model& model, dice& random) {
        auto const what = random(1 + others_a_put);
        string_map_model::request r{what == 0       ? verb::put
                                    : what % 2 == 0 ? verb::append
                                                    : verb::get,
                                    model.key_of("a")};
        if (r.what != verb::get && random(9) != 0) r.value = static_cast<char>('a' + random(letters));
        return r;
      });
}

TEST_CASE("a register's histories are judged as by trying all orders") {
  using verb = register_model::verb;
  twin(
      register_model{},
      [](auto&, dice& random) {
        return register_model::request{static_cast<verb>(random(3)), static_cast<std::int64_t>(random(3)),
                                       static_cast<std::int64_t>(random(3))};
      },
      [](auto&, auto const& h, numbers const& order) {
        std::int64_t now = -1; // which nobody writes
        for (auto const i : order) {
          auto const& [asked, answered, invoked, returned, client] = h[i];
          bool const fits = asked.what != verb::compare_and_set || now == asked.expected;
          if (answered && asked.what == verb::read && answered->read.value_or(-1) != now) return false;
          if (answered && asked.what == verb::compare_and_set && answered->done != fits) return false;
          if (asked.what != verb::read && fits) now = asked.value;
        }
        return true;
      });
}

TEST_CASE("a counter's histories are judged as by trying all orders") {
  twin(
      counter_model{},
      [](auto&, dice& random) {
        return counter_model::request{static_cast<std::int64_t>(random(4)) - 1, random(2) == 0};
      },
      [](auto&, auto const& h, numbers const& order) {
        std::int64_t sum = 0;
        for (auto const i : order) {
          sum += h[i].asked.amount;
          if (h[i].answered && h[i].asked.tells && **h[i].answered != sum) return false;
        }
        return true;
      });
}

TEST_CASE("a list's histories are judged as by trying all orders") {
  using telling = list_model::telling;
  twin(
      list_model{},
      [](auto&, dice& random) {
        list_model::request r{{}, static_cast<telling>(random(3))};
        if (r.tells == telling::nothing || random(2) == 0) r.appended = random(3);
        return r;
      },
      [](list_model& model, auto const& h, numbers const& order) {
        std::vector<std::uint64_t> values;
        for (auto const i : order) {
          auto const& [asked, answered, invoked, returned, client] = h[i];
          if (asked.appended) values.push_back(*asked.appended);
          if (!answered) continue;
          if (asked.tells == telling::whole && model.values(answered->whole) != values) return false;
          if (asked.tells == telling::digest && answered->digest != list_digest::of(values)) return false;
        }
        return true;
      });
}

TEST_CASE("a map's histories are judged as by trying all orders, over all keys at once") {
  using verb = string_map_model::verb;
  twin(
      string_map_model{},
      [](string_map_model& model, dice& random) {
        string_map_model::request r{static_cast<verb>(random(4) % 3), model.key_of(random(4) == 0 ? "b" : "a")};
        if (r.what != verb::get) r.value = std::string(random(3), static_cast<char>('x' + random(2)));
        return r;
      },
      [](string_map_model& model, auto const& h, numbers const& order) {
        std::map<std::string, std::string> map;
        for (auto const i : order) {
          auto const& [asked, answered, invoked, returned, client] = h[i];
          auto& now = map[model.name_of(asked.key)];
          if (asked.what == verb::get && answered && model.text(**answered) != now) return false;
          if (asked.what == verb::put) now = asked.value;
          if (asked.what == verb::append) now += asked.value;
        }
        return true;
      });
}

} // namespace
} // namespace quorate::test
