// kv: a replicated key-value store on quorate. What it can do, `kv --help` says.
#include "demo.hpp"
#include "options.hpp"
#include "process.hpp"
#include "serve.hpp"

#include <asio/ip/tcp.hpp>

#include <cstdio>
#include <exception>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace {

int misused(std::string const& why) {
  std::fprintf(stderr, "kv: %s\n", why.c_str());
  return 2;
}

// The address that a name stands for; throws asio::system_error if there is none.
asio::ip::tcp::endpoint resolve(kv::address const& a) {
  asio::error_code not_a_number;
  auto const numeric = asio::ip::make_address(a.host, not_a_number);
  if (!not_a_number) return {numeric, a.port};
  asio::io_context io;
  asio::ip::tcp::resolver resolver{io};
  return *resolver.resolve(asio::ip::tcp::v4(), a.host, std::to_string(a.port)).begin();
}

std::optional<kv::serve_options> options_of(kv::serve_flags const& f, std::string& error) {
  kv::serve_options o;
  o.id = quorate::node_id{f.id};
  o.cluster_id = quorate::cluster_id{f.cluster_id};
  o.data = f.data;
  o.election_timeout = f.election_timeout;
  o.heartbeat = f.heartbeat;
  o.limit = f.limit;
  o.protocol = f.protocol;
  kv::address const* looked_up = &f.listen;
  try {
    o.listen = resolve(f.listen);
    for (auto const& m : f.cluster) {
      looked_up = &m.at;
      o.cluster[quorate::node_id{m.id}] = resolve(m.at);
    }
  } catch (std::exception const& e) {
    error = "can't find out the address of \"" + looked_up->host + "\": " + e.what();
    return std::nullopt;
  }
  return o;
}

int serve(std::span<char const* const> words) {
  std::string error;
  auto const flags = kv::parse_serve_flags(words, error);
  if (!flags) return misused(error);
  if (flags->parent != 0 && !kv::die_with_parent(flags->parent)) return 1;
  auto const options = options_of(*flags, error);
  if (!options) return misused(error);
  return kv::serve(*options);
}

} // namespace

int main(int argc, char** argv) {
  std::span<char const* const> const words{argv + 1, static_cast<std::size_t>(argc > 0 ? argc - 1 : 0)};
  std::string_view const what = words.empty() ? "" : words[0];
  if (what == "serve") {
    for (auto const* word : words)
      if (std::string_view{word} == "--help")
        return std::fwrite(kv::usage.data(), 1, kv::usage.size(), stdout), 0;
    return serve(words.subspan(1));
  }
  if (what == "demo") {
    std::string error;
    auto const protocol = kv::parse_demo_flags(words.subspan(1), error);
    return protocol ? kv::run_demo(*protocol) : misused(error);
  }
  bool const asked = what == "--help" || what == "-h" || what == "help";
  if (!asked && !what.empty())
    return misused("expected serve, demo or --help, but got \"" + std::string{what} + "\"; see kv --help");
  std::fwrite(kv::usage.data(), 1, kv::usage.size(), asked ? stdout : stderr);
  return asked ? 0 : 2;
}
