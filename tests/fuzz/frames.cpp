// What comes in by a connection between nodes before and around the messages: the handshake's records, a replica's
// frames, and the operations that its entries carry. The first byte says which.
#include "fuzz.hpp"

#include "quorate/message/hana.hpp"
#include "quorate/raft.hpp"
#include "quorate/replica/wire.hpp"
#include "quorate/service/operation.hpp"
#include "quorate/transport/tcp_hello.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace quorate {
namespace {

bool same(std::vector<std::byte> const& a, std::span<std::byte const> b) { return std::ranges::equal(a, b); }

void check_handshake(std::span<std::byte const> bytes) {
  if (bytes.size() < tcp::record_head_bytes) return;
  auto const head = tcp::parse_head(bytes);
  if (!head) return;
  fuzz::must(head->body_bytes <= tcp::max_record_body_bytes, "a record is as long as records may be");
  auto const body = bytes.subspan(tcp::record_head_bytes);
  if (head->version != tcp::format_version || body.size() != head->body_bytes) return;
  std::vector<std::byte> again;
  if (head->kind == tcp::record_kind::hello) {
    auto const hello = tcp::parse_hello(body);
    if (!hello) return;
    tcp::put_hello(again, *hello);
    fuzz::must(same(again, bytes), "a hello has one encoding");
  } else if (head->kind == tcp::record_kind::confirm) {
    auto const nonce = tcp::parse_confirm(body);
    if (!nonce) return;
    tcp::put_confirm(again, *nonce);
    fuzz::must(same(again, bytes), "a confirm has one encoding");
  }
}

struct note {
  std::uint32_t hops{};
  using fields = field_list<field<"hops", &note::hops>>;
};

// In a replica's place: writes down what it hears, as it would send it.
template <class Extra>
struct listener {
  using wire = wire_messages<raft::node<>>;
  struct messages_type {
    using envelope_extra = Extra;
  };
  std::vector<std::byte> again{};
  Extra extra{};
  bool heard = false;
  member_id said_by{};

  static member_id member_of(node_id) { return no_member; } // it knows nobody, and so doubts nobody
  template <class M>
  void receive(node_id, M const& m, payloads bytes) {
    heard = true;
    fuzz::must(wire_of<listener>::append(again, said_by, m, bytes, extra), "what was heard can be sent");
  }
  template <class M>
  char const* doubt(M const&, payloads) const {
    return nullptr; // receive.cpp has a replica that doubts
  }
};

struct nothing_more {};

template <class Extra>
void check_frame(std::span<std::byte const> bytes) {
  listener<Extra> l;
  if (bytes.size() >= 2)
    l.said_by = member_id{static_cast<std::uint16_t>(std::to_integer<unsigned>(bytes[0]) |
                                                     std::to_integer<unsigned>(bytes[1]) << 8)};
  auto const error = wire_of<listener<Extra>>::deliver(l, node_id{1}, bytes, [&](Extra const& x) { l.extra = x; });
  fuzz::must(l.heard == (error == decode_error::none), "a frame is heard when, and only when, there is no error");
  if (l.heard) fuzz::must(same(l.again, bytes), "a frame has one encoding");
}

void check_operation(std::string_view bytes) {
  auto const op = service::decode_operation(bytes);
  if (!op) return;
  std::string again;
  auto strings = op->arguments;
  service::op_writer out{again, op->code, strings.count(), op->flags, op->numbers[0], op->numbers[1]};
  while (strings.count() > 0) out.string(strings.next());
  fuzz::must(again == bytes, "an operation has one encoding");
}

} // namespace
} // namespace quorate

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace quorate;
  if (size == 0) return 0;
  fuzz::input const rest{data + 1, size - 1};
  switch (data[0] % 4) {
  case 0: return check_handshake(rest.bytes()), 0;
  case 1: return check_frame<nothing_more>(rest.bytes()), 0;
  case 2: return check_frame<note>(rest.bytes()), 0;
  default: return check_operation(rest.text()), 0;
  }
}
