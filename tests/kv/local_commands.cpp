// What a node answers by itself: as Redis does, and truthfully.
#include "kv/commands.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace kv {
namespace {

using namespace std::string_literals;

// A port of nobody: some connections, and what INFO would tell.
struct fake_port {
  info told{};
  std::vector<client_description> clients{};
  std::vector<std::uint64_t> closed{};

  info report() const { return told; }
  template <class F>
  void each_client(F&& f) const {
    for (auto const& c : clients) f(c);
  }
  void close_client(std::uint64_t id) { closed.push_back(id); }
};

struct fixture {
  fake_port port{};
  host_view host = host_view_of(port);
  limits limit{};
  session me{.id = 7, .limit = &limit, .host = &host};

  fixture() {
    port.told.role = "leader";
    port.told.id = 2;
    port.told.leader = 2;
    port.told.last_index = 100;
    port.told.commit_index = 99;
    port.told.applied_index = 98;
    port.told.peers = {{.id = 1, .host = "10.0.0.1", .port = 7101, .match = 90, .next = 91, .connected = true},
                       {.id = 3, .host = "10.0.0.3", .port = 7103, .match = 5, .next = 6}};
    port.clients = {
        {.id = 7,
         .descriptor = 9,
         .address = "127.0.0.1:5007",
         .local_address = "127.0.0.1:6401",
         .age_seconds = 3},
        {.id = 8, .address = "127.0.0.1:5008", .name = "eight", .last_command = "get", .age_seconds = 100},
        {.id = 9, .address = "127.0.0.1:5009", .age_seconds = 200, .queued = 2}};
  }
  // In RESP, its line ends as blanks.
  std::string ask(std::initializer_list<std::string_view> words) {
    std::vector<std::string_view> const args{words};
    auto const* const c = find_command(args[0]);
    REQUIRE(c != nullptr);
    REQUIRE(c->takes(args.size()));
    std::string reply;
    resp_writer out{reply};
    c->local(me, args, out);
    std::string text;
    for (auto const byte : reply)
      if (byte != '\r') text.push_back(byte == '\n' ? ' ' : byte);
    return text.substr(0, text.size() - 1);
  }
  void follow() {
    port.told.role = "follower";
    port.told.leader = 1;
    for (auto& p : port.told.peers) p.match = p.next = {};
  }
};

TEST_CASE_FIXTURE(fixture, "ROLE of a leader: its index, and the followers that it reaches with what they have") {
  CHECK(ask({"ROLE"}) == "*3 $6 master :100 *1 *3 $8 10.0.0.1 $4 7101 $2 90");
}

TEST_CASE_FIXTURE(fixture,
                  "ROLE of any other node: whom it follows, whether that is heard, and how far it has applied") {
  follow();
  CHECK(ask({"ROLE"}) == "*5 $5 slave $8 10.0.0.1 :7101 $10 connecting :98");
  port.told.peers[0].hearing = true;
  CHECK(ask({"ROLE"}) == "*5 $5 slave $8 10.0.0.1 :7101 $9 connected :98");
  port.told.leader = 0;
  CHECK(ask({"ROLE"}) == "*5 $5 slave $0  :0 $7 connect :98");
}

TEST_CASE_FIXTURE(fixture, "HELLO tells the same role, and the version that INFO tells") {
  CHECK(ask({"HELLO"}).find("$4 role $6 master ") != std::string::npos);
  CHECK(ask({"HELLO"}).find("$7 version $5 7.0.0 ") != std::string::npos);
  CHECK(ask({"INFO", "server"}).find(" redis_version:7.0.0 ") != std::string::npos);
  follow();
  CHECK(ask({"HELLO"}).find("$4 role $7 replica ") != std::string::npos);
  CHECK(ask({"HELLO", "3"}) == "-NOPROTO unsupported protocol version");
}

TEST_CASE_FIXTURE(fixture, "WAIT tells what an acknowledgement means: a majority, this node among it or not") {
  CHECK(ask({"WAIT", "1", "0"}) == ":1");
  CHECK(ask({"WAIT", "2", "100"}) == ":1"); // at once, and not more than is known
  port.told.peers.clear();
  CHECK(ask({"WAIT", "1", "0"}) == ":0");
  port.told.peers.resize(4);
  CHECK(ask({"WAIT", "1", "0"}) == ":2");
  CHECK(ask({"WAIT", "x", "0"}) == "-ERR value is not an integer or out of range");
  CHECK(ask({"WAIT", "0", "-1"}) == "-ERR value is out of range, must be positive");
}

TEST_CASE_FIXTURE(fixture, "CLIENT LIST has a line a connection, in Redis's form") {
  auto const all = ask({"CLIENT", "LIST"});
  CHECK(all.find(
            "id=7 addr=127.0.0.1:5007 laddr=127.0.0.1:6401 fd=9 name= age=3 idle=0 flags=N db=0 sub=0 psub=0 "
            "ssub=0 multi=-1 qbuf=0 qbuf-free=0 argv-mem=0 multi-mem=0 rbs=0 rbp=0 obl=0 oll=0 omem=0 tot-mem=0 "
            "events=r cmd=NULL user=default redir=-1 resp=2 lib-name= lib-ver= id=8 ") != all.npos);
  CHECK(all.find(" name=eight ") != all.npos);
  CHECK(all.find(" cmd=get ") != all.npos);
  CHECK(all.find(" flags=x ") != all.npos);
  CHECK(all.find(" multi=2 ") != all.npos);
  auto const some = ask({"CLIENT", "LIST", "ID", "9", "7", "1000"});
  CHECK((some.find("id=7 ") != some.npos && some.find("id=8 ") == some.npos && some.find("id=9 ") != some.npos));
  CHECK(ask({"CLIENT", "LIST", "TYPE", "normal"}) == all);
  CHECK(ask({"CLIENT", "LIST", "TYPE", "pubsub"}) == "$0 ");
  CHECK(ask({"CLIENT", "LIST", "TYPE", "odd"}) == "-ERR Unknown client type 'odd'");
  CHECK(ask({"CLIENT", "LIST", "ID", "x"}) == "-ERR Invalid client ID");
  CHECK(ask({"CLIENT", "LIST", "MORE"}) == "-ERR syntax error");
  auto const mine = ask({"CLIENT", "INFO"});
  CHECK((mine.find("id=7 ") != mine.npos && mine.find("id=8 ") == mine.npos));
}

TEST_CASE_FIXTURE(fixture,
                  "CLIENT KILL closes those that all filters fit, itself only if asked to, and then answered") {
  using ids = std::vector<std::uint64_t>;
  CHECK(ask({"CLIENT", "KILL", "ID", "8"}) == ":1");
  CHECK(port.closed == ids{8});
  CHECK(ask({"CLIENT", "KILL", "ADDR", "127.0.0.1:5009", "SKIPME", "yes"}) == ":1");
  CHECK(port.closed == ids{8, 9});
  CHECK(ask({"CLIENT", "KILL", "ID", "8", "ADDR", "127.0.0.1:5009"}) == ":0");
  CHECK(ask({"CLIENT", "KILL", "MAXAGE", "150"}) == ":1");
  CHECK(ask({"CLIENT", "KILL", "LADDR", "127.0.0.1:6401"}) == ":0"); // that is this one
  CHECK(ask({"CLIENT", "KILL", "USER", "somebody"}) == ":0");
  CHECK(ask({"CLIENT", "KILL", "TYPE", "pubsub", "TYPE", "normal"}) == ":0");
  CHECK(ask({"CLIENT", "KILL", "127.0.0.1:1"}) == "-ERR No such client");
  CHECK(ask({"CLIENT", "KILL", "127.0.0.1:5008"}) == "+OK");
  CHECK(port.closed == ids{8, 9, 9, 8});
  CHECK(ask({"CLIENT", "KILL", "ID"}) == "-ERR No such client"); // the old form: an address
  CHECK(ask({"CLIENT", "KILL", "ID", "x"}) == "-ERR client-id should be greater than 0");
  CHECK(ask({"CLIENT", "KILL", "ID", "8", "MORE"}) == "-ERR syntax error");
  CHECK(ask({"CLIENT", "KILL", "ODD", "8"}) == "-ERR syntax error");
  CHECK_FALSE(me.quitting);
  CHECK(ask({"CLIENT", "KILL", "TYPE", "normal", "SKIPME", "no"}) == ":3");
  CHECK(me.quitting);
  CHECK(port.closed == ids{8, 9, 9, 8, 8, 9}); // not the one that has its answer to get
}

TEST_CASE_FIXTURE(fixture, "a connection keeps its name and its library's, and RESET forgets the name") {
  CHECK(ask({"CLIENT", "SETNAME", "me"}) == "+OK");
  CHECK(ask({"CLIENT", "SETINFO", "lib-name", "redis-py"}) == "+OK");
  CHECK(ask({"CLIENT", "SETINFO", "LIB-VER", "4.5"}) == "+OK");
  CHECK(me.library_name == "redis-py");
  CHECK(me.library_version == "4.5");
  CHECK(ask({"CLIENT", "SETINFO", "lib-name", "a b"}) ==
        "-ERR lib-name cannot contain spaces, newlines or special characters.");
  CHECK(ask({"CLIENT", "SETINFO", "lib-odd", "x"}) == "-ERR Unrecognized option 'lib-odd'");
  CHECK(ask({"CLIENT", "SETNAME", "a\nb"}).starts_with("-ERR Client names cannot contain"));
  CHECK(ask({"CLIENT", "SETNAME", std::string(257, 'x')}).starts_with("-ERR Client names cannot be longer"));
  CHECK(ask({"CLIENT", "GETNAME"}) == "$2 me");
  CHECK(ask({"RESET"}) == "+RESET");
  CHECK(ask({"CLIENT", "GETNAME"}) == "$-1");
  CHECK(me.library_name == "redis-py");
}

TEST_CASE_FIXTURE(fixture,
                  "a mode of a connection is taken if it changes nothing here, and else refused by name") {
  CHECK(ask({"CLIENT", "NO-TOUCH", "on"}) == "+OK");
  CHECK(ask({"CLIENT", "REPLY", "ON"}) == "+OK");
  CHECK(ask({"CLIENT", "REPLY", "OFF"}) == "-ERR CLIENT REPLY OFF is not supported");
  CHECK(ask({"CLIENT", "NO-EVICT", "on"}) == "-ERR CLIENT NO-EVICT ON is not supported");
  CHECK(ask({"CLIENT", "NO-EVICT", "off"}) == "+OK");
  CHECK(ask({"CLIENT", "TRACKING", "on", "BCAST"}) == "-ERR CLIENT TRACKING ON is not supported");
  CHECK(ask({"CLIENT", "TRACKING", "perhaps"}) == "-ERR syntax error");
  CHECK(ask({"CLIENT", "UNPAUSE"}).starts_with("-ERR unknown subcommand"));
}

TEST_CASE_FIXTURE(fixture, "COMMAND GETKEYS finds the keys where the table has them") {
  CHECK(ask({"COMMAND", "GETKEYS", "GET", "a"}) == "*1 $1 a");
  CHECK(ask({"COMMAND", "GETKEYS", "mset", "a", "1", "b", "2"}) == "*2 $1 a $1 b");
  CHECK(ask({"COMMAND", "GETKEYS", "DEL", "a", "b", "c"}) == "*3 $1 a $1 b $1 c");
  CHECK(ask({"COMMAND", "GETKEYS", "SET", "a", "1", "NX"}) == "*1 $1 a");
  CHECK(ask({"COMMAND", "GETKEYS", "PING"}) == "-ERR The command has no key arguments");
  CHECK(ask({"COMMAND", "GETKEYS", "GET"}) == "-ERR Invalid number of arguments specified for command");
  CHECK(ask({"COMMAND", "GETKEYS", "ODD", "a"}) == "-ERR Invalid command specified");
  CHECK(ask({"COMMAND", "COUNT"}) == ":" + std::to_string(std::size(command_table)));
}

TEST_CASE_FIXTURE(fixture, "CONFIG GET is told the truth, and what can't be set or reset is refused by name") {
  port.told.port = 6401;
  CHECK(ask({"CONFIG", "GET", "maxmemory*"}) == "*4 $9 maxmemory $1 0 $16 maxmemory-policy $10 noeviction");
  CHECK(ask({"CONFIG", "GET", "replica-read-only", "PORT"}) == "*4 $4 port $4 6401 $17 replica-read-only $2 no");
  CHECK(ask({"CONFIG", "GET", "odd"}) == "*0");
  CHECK(ask({"CONFIG", "SET", "maxmemory", "1"}).starts_with("-ERR CONFIG SET and REWRITE are not supported"));
  CHECK(ask({"CONFIG", "RESETSTAT"}).starts_with("-ERR CONFIG RESETSTAT is not supported"));
}

TEST_CASE_FIXTURE(fixture, "what else clients ask at their start") {
  auto const now = ask({"TIME"});
  CHECK(now.starts_with("*2 $10 "));
  CHECK(ask({"READONLY"}) == "+OK");
  CHECK(ask({"READWRITE"}) == "+OK");
  CHECK(ask({"AUTH", "secret"}).starts_with("-ERR AUTH called without any password configured"));
  CHECK(ask({"AUTH", "default", "secret"}).starts_with("-ERR AUTH called without any password configured"));
  CHECK(ask({"HELLO", "2", "AUTH", "default", "secret"}).starts_with("-ERR AUTH called without"));
  CHECK(ask({"CLUSTER", "INFO"}) == "-ERR This instance has cluster support disabled");
  CHECK(ask({"CLUSTER", "SLOTS"}) == "-ERR This instance has cluster support disabled");
}

} // namespace
} // namespace kv
