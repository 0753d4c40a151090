// The laws of the Messages policy (policy/messages.hpp), tried on commands made from numbers and on random bytes.
#pragma once

#include "quorate/conform/report.hpp"
#include "quorate/core/enumerators.hpp"
#include "quorate/policy/messages.hpp"
#include "quorate/sim/fitting.hpp"
#include "quorate/sim/random.hpp"

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace quorate::check {

enum class messages_law : std::uint8_t {
  commands_come_back,                // decode_entry(encode_entry(c, x)) gives c ...
  extra_fields_come_back,            // ... and x
  sizes_are_exact,                   // entry_size(c, x) bytes are written: all of them and no others
  encodings_do_not_vary,             // the same command has the same bytes whenever it is encoded
  decoding_replaces_what_was_there,  // in the command and the extra fields that it fills
  what_is_taken_for_an_entry_is_one, // of any bytes that decode: encoded again they decode to the same
};
constexpr std::string_view name_of(messages_law l) { return detail::name_among(l); }

struct messages_trials {
  std::uint64_t commands = 500; // made from the numbers 0, 1, 2 ... and from large ones
  std::uint64_t noise = 20000;  // strings of random bytes
};

namespace conform_detail {

template <class Fitting, class Extra>
Extra extra_of(std::uint64_t number) {
  if constexpr (requires {
                  { Fitting::extra(number) } -> std::same_as<Extra>;
                })
    return Fitting::extra(number);
  else
    return Extra{};
}

template <message_policy M, class Fitting>
class messages_suite {
public:
  using command = typename M::command;
  using extra = typename M::entry_extra;
  explicit messages_suite(messages_trials const& t) : trials_{t} { result_.policy = "Messages policy"; }

  conformance run() {
    for (std::uint64_t i = 0; i < trials_.commands; ++i, ++result_.cases)
      one_command(i % 5 == 4 ? any_() >> any_.below(64) : i);
    for (std::uint64_t i = 0; i < trials_.noise; ++i, ++result_.cases) noise();
    if (std::is_empty_v<extra>) result_.untried.emplace_back(name_of(messages_law::extra_fields_come_back));
    return result_;
  }

private:
  // A block of exactly that size, so that a sanitizer sees whoever reads past it.
  struct block {
    explicit block(std::size_t n) : size{n}, at{new std::byte[n]} {}
    payloads::bytes bytes() const { return {at.get(), size}; }
    std::size_t size;
    std::unique_ptr<std::byte[]> at;
  };
  struct
      filled { // to be decoded into; always on the heap, since g++ takes an empty `x` elsewhere for uninitialised
    command c{};
    extra x{};
  };
  void breach(messages_law law, std::string expected, std::string came) {
    result_.note(name_of(law), std::move(expected), std::move(came));
  }
  template <class A>
  static bool same(A const& a, A const& b) {
    if constexpr (std::equality_comparable<A>)
      return a == b;
    else if constexpr (std::is_same_v<A, command>)
      return Fitting::number(a) == Fitting::number(b);
    else
      return true;
  }
  static std::string about(std::uint64_t n) { return "the command of number " + std::to_string(n); }

  // Encodes between two fences; nothing if the bytes are not exactly those that were announced.
  bool encode(command const& c, extra const& x, std::string const& what, block& out) {
    constexpr std::size_t fence = 16;
    std::vector<std::byte> one(out.size + 2 * fence, std::byte{0x11}), two(out.size + 2 * fence, std::byte{0xee});
    M::encode_entry(c, x, one.data() + fence);
    M::encode_entry(c, x, two.data() + fence);
    auto const spared = [&](auto const& b, std::byte with) {
      auto const is = [&](std::byte x_) { return x_ == with; };
      return std::all_of(b.begin(), b.begin() + fence, is) && std::all_of(b.end() - fence, b.end(), is);
    };
    auto const expected = what + " to take exactly " + std::to_string(out.size) + " bytes, as announced";
    if (!spared(one, std::byte{0x11}) || !spared(two, std::byte{0xee}))
      return breach(messages_law::sizes_are_exact, expected, "bytes written outside them"), false;
    for (std::size_t i = fence; i < fence + out.size; ++i)
      if (one[i] == std::byte{0x11} && two[i] == std::byte{0xee})
        return breach(messages_law::sizes_are_exact, expected,
                      "that byte " + std::to_string(i - fence) + " was left out"),
               false;
    std::copy_n(one.begin() + fence, out.size, out.at.get());
    if (!std::equal(one.begin() + fence, one.end() - fence, two.begin() + fence))
      breach(messages_law::encodings_do_not_vary, what + " to become the same bytes twice", "other bytes");
    return true;
  }

  void one_command(std::uint64_t n) {
    auto const& c = Fitting::make(n);
    auto const& x = extra_of<Fitting, extra>(n);
    block b{M::entry_size(c, x)};
    if (!encode(c, x, about(n), b)) return;
    auto const fresh = std::make_unique<filled>();
    if (!M::decode_entry(b.bytes(), fresh->c, fresh->x))
      return breach(messages_law::commands_come_back, about(n) + " to come back from its bytes", "no entry");
    if (!same(fresh->c, c))
      breach(messages_law::commands_come_back, about(n) + " to come back", "another command");
    if (!same(fresh->x, x))
      breach(messages_law::extra_fields_come_back, "the extra fields of " + about(n), "others");
    bool const again = M::decode_entry(b.bytes(), used_.c, used_.x);
    if (!again || !same(used_.c, fresh->c) || !same(used_.x, fresh->x))
      breach(messages_law::decoding_replaces_what_was_there, about(n) + " in place of the one before it",
             again ? "something of both" : "no entry");
    kept_ = std::move(b.at); // what was decoded may borrow its bytes
  }

  void noise() {
    block b{static_cast<std::size_t>(any_.below(40))};
    bool const sparse = any_.below(2) == 0; // mostly zeros: what looks like small lengths
    for (auto& byte : std::span{b.at.get(), b.size})
      byte = static_cast<std::byte>(sparse && any_.below(4) != 0 ? 0 : any_());
    auto const taken = std::make_unique<filled>();
    if (!M::decode_entry(b.bytes(), taken->c, taken->x)) return;
    block again{M::entry_size(taken->c, taken->x)};
    if (!encode(taken->c, taken->x, "a command decoded from random bytes", again)) return;
    auto const back = std::make_unique<filled>();
    if (!M::decode_entry(again.bytes(), back->c, back->x) || !same(back->c, taken->c) || !same(back->x, taken->x))
      breach(messages_law::what_is_taken_for_an_entry_is_one,
             "what was decoded from " + std::to_string(b.size) + " random bytes to come back from its own bytes",
             "something else");
  }

  messages_trials trials_;
  sim::stream any_{43, 0};
  conformance result_{};
  std::unique_ptr<std::byte[]> kept_{};
  filled used_{};
};

} // namespace conform_detail

// Tries a Messages policy. `Fitting` makes a command from a number and tells the number of a command, as for the
// simulator (sim/fitting.hpp, command_fitting); if it has an `extra(number)`, that makes the extra fields of an
// entry. What has no == is compared by its number. Bytes to decode lie in heap blocks of exactly their size: under
// the address sanitizer whoever reads past them shows.
template <message_policy M, class Fitting = sim::command_fitting<M>>
conformance check_messages(messages_trials const& trials = {}) {
  return conform_detail::messages_suite<M, Fitting>{trials}.run();
}

} // namespace quorate::check
