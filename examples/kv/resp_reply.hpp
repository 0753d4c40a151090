// RESP2 on the client's side: requests out, replies in.
#pragma once

#include "quorate/service/integer.hpp"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kv {

struct reply {
  enum class type { status, error, integer, bulk, nil, array };
  type kind = type::nil;
  std::string text; // of a status, an error, a bulk string
  std::int64_t integer = 0;
  std::vector<reply> elements;

  bool is_error(std::string_view code = {}) const { return kind == type::error && text.starts_with(code); }
  bool is_ok() const { return kind == type::status && text == "OK"; }
};

// Puts one request at the end of `out`.
inline void write_request(std::string& out, std::initializer_list<std::string_view> words) {
  out.append("*").append(std::to_string(words.size())).append("\r\n");
  for (auto const word : words)
    out.append("$").append(std::to_string(word.size())).append("\r\n").append(word).append("\r\n");
}

enum class reply_state { complete, incomplete, malformed };

namespace reply_detail {

inline reply_state parse(std::string_view in, std::size_t& at, reply& out, int depth) {
  if (depth > 8) return reply_state::malformed;
  auto const end = in.find("\r\n", at);
  if (end == in.npos) return reply_state::incomplete;
  auto const line = in.substr(at, end - at);
  at = end + 2;
  if (line.empty()) return reply_state::malformed;
  auto const text = line.substr(1);
  out = {};
  if (line[0] == '+' || line[0] == '-') {
    out.kind = line[0] == '+' ? reply::type::status : reply::type::error;
    out.text = text;
    return reply_state::complete;
  }
  auto const n = quorate::service::parse_integer<std::int64_t>(text);
  if (!n) return reply_state::malformed;
  if (line[0] == ':') {
    out.kind = reply::type::integer;
    out.integer = *n;
    return reply_state::complete;
  }
  if (*n == -1 && (line[0] == '$' || line[0] == '*')) return reply_state::complete; // nil
  if (*n < 0) return reply_state::malformed;
  if (line[0] == '$') {
    auto const size = static_cast<std::size_t>(*n);
    if (in.size() - at < 2 || in.size() - at - 2 < size) return reply_state::incomplete;
    out.kind = reply::type::bulk;
    out.text = in.substr(at, size);
    at += size + 2;
    return in.substr(at - 2, 2) == "\r\n" ? reply_state::complete : reply_state::malformed;
  }
  if (line[0] != '*') return reply_state::malformed;
  out.kind = reply::type::array;
  for (std::int64_t i = 0; i < *n; ++i) // no reserve: the count may lie
    if (auto const s = parse(in, at, out.elements.emplace_back(), depth + 1); s != reply_state::complete) return s;
  return reply_state::complete;
}

} // namespace reply_detail

// The reply at the front of `in`; when complete, `used` is where the next one begins.
inline reply_state parse_reply(std::string_view in, reply& out, std::size_t& used) {
  std::size_t at = 0;
  auto const state = reply_detail::parse(in, at, out, 0);
  if (state == reply_state::complete) used = at;
  return state;
}

} // namespace kv
