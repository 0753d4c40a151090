// kv: a replicated key-value store on quorate. What it can do, `kv --help` says.
#include "demo.hpp"
#include "options.hpp"
#include "process.hpp"
#include "serve.hpp"
#include "usage.hpp"

#include <asio/ip/tcp.hpp>

#include <fcntl.h>

#include <csignal>
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
  o.snapshot_bytes = f.snapshot_bytes;
  o.transfer_rate = f.transfer_rate;
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

// What is an error of one call must not be the end of the process. A reader of the log, or of the demo's output,
// that has gone (SIGPIPE) and a file at the limit on its size (SIGXFSZ, `ulimit -f`) become errors of write(). And
// where one of the standard descriptors is closed its number would go to the next file that is opened, a part of
// the replicated log perhaps, and what is said there be written into it.
void brace() {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  for (int fd = 0; fd <= 2; ++fd)
    if (::fcntl(fd, F_GETFD) < 0) (void)::open("/dev/null", O_RDWR);
}

int serve_or_demo(std::string_view what, std::span<char const* const> words) {
  brace();
  if (what == "serve") return serve(words);
  std::string error;
  auto const protocol = kv::parse_demo_flags(words, error);
  return protocol ? kv::run_demo(*protocol) : misused(error);
}

} // namespace

int main(int argc, char** argv) {
  std::span<char const* const> const words{argv + 1, static_cast<std::size_t>(argc > 0 ? argc - 1 : 0)};
  if (words.empty()) return std::fputs(kv::usage().c_str(), stderr), 2;
  std::string_view const what = words[0];
  if (flags::is_help(what)) return flags::say(kv::usage());
  if (flags::is_version(what)) return flags::say_version("kv");
  if (what != "serve" && what != "demo")
    return misused("expected serve, demo, --help or --version, but got \"" + std::string{what} +
                   "\"; see kv --help");
  if (flags::asks_help(words)) return flags::say(what == "serve" ? kv::serve_usage() : kv::demo_usage);
  return serve_or_demo(what, words.subspan(1));
}
