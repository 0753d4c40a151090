// Requests in the protocol of Redis's clients. However a connection cuts its bytes, the same requests come of
// them.
#include "fuzz.hpp"

#include "../../examples/kv/resp.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace {

using requests = std::vector<std::vector<std::string>>;

struct reading {
  requests all{};
  std::string error{};
  bool operator==(reading const&) const = default;
};

kv::limits small() {
  kv::limits l;
  l.max_key = 64, l.max_value = 256;
  return l;
}

// Gives the bytes in pieces, as a connection does: `cut(at)` is where the piece that begins at `at` ends.
template <class Cut>
reading read(std::string_view bytes, Cut cut) {
  auto const limits = small();
  kv::request_parser parser{limits};
  reading r;
  std::string waiting;
  for (std::size_t at = 0; at < bytes.size();) {
    auto const end = cut(at);
    waiting.append(bytes.substr(at, end - at));
    at = end;
    for (;;) {
      auto const state = parser.parse(waiting);
      if (state == kv::parsing::incomplete) break;
      if (state == kv::parsing::failed) return r.error = parser.error(), r;
      auto& request = r.all.emplace_back();
      std::size_t held = 0;
      for (auto const a : parser.args()) held += a.size(), request.emplace_back(a);
      quorate::fuzz::must(parser.consumed() > 0 && parser.consumed() <= waiting.size(),
                          "a request ends where bytes are");
      quorate::fuzz::must(held <= parser.consumed(), "arguments come from the request's bytes");
      waiting.erase(0, parser.consumed());
    }
  }
  return r;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  if (size == 0 || size > 4096) return 0;
  quorate::fuzz::input const rest{data + 1, size - 1};
  auto const bytes = rest.text();
  auto const whole = read(bytes, [&](std::size_t) { return bytes.size(); });
  auto const step = std::size_t{1} + data[0] % 7;
  auto const pieces = read(bytes, [&](std::size_t at) { return std::min(bytes.size(), at + step); });
  quorate::fuzz::must(whole == pieces, "the same requests come of the same bytes, however they are cut");
  return 0;
}
