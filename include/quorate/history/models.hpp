// Objects whose histories are often checked: a register with compare-and-set, a counter, a list that grows, a map
// of strings. A model of your own is a struct with the same members: sequential_model in history/types.hpp.
#pragma once

#include "quorate/history/list_digest.hpp"
#include "quorate/history/trie.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quorate::check {

// One register: read, write, and compare-and-set, which answers whether it did. At first it holds nothing.
struct register_model {
  using state = std::optional<std::int64_t>;
  enum class verb { read, write, compare_and_set };
  struct request {
    verb what;
    std::int64_t value = 0;    // written, if at all
    std::int64_t expected = 0; // compare_and_set: what must be there
    friend bool operator==(request const&, request const&) = default;
  };
  struct answer {
    state read{};
    bool done = true; // false: a comparison that did not match
    friend bool operator==(answer const&, answer const&) = default;
  };

  state initial() const { return {}; }
  answer apply(state& s, request const& r) const {
    if (r.what == verb::read) return {s};
    if (r.what == verb::compare_and_set && s != r.expected) return {{}, false};
    s = r.value;
    return {};
  }
  bool only_reads(request const& r, answer const& a) const { return r.what == verb::read || !a.done; }

  // What a search sees ahead: foreseeing_model in history/types.hpp.
  std::optional<state> parent(state const&) const { return {}; }
  std::optional<state> needs(request const& r, answer const& a) const {
    if (r.what == verb::read) return a.read;
    return r.what == verb::compare_and_set && a.done ? std::optional<state>{r.expected} : std::nullopt;
  }
  std::optional<state> minds(request const& r) const {
    return r.what == verb::compare_and_set ? std::optional<state>{r.expected} : std::nullopt;
  }
  std::optional<state> sets(request const& r) const {
    return r.what == verb::read ? std::nullopt : std::optional<state>{r.value};
  }
  state nowhere(std::uint64_t n) const { return static_cast<std::int64_t>(~n); }
};

// A sum: add, read, and both at once. It begins at 0 and wraps around as 64 bits do.
struct counter_model {
  using state = std::int64_t;
  struct request {
    std::int64_t amount = 0; // 0 for a plain read
    bool tells = true;       // whether the answer is the new sum, or nothing
    friend bool operator==(request const&, request const&) = default;
  };
  using answer = std::optional<std::int64_t>;

  state initial() const { return 0; }
  answer apply(state& s, request const& r) const {
    s = static_cast<state>(static_cast<std::uint64_t>(s) + static_cast<std::uint64_t>(r.amount));
    return r.tells ? answer{s} : std::nullopt;
  }
  bool only_reads(request const& r, answer const&) const { return r.amount == 0; }
};

// A list that grows: append a value, read; an append may read too, and what it reads ends with its own value. A
// reader is told the whole list, or its length and digest (list_digest.hpp). At first it is empty.
class list_model {
public:
  using state = trie<std::uint64_t>::node;
  enum class telling { nothing, digest, whole };
  struct request {
    std::optional<std::uint64_t> appended{};
    telling tells = telling::nothing;
    friend bool operator==(request const&, request const&) = default;
  };
  struct answer {
    state whole{}; // telling::whole: list() makes it
    list_digest digest{};
    friend bool operator==(answer const&, answer const&) = default;
  };

  state initial() const { return lists_.empty; }
  answer apply(state& s, request const& r) {
    if (r.appended) s = longer(s, *r.appended);
    if (r.tells == telling::whole) return {s, {}};
    if (r.tells == telling::digest) return {{}, digests_[s]};
    return {};
  }
  bool only_reads(request const& r, answer const&) const { return !r.appended; }

  // The list of these values, as it stands in an answer; and the values again.
  state list(std::span<std::uint64_t const> values) {
    auto s = initial();
    for (auto const v : values) s = longer(s, v);
    return s;
  }
  std::vector<std::uint64_t> values(state s) const { return lists_.path(s); }
  std::size_t bytes() const { return lists_.bytes() + digests_.capacity() * sizeof(list_digest); }

private:
  state longer(state s, std::uint64_t value) {
    auto const next = lists_.extend(s, value);
    if (next == digests_.size()) digests_.push_back(digests_[s].followed_by(value));
    return next;
  }

  trie<std::uint64_t> lists_;
  std::vector<list_digest> digests_{list_digest{}}; // by node
};

// Strings by key: get, put, and append to what is there. A key that was never put holds the empty string. Keys
// are judged one by one.
class string_map_model {
public:
  using state = trie<char>::node; // what one key holds
  enum class verb { get, put, append };
  struct request {
    verb what;
    std::uint32_t key; // key_of() makes it
    std::string value{};
    friend bool operator==(request const&, request const&) = default;
  };
  using answer = std::optional<state>; // get: what string() makes

  state initial() const { return strings_.empty; }
  answer apply(state& s, request const& r) {
    if (r.what == verb::get) return s;
    s = strings_.extend_all(r.what == verb::put ? strings_.empty : s, r.value);
    return std::nullopt;
  }
  bool only_reads(request const& r, answer const&) const { return r.what == verb::get; }
  std::uint32_t key(request const& r) const { return r.key; }

  // What a search sees ahead: foreseeing_model in history/types.hpp.
  std::optional<state> parent(state s) const {
    return s == strings_.empty ? std::nullopt : std::optional{strings_.parent(s)};
  }
  std::optional<state> needs(request const& r, answer const& a) const {
    return r.what == verb::get ? a : std::nullopt;
  }
  std::optional<state> minds(request const&) const { return {}; }
  std::optional<state> sets(request const& r) {
    return r.what == verb::put ? std::optional{string(r.value)} : std::nullopt;
  }
  state nowhere(std::uint64_t) const { return strings_.unknown; }

  std::uint32_t key_of(std::string_view name) {
    auto const [at, is_new] = keys_.try_emplace(std::string{name}, static_cast<std::uint32_t>(names_.size()));
    if (is_new) names_.push_back(at->first);
    return at->second;
  }
  std::string const& name_of(std::uint32_t key) const { return names_[key]; }

  // The string as it stands in an answer; and its characters again.
  state string(std::string_view text) { return strings_.extend_all(strings_.empty, text); }
  std::string text(state s) const {
    auto const characters = strings_.path(s);
    return {characters.begin(), characters.end()};
  }
  std::size_t bytes() const { return strings_.bytes(); }
  std::size_t mark() const { return strings_.size(); }
  void forget(std::size_t mark) { strings_.shrink(mark); }

private:
  trie<char> strings_;
  std::map<std::string, std::uint32_t> keys_;
  std::vector<std::string> names_;
};

} // namespace quorate::check
