// Where a state machine's answer goes. The machine writes its answer piece by piece, so that the node whose
// client asked writes it straight in the client's protocol, and the other nodes write it nowhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace quorate::service {

// | expression       | meaning                                                                    |
// | out.status(text) | done; text is a word such as OK                                            |
// | out.error(text)  | not done; text begins with a code word such as ERR; one line               |
// | out.integer(n)   | a number                                                                   |
// | out.bulk(bytes)  | bytes, any                                                                 |
// | out.nil()        | nothing there                                                              |
// | out.array(n)     | the n answers that are written next belong together; arrays may nest       |
//
// One call makes one answer, but for array, which takes the next n with it.
template <class S>
concept reply_sink = requires(S& out, std::string_view text, std::int64_t n, std::size_t count) {
  out.status(text);
  out.error(text);
  out.integer(n);
  out.bulk(text);
  out.nil();
  out.array(count);
};

// For the nodes whose client did not ask.
struct no_reply {
  constexpr void status(std::string_view) {}
  constexpr void error(std::string_view) {}
  constexpr void integer(std::int64_t) {}
  constexpr void bulk(std::string_view) {}
  constexpr void nil() {}
  constexpr void array(std::size_t) {}
};
static_assert(reply_sink<no_reply>);

} // namespace quorate::service
