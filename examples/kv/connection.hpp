// One client's connection: bytes in, requests to the queue, replies out.
#pragma once

#include "client_bytes.hpp"
#include "commands.hpp"
#include "request_queue.hpp"
#include "resp.hpp"
#include "transaction.hpp"

#include <asio/buffer.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/write.hpp>

#include <charconv>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace kv {

// HOST:PORT, with the brackets that an IPv6 address needs. CLIENT LIST asks this of thousands at once, and the
// system takes 2,000 instructions for four numbers.
inline std::string text_of(asio::ip::tcp::endpoint const& e) {
  if (e.address().is_v6()) return "[" + e.address().to_string() + "]:" + std::to_string(e.port());
  std::string text;
  text.reserve(24); // for a list of thousands nothing is done twice
  auto const append = [&](auto number) {
    char digits[8];
    text.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
  };
  for (auto const byte : e.address().to_v4().to_bytes()) {
    append(byte);
    text.push_back('.');
  }
  text.back() = ':';
  append(e.port());
  return text;
}

// `Port` is the client_port: connections live in its table, and the handlers that are under way keep them alive.
// Handlers only note what has happened; all work is done in work(), of which the port gives each connection its
// share. The socket is read only while there is room for what it may bring; an idle connection holds no buffer.
template <class Port>
class connection : public std::enable_shared_from_this<connection<Port>> {
public:
  using socket = asio::ip::tcp::socket;
  using clock = request_queue::clock;

  connection(Port& port, std::uint32_t id, socket s)
      : port_{port}, id_{id}, socket_{std::move(s)}, parser_{port.limit()}, queue_{port.limit()},
        heard_{port.now()}, began_{heard_} {
    session_.id = id;
    session_.limit = &port.limit();
    session_.host = &port.host();
    asio::error_code gone;
    remote_ = socket_.remote_endpoint(gone);
    local_ = socket_.local_endpoint(gone);
  }

  std::uint32_t id() const { return id_; }
  request_queue& queue() { return queue_; }
  client_description describe() {
    auto const seconds = [now = clock::now()](clock::time_point t) {
      return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(now - t).count());
    };
    return {.id = id_,
            .descriptor = socket_.native_handle(),
            .address = text_of(remote_),
            .local_address = text_of(local_),
            .name = session_.name,
            .library_name = session_.library_name,
            .library_version = session_.library_version,
            .last_command = session_.last_command,
            .age_seconds = seconds(began_),
            .idle_seconds = seconds(heard_),
            .queued = transaction_.queued(),
            .query_bytes = kept_.size(),
            .reply_bytes = out_.size() + sent_.size() + queue_.reply_bytes(),
            .memory_bytes = bytes_.all()};
  }
  bool busy() const { return !queue_.empty() || lingering_; }
  bool listed = false;    // the port's: it is on a list of those that have work
  bool operating = false; // let in beyond the clients: may only look

  void start() {
    account();
    await();
  }

  // Reads no more; closes when everything has been answered.
  void finish() {
    ending_ = true;
    port_.touch(*this);
  }

  void close() {
    if (closed_) return;
    closed_ = true;
    asio::error_code ignored;
    socket_.close(ignored);
    port_.forget(*this);
    if (!working_) let_go();
  }
  bool closed() const { return closed_; }

  // Sends what may be sent, submits what may be submitted, reads if there is room. False: the budget is used up,
  // and there is more to do.
  bool work(slice_budget& budget) {
    if (closed_) return true;
    working_ = true;
    bool const all = work_on(budget);
    working_ = false;
    if (closed_) let_go();
    return all;
  }

  // From time to time while busy().
  void tick(clock::time_point now) {
    if (lingering_ && now >= linger_until_) return close();
    if (queue_.empty()) return;
    queue_.expire(now);
    queue_.retry_held();
    port_.touch(*this);
  }

  // Neither has a request come nor a reply gone since then, and it is the client's turn.
  bool idle_since(clock::time_point then) const {
    bool const waits_for_us = !queue_.empty() && out_.empty() && !sending_;
    return heard_ <= then && !waits_for_us;
  }

  client_bytes const& bytes() const { return bytes_; }
  // Tells the port what this connection holds now, which may close it, or another.
  void account() {
    if (closed_) return;
    auto const before = bytes_;
    auto const replies = queue_.reply_bytes();
    bytes_ = {own_bytes, kept_.capacity() + parser_.bytes() + transaction_.bytes(), queue_.bytes() - replies,
              replies + out_.capacity() + sent_.capacity()};
    port_.account(before, bytes_);
  }

  static constexpr std::size_t own_bytes = 4096; // with what the socket, the queue and the tables hold for it

