#include "harness.hpp"

namespace quorate::test {
namespace {

tcp::hello const sample{cluster_id{0x0102030405060708},
                        node_id{2},
                        node_id{3},
                        store_id{0xfedcba9876543210},
                        incarnation_id{9},
                        {4, 6},
                        1u << 20,
                        0x99aabbccddeeff00,
                        0x1122334455667788,
                        "raft"};

std::optional<tcp::hello> reread(std::vector<std::byte> const& b) {
  if (b.size() < tcp::record_head_bytes) return {};
  auto const head = tcp::parse_head(b);
  if (!head || head->kind != tcp::record_kind::hello) return {};
  if (head->body_bytes != b.size() - tcp::record_head_bytes) return {};
  return tcp::parse_hello(std::span{b}.subspan(tcp::record_head_bytes));
}

} // namespace

TEST_CASE("a hello is read back as it was written") {
  CHECK(reread(hello_bytes(sample)) == sample);
  auto anonymous = sample;
  anonymous.protocol.clear();
  CHECK(reread(hello_bytes(anonymous)) == anonymous);
}

TEST_CASE("the first bytes of a hello stay as they are, so that versions can tell each other why not") {
  auto const b = hello_bytes(sample);
  CHECK(text_of(std::span{b}.first(16)) == std::string{"quorate\x1a\x02\x00\x01\x00\x41\x00\x00\x00", 16});
}

TEST_CASE("a hello cut short or with something behind it is no hello") {
  auto const whole = hello_bytes(sample);
  for (std::size_t n = 0; n < whole.size(); ++n) {
    std::vector<std::byte> const cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n));
    CHECK_FALSE(reread(cut));
    if (n < tcp::record_head_bytes) continue;
    std::vector<std::byte> const body(cut.begin() + tcp::record_head_bytes, cut.end());
    CHECK_FALSE(tcp::parse_hello(body));
  }
  std::vector<std::byte> longer(whole.begin() + tcp::record_head_bytes, whole.end());
  longer.push_back(std::byte{});
  CHECK_FALSE(tcp::parse_hello(longer));
}

TEST_CASE("a confirm is read back as it was written, and with another length it is none") {
  auto const b = confirm_bytes(0xfedcba9876543210);
  auto const head = tcp::parse_head(b);
  REQUIRE(head);
  CHECK(head->kind == tcp::record_kind::confirm);
  auto const body = std::span{b}.subspan(tcp::record_head_bytes);
  CHECK(head->body_bytes == body.size());
  CHECK(tcp::parse_confirm(body) == 0xfedcba9876543210);
  for (std::size_t n = 0; n < body.size(); ++n) CHECK_FALSE(tcp::parse_confirm(body.first(n)));
  CHECK_FALSE(tcp::parse_confirm(b));
}

TEST_CASE("a head with a wrong magic, an unknown kind or a body that is too long is not one of ours") {
  auto const good = hello_bytes(sample);
  CHECK(tcp::parse_head(good));
  for (std::size_t at : {0u, 7u, 10u, 11u, 14u, 15u}) {
    auto bad = good;
    bad[at] ^= std::byte{0x40};
    CHECK_FALSE(tcp::parse_head(bad));
  }
  for (unsigned kind = 0; kind < 256; ++kind) {
    auto b = good;
    b[10] = static_cast<std::byte>(kind);
    CHECK(tcp::parse_head(b).has_value() == (kind == 1 || kind == 3 || kind == 4));
  }
}

TEST_CASE("a reason that is too long for a refusal is cut, and one with control characters cannot forge a "
          "log line") {
  std::vector<std::byte> b;
  tcp::put_refusal(b, std::string(5000, 'x'));
  CHECK(b.size() == tcp::record_head_bytes + tcp::max_record_body_bytes);
  CHECK(tcp::parse_head(b));
  CHECK(tcp::printable(std::string_view{"a\nconnected to node 1\x1b[2J"}) == "a?connected to node 1?[2J");
}

TEST_CASE("what must agree is compared, and the reason reads the same on both sides") {
  tcp::hello ours{cluster_id{7}, node_id{1}, node_id{2}, store_id{1}, incarnation_id{1},
                  {1, 3},        100,        77,         0,           "raft"};
  tcp::hello theirs{cluster_id{7}, node_id{2}, node_id{1}, store_id{2}, incarnation_id{5},
                    {3, 5},        200,        77,         9,           "raft"};
  CHECK(tcp::mismatch(theirs, ours).empty());
  auto other = theirs;
  other.cluster = cluster_id{8};
  CHECK(tcp::mismatch(other, ours) ==
        "cluster mismatch: node 2 has 8, node 1 has 7; correct the cluster id, or the address that was dialled");
  other = theirs;
  other.protocol = "paxos";
  CHECK(tcp::mismatch(other, ours) ==
        "protocol mismatch: node 2 has 'paxos', node 1 has 'raft'; start both nodes with the same protocol");
  other = theirs;
  other.protocol_versions = {4, 5};
  CHECK(
      tcp::mismatch(other, ours) ==
      "protocol version mismatch: node 2 has 4 to 5, node 1 has 1 to 3; run builds that have a version in common");
  other = theirs;
  other.command_fingerprint = 0;
  CHECK(tcp::mismatch(other, ours) ==
        "command mismatch: node 2 has the fingerprint 0000000000000000, node 1 has 000000000000004d; run builds "
        "with "
        "the same command and extra fields, and let both call wire_of<replica>::describe");
  other = theirs;
  other.to = node_id{3};
  CHECK(tcp::mismatch(other, ours) == "address mismatch: node 2 looks for node 3 where node 1 is; correct the "
                                      "address of node 3 in the options of node 2");
}

} // namespace quorate::test
