#include "kv/usage.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <regex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kv {
namespace {

using words = std::vector<char const*>;

words const enough = {
    "--id",           "2",      "--cluster", "1=127.0.0.1:7101,2=localhost:7102,3=[::1]:7103", "--listen",
    "127.0.0.1:6402", "--data", "there"};

std::string complaint(words const& w) {
  std::string error;
  return parse_serve_flags(w, error) ? "" : error;
}
std::string complaint_with(std::initializer_list<char const*> more) {
  auto w = enough;
  w.insert(w.end(), more);
  return complaint(w);
}

std::string complaint_instead(std::string const& flag, char const* value) {
  auto w = enough;
  for (std::size_t i = 0; i < w.size(); i += 2)
    if (flag == w[i]) w[i + 1] = value;
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
  CHECK(o->listen.text() == "127.0.0.1:6402");
  CHECK(o->data == "there");
  CHECK(o->limit.max_value == 5);
  CHECK(o->limit.max_key == 6);
  CHECK(o->election_timeout.count() == 700);
  CHECK(o->heartbeat.count() == 70);
  CHECK(o->limit.request_timeout.count() == 8000);
  CHECK(o->cluster_id == 99);
  CHECK(o->parent == 0);
  CHECK_FALSE(o->insecure);
}

TEST_CASE("what is wrong with a flag is said in words: what was expected, and what came") {
  CHECK(complaint({}).starts_with("--id is missing"));
  CHECK(complaint({"--id"}) == "--id: expected a value behind it, but nothing came");
  for (auto const* const stranger : {"--frob", "--frob=1", "frob", "-h7", "--"})
    CHECK(complaint_with({stranger}) ==
          "\"" + std::string{stranger} + "\" is no flag of kv serve; see kv serve --help");
  CHECK(complaint({"--id", "0"}) == "--id: expected a number from 1 to 4294967295, but got \"0\"");
  CHECK(complaint_instead("--id", "4").starts_with("--id: expected a node of --cluster, but 4"));
  CHECK(complaint({"--listen", "6401"}).starts_with("--listen: expected HOST:PORT"));
  CHECK(complaint({"--listen", "h:65536"}).starts_with("--listen: expected HOST:PORT"));
  CHECK(complaint({"--cluster", "1"}).starts_with("--cluster: expected N=HOST:PORT"));
  CHECK(complaint({"--cluster", "1=a:1,1=b:2"}).starts_with("--cluster: node 1 is named twice"));
  CHECK(complaint({"--cluster", "2=a:0"}).starts_with("--cluster: expected a port"));
  CHECK(complaint({"--cluster", ""}).starts_with("--cluster: expected 1 to 7 nodes"));
  CHECK(complaint_with({"--heartbeat", "300"}).starts_with("--heartbeat: expected at most half"));
  CHECK(complaint_with({"--max-value", "99999999999"}).starts_with("--max-value: expected a number"));
}

TEST_CASE("a flag that comes twice is refused, in whatever form and place") {
  CHECK(complaint_with({"--id", "2"}) == "--id: expected once, but it came twice");
  CHECK(complaint_with({"--heartbeat", "50", "--max-key=5", "--heartbeat=50"}) ==
        "--heartbeat: expected once, but it came twice");
  for (auto const table : {std::span<options_detail::serve_flag const>{options_detail::needed_flags},
                           std::span<options_detail::serve_flag const>{options_detail::optional_flags}})
    for (auto const& f : table) {
      std::string const name{f.name};
      auto const good = name == "--cluster"         ? "1=h:1"
                        : name == "--listen"        ? "h:1"
                        : name == "--protocol"      ? "raft"
                        : name == "--client-memory" ? "99999999" // no less than 16 MiB
                                                    : "11";
      words const twice =
          f.value.empty() ? words{name.c_str(), name.c_str()} : words{name.c_str(), good, name.c_str(), good};
      CHECK(complaint(twice) == name + ": expected once, but it came twice");
    }
  std::string error;
  words const twice{"--protocol", "raft", "--protocol", "raft"};
  CHECK_FALSE(parse_demo_flags(twice, error));
  CHECK(error == "--protocol: expected once, but it came twice");
}

TEST_CASE("an address that other machines may reach is refused without --insecure, and the reason is told") {
  auto const told = [](std::string const& flag, std::string const& at, std::string const& whom) {
    return flag +
           ": expected an address that only this machine reaches (127.0.0.0/8, ::1 or localhost), but got \"" +
           at + "\": kv asks for no key yet, so whoever can reach that port can speak as " + whom +
           "; take such an address, or, in a network where you trust everybody, add --insecure";
  };
  for (std::string const host :
       {"0.0.0.0", "10.0.0.1", "128.0.0.1", "126.255.255.255", "::", "fe80::1", "example.org",
        "localhost.example.org", "127.0.0.1.example.org", "::ffff:10.0.0.1"}) {
    CAPTURE(host);
    auto const written = host.find(':') == host.npos ? host : "[" + host + "]";
    auto const listen = written + ":6402";
    CHECK(complaint_instead("--listen", listen.c_str()) == told("--listen", host + ":6402", "a client"));
    auto const cluster = "1=127.0.0.1:7101,2=" + written + ":7102";
    CHECK(complaint_instead("--cluster", cluster.c_str()) ==
          told("--cluster", host + ":7102", "a node of the cluster"));
    auto insecure = enough;
    insecure[3] = cluster.c_str();
    insecure[5] = listen.c_str();
    insecure.push_back("--insecure");
    CHECK(complaint(insecure) == "");
  }
  for (auto const* const host : {"127.0.0.1", "127.255.255.254", "[::1]", "localhost"}) {
    CAPTURE(host);
    auto const at = std::string{host} + ":7102";
    CHECK(complaint_instead("--listen", at.c_str()) == "");
    CHECK(complaint_instead("--cluster", ("2=" + at).c_str()) == "");
  }
  CHECK(complaint_instead("--cluster", "1=10.0.0.1:7101,2=localhost:7102") == ""); // it is the others' own to say
  CHECK(complaint_with({"--insecure=yes"}) == "--insecure: expected no value, but got \"yes\"");
}

TEST_CASE("every number is refused outside of its range, which is told, and taken at its ends") {
  struct range {
    char const* flag;
    char const *below, *least, *most, *above;
  };
  for (auto const& n :
       {range{"--max-key", "0", "1", "1048576", "1048577"}, range{"--max-value", "0", "1", "8388608", "8388609"},
        range{"--election-timeout", "9", "10", "600000", "600001"},
        range{"--heartbeat", "0", "1", "300000", "600001"},
        range{"--request-timeout", "9", "10", "600000", "600001"},
        range{"--cluster-id", "0", "1", "18446744073709551615", "18446744073709551616"}}) {
    CAPTURE(n.flag);
    auto const told = std::string{n.flag} + ": expected a number from " + n.least + " to ";
    for (auto const* const wrong : {n.below, n.above, "-1", "", "1x", "99999999999999999999999"})
      CHECK(complaint_with({n.flag, wrong}).starts_with(told));
    std::string_view const flag = n.flag;
    if (flag == "--election-timeout" || flag == "--heartbeat") continue; // the two hang together
    CHECK(complaint_with({n.flag, n.least}) == "");
    CHECK(complaint_with({n.flag, n.most}) == "");
  }
  CHECK(complaint_with({"--election-timeout", "10", "--heartbeat", "1"}) == "");
  CHECK(complaint_with({"--election-timeout", "10", "--heartbeat", "5"}) == "");
  CHECK(complaint_with({"--election-timeout", "600000", "--heartbeat", "300000"}) == "");
  CHECK(complaint_with({"--election-timeout", "10", "--heartbeat", "6"}) ==
        "--heartbeat: expected at most half of --election-timeout (10 ms), but got 6 ms; lower it, or raise the "
        "other");
}

TEST_CASE("the demo takes a protocol, in either form") {
  std::string error;
  CHECK(parse_demo_flags(words{}, error) == protocol::raft);
  CHECK(parse_demo_flags(words{"--protocol=multi-paxos"}, error) == protocol::multi_paxos);
  CHECK_FALSE(parse_demo_flags(words{"--protocol"}, error));
  CHECK(error == "--protocol: expected a value behind it, but nothing came");
  CHECK_FALSE(parse_demo_flags(words{"--nodes", "3"}, error));
  CHECK(error == "\"--nodes\" is no flag of kv demo; see kv demo --help");
}

TEST_CASE("the help has every flag that is for users, and every command, with what it does") {
  auto const text = usage();
  for (auto const table : {std::span<options_detail::serve_flag const>{options_detail::needed_flags},
                           std::span<options_detail::serve_flag const>{options_detail::optional_flags}})
    for (auto const& f : table)
      CHECK((text.find("\n  " + std::string{f.name} + " ") != text.npos) == !f.help.empty());
  for (auto const& c : command_table) {
    CHECK(text.find("\n  " + capital_letters(c.name) + " ") != text.npos);
    CHECK(text.find(" " + std::string{c.summary} + "\n") != text.npos);
  }
}

TEST_CASE("README lists the commands that there are, in the order of the alphabet") {
  std::ifstream in{QUORATE_README};
  std::string const page{std::istreambuf_iterator<char>{in}, {}};
  auto const begin = page.find("\nCommands, which `kv --help` explains: ");
  REQUIRE(begin != page.npos);
  auto const paragraph = page.substr(begin, page.find("\n\n", begin) - begin);
  std::vector<std::string> told;
  std::regex const name{"`([A-Z]+)`"};
  for (std::sregex_iterator at{paragraph.begin(), paragraph.end(), name}, end; at != end; ++at)
    told.push_back((*at)[1]);
  std::vector<std::string> there;
  for (auto const& c : command_table) there.push_back(capital_letters(c.name));
  std::sort(there.begin(), there.end());
  CHECK(told == there);
}

} // namespace
} // namespace kv