private:
  static constexpr std::size_t max_unsent = std::size_t{1} << 20;
  static constexpr std::size_t max_idle = std::size_t{64} << 10; // what a buffer may keep when it is empty
  static constexpr std::size_t few_bytes = 4096;                 // and when nothing at all is under way

  auto self() { return this->shared_from_this(); }
  // What a closed connection holds: a handler that is under way would keep it for a while.
  void let_go() {
    queue_ = request_queue{port_.limit()};
    transaction_.reset();
    for (auto* const s : {&kept_, &out_, &sent_})
      std::string{}.swap(*s); // no operation reads from a closed socket's
    parser_.shrink(0);
  }
  // An idle connection holds no buffer.
  void shrink() {
    if (sending_ || !queue_.empty() || !out_.empty()) return;
    for (auto* const s : {&out_, &sent_})
      if (s->capacity() > few_bytes) std::string{}.swap(*s);
    if (!kept_.empty()) return;
    if (kept_.capacity() > few_bytes) std::string{}.swap(kept_);
    parser_.shrink(few_bytes);
  }

  bool work_on(slice_budget& budget) {
    bool const read_all = take_requests(budget);
    if (closed_) return true;
    port_.submit(*this);
    bool const answered_all = queue_.advance(port_.store(), out_, max_unsent, budget);
    if (answered_all) port_.submit(*this); // what waited for values
    if (!sending_ && !out_.empty()) send();
    shrink();
    account();
    if (closed_) return true;
    if (ending_ && queue_.empty() && out_.empty() && !sending_) return linger(), true;
    await();
    return read_all && answered_all;
  }
  bool full() const {
    return queue_.size() >= port_.limit().max_outstanding ||
           queue_.bytes() + out_.size() + sent_.size() >= port_.limit().max_buffered;
  }

  void await() {
    if (waiting_ || readable_ || closed_ || (!lingering_ && (ending_ || full()))) return;
    waiting_ = true;
    socket_.async_wait(socket::wait_read, [me = self()](asio::error_code error) {
      me->waiting_ = false;
      if (error) return me->close();
      me->readable_ = true;
      me->port_.touch(*me);
    });
  }

  // Goes through the requests that have come, as far as there is room. False: the budget is used up.
  bool take_requests(slice_budget& budget) {
    if (stalled_ && !take(budget)) return false;
    if (!readable_ || stalled_ || (full() && !lingering_)) return true;
    readable_ = false;
    asio::error_code error;
    auto const room = asio::buffer(port_.scratch());
    auto const n = socket_.read_some(room, error);
    budget.charge(cost::request + cost::of_bytes(n));
    if (error == asio::error::would_block || error == asio::error::try_again) return true;
    if (!error) heard_ = port_.now();
    if (lingering_) return error ? close() : void(), true;
    if (error == asio::error::eof) return ending_ = true;
    if (error) return close(), true;
    if (ending_) return true;
    return take(budget, {static_cast<char const*>(room.data()), n});
  }

  // The requests in what was kept and what has come now. False: the budget is used up.
  bool take(slice_budget& budget, std::string_view fresh = {}) {
    if (!kept_.empty()) kept_.append(fresh);
    auto rest = kept_.empty() ? fresh : std::string_view{kept_};
    auto const now = port_.now();
    while (!ending_ && !full() && budget.left > 0) {
      auto const result = parser_.parse(rest);
      if (result == parsing::incomplete) break;
      if (result == parsing::failed) {
        answer([&](resp_writer& out) { out.error(parser_.error()); });
        ending_ = true;
        break;
      }
      auto const before = queue_.reply_bytes();
      if (!parser_.args().empty()) carry_out(parser_.args(), now);
      budget.charge(cost::request + cost::of_bytes(parser_.consumed()) +
                    cost::of_text(queue_.reply_bytes() - before) + std::exchange(visits_, 0) * cost::visit);
      rest.remove_prefix(parser_.consumed());
    }
    stalled_ = !ending_ && !rest.empty() && (full() || budget.left == 0);
    keep(rest);
    return !stalled_ || full();
  }

  // `rest` is the end of kept_ or, if that is empty, of what has just come.
  void keep(std::string_view rest) {
    if (ending_) rest = {};
    if (kept_.empty())
      kept_.assign(rest);
    else
      kept_.erase(0, kept_.size() - rest.size());
    if (!kept_.empty()) return;
    if (kept_.capacity() > max_idle) std::string{}.swap(kept_);
    parser_.shrink(max_idle);
  }

  template <class Write>
  void answer(Write&& write) {
    std::string reply;
    resp_writer out{reply};
    write(out);
    queue_.push_reply(std::move(reply));
  }
  void answer_error(std::string_view text) {
    answer([&](resp_writer& out) { out.error(text); });
  }

  void carry_out(arguments args, clock::time_point now) {
    port_.count_command();
    auto const* const c = find_command(args[0]);
    if (c == nullptr) return refuse(unknown_command(args));
    if (c->name == "watch") transaction_.note_watch();
    if (!c->takes(args.size())) return refuse(wrong_number_of_arguments(c->name));
    session_.last_command = c->name;
    if (c->keys(args.size()) > quorate::service::max_keys) return refuse(too_many_keys(c->name));
    if (c->looks() && args.size() > max_words) return refuse(too_many_words(c->name));
    if (operating && !port_.admit(*this) && !c->looks()) return refuse(only_looking);
    switch (c->kind) {
    case command_kind::transaction: return control(*c, now);
    case command_kind::local:
      if (c->leaves_transaction()) transaction_.reset();
      if (transaction_.open() && c->encode == nullptr) return refuse(not_in_a_transaction(c->name));
      if (!transaction_.open()) return answer_here(*c, args);
      break;
    default: break;
    }
    std::string operation;
    encoding e{port_.limit(), operation};
    if (c->encode(args, e) && operation.size() > port_.limit().max_operation())
      e.fail("ERR the request is too large: send fewer keys at a time");
    if (!e.error.empty()) return refuse(e.error);
    if (transaction_.open()) return add_to_transaction(*c, operation);
    auto const kind = c->kind == command_kind::write ? request_queue::kind::write : request_queue::kind::read;
    queue_.push(kind, std::move(operation), now);
  }
  // What can't be carried out spoils the transaction that it stands in.
  void refuse(std::string_view text) {
    transaction_.spoil();
    answer_error(text);
  }
  void answer_here(command const& c, arguments args) {
    if (c.local == answers::client) visits_ = port_.clients(); // it may look at all of them
    answer([&](resp_writer& out) { c.local(session_, args, out); });
    if (session_.quitting) ending_ = true;
  }

  // MULTI, EXEC, DISCARD, WATCH, UNWATCH.
  void control(command const& c, clock::time_point now) {
    auto const what = transaction_.control(c.name);
    if (what.entry.empty()) return answer([&](resp_writer& out) { out.raw(what.reply); });
    queue_.push(request_queue::kind::write, std::string{what.entry}, now);
  }
  void add_to_transaction(command const& c, std::string_view operation) {
    if (quorate::service::is_walk(static_cast<op_code>(operation.front())))
      return refuse(not_in_a_transaction(c.name));
    auto const wrong = transaction_.add(operation, port_.limit());
    if (!wrong.empty()) return refuse(wrong);
    answer([](resp_writer& out) { out.status("QUEUED"); });
  }

  void send() {
    sending_ = true;
    sent_.swap(out_);
    // A slow client that fetches is not idle.
    auto const fetched = [me = self()](asio::error_code error, std::size_t n) {
      if (n > 0) me->heard_ = me->port_.now();
      return asio::transfer_all()(error, n);
    };
    asio::async_write(socket_, asio::buffer(sent_), fetched, [me = self()](asio::error_code error, std::size_t) {
      me->sending_ = false;
      me->sent_.clear();
      if (me->sent_.capacity() > max_idle) std::string{}.swap(me->sent_);
      if (error) return me->close();
      me->port_.touch(*me);
    });
  }

  // A socket that is closed over unread bytes is reset, and the client may lose our last words. So we say
  // that we have finished and throw away what still comes, for a moment.
  void linger() {
    if (lingering_) return await();
    lingering_ = true;
    linger_until_ = port_.now() + std::chrono::milliseconds{500};
    asio::error_code ignored;
    socket_.shutdown(socket::shutdown_send, ignored);
    port_.touch(*this);
    await();
  }

  Port& port_;
  std::uint32_t id_;
  socket socket_;
  request_parser parser_;
  request_queue queue_;
  session session_;
  transaction transaction_;
  std::uint64_t visits_ = 0; // connections that a command has looked at, until that is charged
  std::string kept_;         // read but not yet understood
  std::string out_;          // to be sent next
  std::string sent_;         // being sent
  client_bytes bytes_{};
  bool waiting_ = false;  // for the socket to be readable
  bool readable_ = false; // it is
  bool sending_ = false;
  bool stalled_ = false; // requests in kept_ wait for room, or for the next slice
  bool ending_ = false;
  bool lingering_ = false;
  bool closed_ = false;
  bool working_ = false;
  clock::time_point heard_; // when something came, or went
  clock::time_point began_;
  clock::time_point linger_until_{};
  asio::ip::tcp::endpoint remote_{}; // asked once: each question is a system call
  asio::ip::tcp::endpoint local_{};
};

} // namespace kv
