// RESP2, the protocol of Redis's clients, on the server's side: requests in, replies out.
#pragma once

#include "limits.hpp"

#include "quorate/service/integer.hpp"
#include "quorate/service/reply_sink.hpp"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kv {

using arguments = std::span<std::string_view const>;

// Writes replies at the end of a string.
class resp_writer {
public:
  explicit resp_writer(std::string& out) : out_{out} {}

  void status(std::string_view text) { line('+', text); }
  // A reply line cannot hold a line break, and errors repeat what the client sent.
  void error(std::string_view text) {
    auto const from = out_.size() + 1;
    line('-', text);
    for (auto i = from; i + 2 < out_.size(); ++i)
      if (out_[i] == '\r' || out_[i] == '\n') out_[i] = ' ';
  }
  void integer(std::int64_t n) { number(':', n); }
  void bulk(std::string_view bytes) {
    number('$', static_cast<std::int64_t>(bytes.size()));
    out_.append(bytes).append("\r\n");
  }
  void nil() { out_.append("$-1\r\n"); }
  void array(std::size_t n) { number('*', static_cast<std::int64_t>(n)); }
  // Replies that have been written elsewhere.
  void raw(std::string_view replies) { out_.append(replies); }

private:
  void line(char type, std::string_view text) {
    out_.push_back(type);
    out_.append(text).append("\r\n");
  }
  void number(char type, std::int64_t n) {
    char digits[24];
    auto const end = std::to_chars(digits, digits + sizeof digits, n).ptr;
    line(type, {digits, static_cast<std::size_t>(end - digits)});
  }
  std::string& out_;
};
static_assert(quorate::service::reply_sink<resp_writer>);

enum class parsing { incomplete, complete, failed };

// Reads requests from a connection: arrays of bulk strings, and plain lines as one types them into telnet. It
// takes up where it stopped when more bytes have come, and nothing is reserved for a length before its bytes
// are there.
class request_parser {
public:
  explicit request_parser(limits const& l) : max_bulk_{l.max_bulk()}, max_request_{l.max_request()} {}

  // `input` begins with the same request as at the last call, until that was complete. `complete`:
  // arguments() are views into `input` (none for an empty request), and the next request begins consumed()
  // bytes on. `failed`: see error(); the connection cannot be understood any more.
  parsing parse(std::string_view input) {
    if (done_) restart();
    if (input.empty()) return parsing::incomplete;
    auto const result = input.front() == '*' ? parse_array(input) : parse_line(input);
    done_ = result == parsing::complete;
    return result;
  }
  arguments args() const { return arguments_; }
  std::size_t consumed() const { return at_; }
  std::string_view error() const { return error_; }

  // Memory that it keeps from request to request.
  std::size_t bytes() const {
    auto n = pieces_.capacity() * sizeof(piece) + arguments_.capacity() * sizeof(std::string_view);
    for (auto const& w : words_) n += sizeof w + w.capacity();
    return n;
  }
  // Gives back what is more than `most`. Between requests only.
  void shrink(std::size_t most) {
    if (bytes() <= most) return;
    pieces_ = {};
    arguments_ = {};
    words_ = {};
  }

private:
  static constexpr std::size_t max_line = std::size_t{64} << 10;
  static constexpr std::size_t max_number = 32;

  void restart() { *this = request_parser{max_bulk_, max_request_, std::move(pieces_), std::move(arguments_)}; }
  struct piece {
    std::size_t at;
    std::size_t size;
  };
  request_parser(std::size_t bulk, std::size_t request, std::vector<piece> pieces,
                 std::vector<std::string_view> args)
      : max_bulk_{bulk}, max_request_{request}, pieces_{std::move(pieces)}, arguments_{std::move(args)} {
    pieces_.clear();
    arguments_.clear();
  }

  parsing fail(std::string text) {
    error_ = "ERR Protocol error: " + std::move(text);
    return parsing::failed;
  }

  // The number on the line at at_, after one byte of type; moves past the line. Incomplete: nothing moves.
  parsing take_number(std::string_view input, std::int64_t most, std::string_view what, std::int64_t& n) {
    auto const line = input.substr(at_);
    auto const end = line.substr(0, max_number).find('\r');
    if (end == line.npos)
      return line.size() < max_number ? parsing::incomplete : fail("too big " + std::string{what} + " string");
    if (line.size() < end + 2) return parsing::incomplete;
    auto const value = quorate::service::parse_integer<std::int64_t>(line.substr(1, end - 1));
    if (!value || *value > most || line[end + 1] != '\n') return fail("invalid " + std::string{what});
    n = *value;
    at_ += end + 2;
    return parsing::complete;
  }

