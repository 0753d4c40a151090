// The longest that all clients of a port of kv together keep its node from its peers: each call of `slice` is one
// client_port::work(), which slice.py has callgrind count by itself. Prints what the clients ask meanwhile.
#include "../tests/kv/local_backend.hpp"

#include <asio/read.hpp>
#include <asio/write.hpp>

#include <cstdio>
#include <deque>
#include <string>
#include <string_view>

extern "C" [[gnu::noinline]] void slice(void (*work)(void*), void* of) { work(of); }
// Called by this, or a compiler makes copies of it under other names.
static void (*const volatile call_slice)(void (*)(void*), void*) = slice;

namespace {

using namespace std::string_literals;
using tcp = asio::ip::tcp;

struct node {
  asio::io_context io{1};
  kv::limits limit{};
  kv::local_backend backend{io};
  kv::client_port<kv::local_backend> port{io, backend, limit, {asio::ip::address_v4::loopback(), 0}};

  node() { backend.port = &port; }
  ~node() { port.abort(); }
  void set(std::string_view key, std::string_view value) {
    std::string op;
    quorate::service::op_writer{op, quorate::service::op_code::set, 2}.string(key).string(value);
    quorate::service::no_reply nobody;
    backend.data.apply(op, nobody);
  }
  void work(char const* name) {
    std::printf("%s\n", name);
    call_slice([](void* of) { static_cast<node*>(of)->port.work(); }, this);
  }
};

std::string request(std::initializer_list<std::string_view> words) {
  std::string r = "*" + std::to_string(words.size()) + "\r\n";
  for (auto const word : words)
    r.append("$").append(std::to_string(word.size())).append("\r\n").append(word).append("\r\n");
  return r;
}
std::string repeated(std::string const& one, std::size_t bytes) {
  std::string all;
  while (all.size() < bytes) all += one;
  return all;
}

// Clients that ask the same, take what comes, and ask again.
void trial(node& n, char const* name, std::string const& asked, std::size_t clients, int slices) {
  std::deque<tcp::socket> all;
  for (std::size_t i = 0; i < clients; ++i) {
    auto& s = all.emplace_back(n.io);
    s.connect(n.port.local_endpoint());
    s.non_blocking(true);
  }
  std::string fetched(1 << 20, ' ');
  std::deque<std::size_t> sent(clients, 0);
  for (int done = 0; done < slices;) {
    for (std::size_t i = 0; i < clients; ++i) {
      asio::error_code ignored;
      sent[i] = (sent[i] + all[i].write_some(asio::buffer(asked) + sent[i], ignored)) % asked.size();
      (void)all[i].read_some(asio::buffer(fetched), ignored);
    }
    for (int k = 0; k < 512 && n.io.poll_one() != 0; ++k) {}
    if (!n.port.pending()) continue;
    n.work(name);
    ++done;
  }
  all.clear();
  while (n.port.clients() > 0) {
    n.io.poll();
    n.port.work();
  }
}

} // namespace

int main() {
  node n;
  std::string const key(60'000, 'a');
  for (int i = 0; i < 200; ++i) n.set(key + std::to_string(i), "v");
  for (int i = 0; i < 20'000; ++i) n.set("small" + std::to_string(i), "v");
  n.set("big", std::string(1'000'000, 'x'));
  auto const worst = "*" + std::string(1000, 'a') + "c";
  trial(n, "port: KEYS over long keys", request({"KEYS", worst}), 4, 30);
  trial(n, "port: KEYS *, 20,000 small keys", request({"KEYS", "small*"}), 4, 30);
  trial(n, "port: SCAN in pipelines", repeated(request({"SCAN", "0", "MATCH", worst, "COUNT", "100"}), 60'000), 4,
        30);
  trial(n, "port: MGET of 7 MB",
        repeated(request({"MGET", "big", "big", "big", "big", "big", "big", "big"}), 2'000), 4, 20);
  trial(n, "port: GET and SET in pipelines", repeated(request({"SET", "a", "1"}) + request({"GET", "a"}), 60'000),
        50, 30);
  trial(n, "port: COMMAND in pipelines", repeated("COMMAND\r\n", 60'000), 20, 30);
  trial(n, "port: INFO in pipelines", repeated("INFO\r\n", 60'000), 20, 30);
  trial(n, "port: CLIENT LIST, 100 clients", repeated("CLIENT LIST\r\n", 60'000), 100, 20);
  return 0;
}
