// Where a state machine's answer goes. The machine writes its answer piece by piece, so that the node whose
// client asked writes it straight in the client's protocol, and the other nodes write it nowhere.
#pragma once

#include "quorate/core/config.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

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
template <reply_sink Out>
inline constexpr bool says_nothing = std::is_same_v<Out, no_reply>;

// Passes on what is said until `left` bytes have been, then an error in the place of bytes that are too many.
template <reply_sink Out>
class limited_reply {
public:
  limited_reply(Out& out, std::size_t most) : out_{out}, left_{most} {}

  std::size_t left() const { return left_; }

  void status(std::string_view text) { out_.status(text); }
  void error(std::string_view text) { out_.error(text); }
  void integer(std::int64_t n) { out_.integer(n); }
  void bulk(std::string_view bytes) {
    if (refuses(bytes.size())) return;
    left_ -= bytes.size();
    out_.bulk(bytes);
  }
  // Whether that many bytes are too many; then their place is taken.
  bool refuses(std::size_t bytes) {
    if (bytes <= left_) return false;
    out_.error("ERR the answer would be too large; the command was carried out all the same");
    return true;
  }
  void nil() { out_.nil(); }
  void array(std::size_t n) { out_.array(n); }

private:
  Out& out_;
  std::size_t left_;
};

} // namespace quorate::service