  parsing parse_array(std::string_view input) {
    if (left_ < 0) {
      // An argument takes five bytes at least, so a larger count could not be kept to.
      auto const most = static_cast<std::int64_t>(max_request_ / 5);
      if (auto const p = take_number(input, most, "multibulk length", left_); p != parsing::complete) return p;
      if (left_ < 0) left_ = 0; // "*-1" is an empty request, too
    }
    while (left_ > 0)
      if (auto const p = parse_bulk(input); p != parsing::complete) return p;
    for (auto const& p : pieces_) arguments_.push_back(input.substr(p.at, p.size));
    return parsing::complete;
  }

  parsing parse_bulk(std::string_view input) {
    if (bulk_ < 0) {
      if (at_ >= input.size()) return parsing::incomplete;
      if (input[at_] != '$') return fail(std::string{"expected '$', got '"} + input[at_] + "'");
      auto const p = take_number(input, static_cast<std::int64_t>(max_bulk_), "bulk length", bulk_);
      if (p != parsing::complete) return p;
      if (bulk_ < 0) return fail("invalid bulk length");
      if (at_ + static_cast<std::size_t>(bulk_) > max_request_) return fail("too big request");
    }
    auto const size = static_cast<std::size_t>(bulk_);
    if (input.size() - at_ < size + 2) return parsing::incomplete;
    if (input[at_ + size] != '\r' || input[at_ + size + 1] != '\n')
      return fail("expected CRLF after a bulk string");
    pieces_.push_back({at_, size});
    at_ += size + 2;
    bulk_ = -1;
    --left_;
    return parsing::complete;
  }

  parsing parse_line(std::string_view input) {
    auto const end = input.find('\n', at_);
    if (end == input.npos) {
      at_ = input.size(); // no need to look there again
      return at_ > max_line ? fail("too big inline request") : parsing::incomplete;
    }
    at_ = end + 1;
    if (end > max_line) return fail("too big inline request");
    if (!split(input.substr(0, end))) return fail("unbalanced quotes in request");
    // A browser that is made to send its request here must not get a command through (as Redis has it).
    if (!arguments_.empty() && (arguments_[0] == "POST" || arguments_[0] == "Host:"))
      return fail("this is not a web server");
    return parsing::complete;
  }

  bool split(std::string_view line);
  bool quoted(std::string_view line, std::size_t& i, std::string& word);

  std::size_t max_bulk_;
  std::size_t max_request_;
  std::size_t at_ = 0;
  std::int64_t left_ = -1; // bulk strings still to come; -1: not known yet
  std::int64_t bulk_ = -1; // the length of the one that is coming; -1: not known yet
  bool done_ = false;
  std::vector<piece> pieces_;
  std::vector<std::string_view> arguments_;
  std::vector<std::string> words_; // of a line: what was quoted is not in the input as it is meant
  std::string error_;
};

// "a\x41\n" or 'a': the word from the quote at line[i] up to the one that closes it, which must end the word.
inline bool request_parser::quoted(std::string_view line, std::size_t& i, std::string& word) {
  constexpr std::string_view escapes = "nrtab";
  constexpr std::string_view meanings = "\n\r\t\a\b";
  auto const quote = line[i++];
  for (; i < line.size(); ++i) {
    if (line[i] == quote) return ++i == line.size() || line[i] == ' ' || line[i] == '\t' || line[i] == '\r';
    if (line[i] != '\\' || i + 1 == line.size()) {
      word.push_back(line[i]);
      continue;
    }
    auto const c = line[++i];
    unsigned code = 0;
    auto const hex = line.substr(i + 1, 2);
    if (quote == '\'') {
      if (c != '\'') word.push_back('\\');
      word.push_back(c);
    } else if (c == 'x' && hex.size() == 2 &&
               std::from_chars(hex.data(), hex.data() + 2, code, 16).ptr == hex.data() + 2) {
      word.push_back(static_cast<char>(code));
      i += 2;
    } else {
      auto const e = escapes.find(c);
      word.push_back(e == escapes.npos ? c : meanings[e]);
    }
  }
  return false;
}

inline bool request_parser::split(std::string_view line) {
  words_.clear();
  constexpr std::string_view blank = " \t\r";
  for (std::size_t i = 0; (i = line.find_first_not_of(blank, i)) != line.npos;) {
    auto& word = words_.emplace_back();
    while (i < line.size() && blank.find(line[i]) == blank.npos) {
      if (line[i] != '"' && line[i] != '\'')
        word.push_back(line[i++]);
      else if (!quoted(line, i, word))
        return false;
    }
  }
  arguments_.assign(words_.begin(), words_.end());
  return true;
}

} // namespace kv
