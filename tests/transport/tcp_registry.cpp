#include "harness.hpp"

namespace quorate::test {
namespace {

struct fixture {
  asio::io_context io{1};
  party us{io, 1, 3};
  party other{io, 2, 3};
  tcp::hello theirs = hello_from(other, 1);

  std::string objection(std::optional<node_id> dialled = {}) const {
    return tcp::registry{us.options}.objection(theirs, dialled);
  }
};

} // namespace

TEST_CASE_FIXTURE(fixture, "a peer of the configuration is let in, whether it dialled or we did") {
  CHECK(objection().empty());
  CHECK(objection(node_id{2}).empty());
}

TEST_CASE_FIXTURE(fixture, "a node outside the configuration, one that says it is us, and the wrong one are not") {
  CHECK(objection(node_id{3}) == "address mismatch: node 1 looks for node 3 where node 2 is; correct the address "
                                 "of node 3 in the options of node 1");
  theirs.from = node_id{9};
  CHECK(objection() ==
        "node 9 is not in the configuration of node 1; start all nodes with the same list of nodes");
  theirs.from = node_id{1};
  CHECK(objection() == "two nodes both say they are node 1; give each its own id");
}

TEST_CASE_FIXTURE(fixture,
                  "P12: the first store seen is the one, for this process and, through the hook, for later ones") {
  std::map<node_id, store_id> kept;
  us.options.remember = [&](node_id n, store_id s) { kept[n] = s; };
  us.options.remembered = [&](node_id n) {
    auto const at = kept.find(n);
    return at == kept.end() ? std::nullopt : std::optional{at->second};
  };
  tcp::registry first{us.options};
  first.admit(theirs);
  CHECK(kept == std::map<node_id, store_id>{{node_id{2}, store_id{1002}}});
  theirs.store = store_id{5};
  theirs.incarnation = incarnation_id{2};
  auto const why =
      "node 2 has come back with another store than node 1 remembers: what it had acknowledged may be "
      "gone; give it its own disk back, or leave it off";
  CHECK(first.objection(theirs, {}) == why);
  CHECK(tcp::registry{us.options}.objection(theirs, {}) == why);
  kept.clear();
  CHECK(objection().empty());
}

TEST_CASE_FIXTURE(fixture,
                  "an incarnation may come again and may be followed by a higher one, never by a lower one") {
  tcp::registry r{us.options};
  theirs.incarnation = incarnation_id{5};
  r.admit(theirs);
  CHECK(r.objection(theirs, {}).empty());
  theirs.incarnation = incarnation_id{6};
  CHECK(r.objection(theirs, {}).empty());
  theirs.incarnation = incarnation_id{4};
  CHECK(r.objection(theirs, {}) ==
        "node 2 of incarnation 4 was superseded by 5; end the older process, and use no older copy of its disk");
}

TEST_CASE_FIXTURE(fixture, "no objection tells a store, neither theirs nor ours nor the one that is remembered") {
  us.options.store = store_id{0x1111222233334444};
  theirs.store = store_id{0x5555666677778888};
  tcp::registry r{us.options};
  theirs.incarnation = incarnation_id{5};
  r.admit(theirs);
  auto const good = theirs;
  std::vector<std::string> said;
  auto const says = [&](auto const& change, std::optional<node_id> dialled = {}) {
    auto wrong = good;
    change(wrong);
    said.push_back(r.objection(wrong, dialled));
  };
  says([](tcp::hello& h) { h.protocol = "paxos"; });
  says([](tcp::hello& h) { h.protocol_versions = {7, 8}; });
  says([](tcp::hello& h) { h.cluster = cluster_id{1}; });
  says([](tcp::hello& h) { h.command_fingerprint = 1; });
  says([](tcp::hello& h) { h.to = node_id{2}; });
  says([](tcp::hello&) {}, node_id{3});
  says([](tcp::hello& h) { h.from = node_id{1}; });
  says([](tcp::hello& h) { h.from = node_id{9}; });
  says([](tcp::hello& h) { h.store = store_id{0x9999aaaabbbbcccc}; });
  says([](tcp::hello& h) { h.incarnation = incarnation_id{4}; });
  for (auto const& s : said) {
    CAPTURE(s);
    CHECK(s.find("; ") != s.npos); // and each says what to do
    CHECK(s.size() <= tcp::max_record_body_bytes);
    for (std::uint64_t const store : {0x1111222233334444U, 0x5555666677778888U, 0x9999aaaabbbbccccU}) {
      CHECK(s.find(tcp::hex(store)) == s.npos);
      CHECK(s.find(std::to_string(store)) == s.npos);
    }
  }
}

TEST_CASE_FIXTURE(fixture, "strangers are told apart and forgotten in the order they came") {
  tcp::registry r{us.options};
  CHECK(r.is_news("127.0.0.1", "a"));
  CHECK_FALSE(r.is_news("127.0.0.1", "a"));
  CHECK(r.is_news("127.0.0.1", "b"));
  for (int i = 0; i < 62; ++i) CHECK(r.is_news("127.0.0.2", std::to_string(i)));
  CHECK_FALSE(r.is_news("127.0.0.1", "a"));
  CHECK(r.is_news("127.0.0.3", "one too many"));
  CHECK(r.is_news("127.0.0.1", "a"));
}

} // namespace quorate::test
