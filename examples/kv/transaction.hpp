// MULTI, EXEC, DISCARD: the commands of one connection that are kept, and then replicated as one entry.
#pragma once

#include "encoders.hpp"
#include "resp.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace kv {

inline std::string not_in_a_transaction(std::string_view name) {
  return "ERR '" + std::string{name} + "' can't stand between MULTI and EXEC; send it alone";
}

// A transaction is one entry of the log. Its reads are answered as of that entry, and nothing comes between its
// commands. Whether it takes place is decided before it is proposed: one command that is refused spoils all of it,
// as in Redis.
class transaction {
public:
  bool open() const { return open_; }
  // How many commands it has; -1: there is none.
  int queued() const { return open_ ? static_cast<int>(operations_.size()) : -1; }
  // Memory that it holds.
  std::size_t bytes() const { return bytes_ + operations_.capacity() * sizeof(std::string); }

  // What a command of MULTI and its like comes to: an entry to be replicated, or else the reply.
  struct outcome {
    std::string entry{};
    std::string reply{};
  };
  // `name`: multi, exec, discard, watch or unwatch.
  outcome control(std::string_view name) {
    if (name == "multi") return begin();
    if (name == "exec") return end();
    if (name == "discard") return discard();
    if (name == "unwatch" && open_) return spoil(), refused(not_in_a_transaction(name));
    if (name == "unwatch") return watched_ = false, ok();
    return refused("ERR WATCH is not supported; use CAS key expected new, or one command that does it all");
  }

  // A WATCH has come, right or wrong: whoever sent it may go on as if it held.
  void note_watch() { watched_ = true; }

  static constexpr std::string_view too_many = "ERR the transaction would be of more than 2048 keys and commands";
  static_assert(quorate::service::max_keys == 2048, "as the sentence says");
  // A command is part of it. Returns what is wrong with that, or nothing.
  std::string_view add(std::string_view operation, limits const& l) {
    auto const named = quorate::service::key_count(operation);
    keys_ += named > 0 ? named : 1;
    if (keys_ > quorate::service::max_keys) return too_many;
    if (size_ + operation.size() + 16 > l.max_operation())
      return "ERR the transaction would be too large: make it of fewer or smaller commands";
    size_ += operation.size() + 8;
    bytes_ += operation.size() + 32;
    operations_.emplace_back(operation);
    return {};
  }
  // A command of it can't be carried out.
  void spoil() { spoiled_ = spoiled_ || open_; }

  // As on a new connection.
  void reset() { *this = transaction{}; }

private:
  static outcome refused(std::string_view why) {
    outcome o;
    resp_writer{o.reply}.error(why);
    return o;
  }
  static outcome ok() { return {.reply = "+OK\r\n"}; }

  outcome begin() {
    if (open_) return refused("ERR MULTI calls can not be nested");
    open_ = true;
    return ok();
  }
  outcome discard() {
    if (!open_) return refused("ERR DISCARD without MULTI");
    reset();
    return ok();
  }
  outcome end() {
    if (!open_) return refused("ERR EXEC without MULTI");
    auto const was = std::move(*this);
    reset();
    if (was.watched_)
      return refused("EXECABORT Transaction discarded because of the WATCH before it, which is not supported");
    if (was.spoiled_) return refused("EXECABORT Transaction discarded because of previous errors.");
    if (was.operations_.empty()) return {.reply = "*0\r\n"};
    outcome o;
    op_writer w{o.entry, op_code::exec, was.operations_.size()};
    for (auto const& op : was.operations_) w.string(op);
    return o;
  }

  bool open_ = false;
  bool spoiled_ = false; // a command in it was refused
  bool watched_ = false; // WATCH was refused, before it or in it
  std::vector<std::string> operations_;
  std::size_t size_ = 0; // of the entry, about
  std::size_t bytes_ = 0;
  std::uint64_t keys_ = 0;
};

} // namespace kv
