#include "kv/options.hpp"

#include <doctest/doctest.h>

#include <initializer_list>
#include <string>
#include <vector>

namespace kv {
namespace {

using words = std::vector<char const*>;

words const enough = {
    "--id",         "2",      "--cluster", "1=127.0.0.1:7101,2=localhost:7102,3=[::1]:7103", "--listen",
    "0.0.0.0:6402", "--data", "there"};

std::string complaint(words const& w) {
  std::string error;
  return parse_serve_flags(w, error) ? "" : error;
}
std::string complaint_with(std::initializer_list<char const*> more) {
  auto w = enough;
  w.insert(w.end(), more);
  return complaint(w);
}

TEST_CASE("serve's flags become what they say") {
  auto w = enough;
  w.insert(w.end(), {"--max-value=5", "--max-key", "6", "--election-timeout", "700", "--heartbeat=70",
                     "--request-timeout", "8000", "--cluster-id", "99"});
  std::string error;
  auto const o = parse_serve_flags(w, error);
  REQUIRE(o);
  CHECK(o->id == 2);
  REQUIRE(o->cluster.size() == 3);
  CHECK(o->cluster[1].id == 2);
  CHECK(o->cluster[1].at.text() == "localhost:7102");
  CHECK(o->listen.text() == "0.0.0.0:6402");
  CHECK(o->data == "there");
  CHECK(o->limit.max_value == 5);
  CHECK(o->limit.max_key == 6);
  CHECK(o->election_timeout.count() == 700);
  CHECK(o->heartbeat.count() == 70);
  CHECK(o->limit.request_timeout.count() == 8000);
  CHECK(o->cluster_id == 99);
  CHECK(o->parent == 0);
}

TEST_CASE("what is wrong with a flag is said in words: what was expected, and what came") {
  CHECK(complaint({}).starts_with("--id is missing"));
  CHECK(complaint({"--id"}) == "--id: expected a value behind it, but nothing came");
  CHECK(complaint_with({"--frob", "1"}).starts_with("\"--frob\" is no flag"));
  CHECK(complaint_with({"--id", "0"}) == "--id: expected a number from 1 to 4294967295, but got \"0\"");
  CHECK(complaint_with({"--id", "4"}).starts_with("--id: expected a node of --cluster, but 4"));
  CHECK(complaint_with({"--listen", "6401"}).starts_with("--listen: expected HOST:PORT"));
  CHECK(complaint_with({"--listen", "h:65536"}).starts_with("--listen: expected HOST:PORT"));
  CHECK(complaint_with({"--cluster", "1"}).starts_with("--cluster: expected N=HOST:PORT"));
  CHECK(complaint_with({"--cluster", "1=a:1,1=b:2"}).starts_with("--cluster: node 1 is named twice"));
  CHECK(complaint_with({"--cluster", "2=a:0"}).starts_with("--cluster: expected a port"));
  CHECK(complaint_with({"--cluster", ""}).starts_with("--cluster: expected 1 to 7 nodes"));
  CHECK(complaint_with({"--heartbeat", "300"}).starts_with("--heartbeat: expected at most half"));
  CHECK(complaint_with({"--max-value", "99999999999"}).starts_with("--max-value: expected a number"));
}

} // namespace
} // namespace kv
