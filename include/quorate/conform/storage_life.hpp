// One store's life under the storage suite: random calls, each followed by a look at all that the storage shows;
// closings, power cuts and failed operations, each followed by a look at what is left.
#pragma once

#include "quorate/conform/place.hpp"
#include "quorate/conform/report.hpp"
#include "quorate/conform/storage_look.hpp"
#include "quorate/conform/store_model.hpp"
#include "quorate/sim/random.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace quorate::check::conform_detail {

template <store_place Place>
class storage_life {
public:
  storage_life(Place& place, std::uint64_t seed, conformance& out)
      : place_{place}, any_{seed, 2}, out_{out}, look_{model_, [this](auto law, auto expected, auto came) {
                                                         breach(law, std::move(expected), std::move(came));
                                                       }} {}

  // Whether no law was broken so far; then a call may still have failed because it was made to.
  bool sound() const { return sound_; }
  bool reported() const { return reported_; }

  // The first opening, or the next one; false: it is not open.
  bool open() {
    call("open");
    pending_.reset();
    store_ = place_.open();
    if (store_ == nullptr) {
      if (place_has_failed())
        reported_ = true;
      else
        breach(storage_law::stores_open_again, "the store to open", "that it does not");
      return false;
    }
    look_.at(store_);
    look_.blame(storage_law::writes_show_at_once);
    writes_ = {}, held_.reset();
    return identity_ ? reopened() : opened_first();
  }
  void live(std::uint64_t steps) {
    for (; steps > 0 && going(); --steps) {
      any_step();
      if (going()) look();
    }
  }
  // The k-th operation fails; 0: none.
  void fail_at(std::uint64_t k) {
    if constexpr (place_fails<Place>) {
      call(k == 0 ? "operations succeed again" : "operation " + std::to_string(k) + " from here is to fail");
      place_.fail_at(k);
    }
    reported_ = false;
  }
  bool place_has_failed() const {
    if constexpr (place_fails<Place>)
      return place_.failed();
    else
      return false;
  }
  void check_reported() {
    if (sound_ && place_has_failed() && !reported_)
      breach(storage_law::failures_are_reported,
             "an operation that fails to be reported by the call that needed it", "success of all calls");
  }
  // The end of a process, or of its machine's power.
  void end(bool power, std::uint64_t kept) {
    if (store_ != nullptr) model_.may_stay(writes_.latest().number());
    after_failure_ = place_has_failed();
    pending_.reset();
    store_ = nullptr;
    if constexpr (place_loses_power<Place>)
      if (power || !place_closes<Place>)
        return call(kept == 0 ? "power cut" : "power cut " + std::to_string(kept)), place_.cut_power(kept);
    if constexpr (place_closes<Place>) call("close"), place_.close();
  }

private:
  using storage_type = std::remove_pointer_t<decltype(std::declval<Place&>().open())>;
  struct numbers : ticket_source {
    using ticket_source::next;
    using ticket_source::order;
  };

  bool going() const { return sound_ && !reported_ && store_ != nullptr; }
  void call(std::string const& what) { calls_ += (calls_.empty() ? "" : "; ") + what; }
  void breach(storage_law law, std::string expected, std::string came) {
    if (sound_) out_.note(name_of(law), std::move(expected), std::move(came), calls_);
    sound_ = false;
  }

  bool opened_first() {
    auto&& log = store_->log();
    identity_ = store_->identity();
    model_.begin({log.compacted(), log.stamp_at(log.compacted()), log.config_at(log.compacted())});
    if (log.last() != log.compacted() || store_->hard() != hard_state{} || identity_->incarnation.value == 0)
      breach(storage_law::new_stores_are_empty, "a new store to hold nothing, at an incarnation of at least 1",
             store_model::text(store_->hard(), log.last()) + ", incarnation " +
                 std::to_string(identity_->incarnation.value));
    return sound_;
  }
  bool reopened() {
    auto const before = *identity_;
    identity_ = store_->identity();
    auto same = *identity_;
    same.incarnation = before.incarnation;
    if (same != before)
      breach(storage_law::identities_last, "the same cluster, node and store as before", "others");
    if (identity_->incarnation <= before.incarnation)
      breach(storage_law::incarnations_rise, "an incarnation above " + std::to_string(before.incarnation.value),
             std::to_string(identity_->incarnation.value));
    if (!sound_) return false;
    auto const found = look_.read_all();
    if (!found) return failed("a read"), false;
    judge(*found);
    if (sound_) model_.resume(*found), look();
    return going();
  }
  void judge(store_found const& f) {
    using verdict = store_model::verdict;
    auto const v = model_.judge(f);
    if (v == verdict::kept) return;
    auto const law = after_failure_               ? storage_law::failures_lose_nothing
                     : v == verdict::hard_lost    ? storage_law::synced_hard_states_survive
                     : v == verdict::entries_lost ? storage_law::synced_entries_survive
                     : v == verdict::group_torn   ? storage_law::groups_are_kept_together
                     : v == verdict::mixed        ? storage_law::installs_are_whole
                                                  : storage_law::nothing_is_made_up;
    breach(law, "what was synced, and what was written later whole groups at a time: " + model_.durable_text(),
           store_model::text(f.hard, f.last()) + (v == verdict::made_up ? ", which was never so" : ""));
  }

  void look() {
    look_.shape();
    if (sound_ && !look_.records(any_)) failed("a read");
    if (!sound_) return;
    if (store_->hard() != model_.now().hard)
      breach(storage_law::hard_states_are_the_last_written, store_model::text(model_.now().hard, model_.last()),
             store_model::text(store_->hard(), store_->log().last()));
    if (store_->identity() != *identity_)
      breach(storage_law::identities_last, "the identity as it was at the opening", "another one");
  }
  // A call did not succeed.
  void failed(std::string const& what) {
    if (!sound_) return;
    if (!place_has_failed())
      return breach(storage_law::healthy_stores_do_not_fail, what + " to succeed", "a failure: " + why());
    reported_ = true;
    if (why().empty())
      breach(storage_law::failures_are_explained, "failure() to say why " + what + " failed", "nothing");
  }
  std::string why() const { return std::string{std::string_view{store_->failure()}}; }
  // The model has made the call; the storage says whether it has.
  void done(bool well, std::string const& what, storage_law law) {
    look_.blame(law);
    (void)writes_.next();
    if (well) return;
    model_.without_last_may_stay();
    failed(what);
  }

  void any_step() {
    if (pending_ && any_.below(4) == 0) return finish_sync();
    if constexpr (installing_storage<storage_type>)
      if (any_.below(20) == 0) return install();
    auto const pick = any_.below(20);
    if (pick < 2)
      truncate();
    else if (pick < 4)
      hard();
    else if (pick < 6)
      compact();
    else if (pick < 9)
      sync_now(writes_.order());
    else if (pick < 10 && !held_)
      hold();
    else if (pick < 12 && held_)
      sync_now(*std::exchange(held_, std::nullopt));
    else
      put();
  }
  void truncate() {
    auto const lowest = store_->log().compacted() + 1;
    if (model_.last() < lowest) return;
    auto const from = lowest + any_.below(model_.last() - lowest + 1);
    call("truncate " + std::to_string(from.value));
    model_.truncate(from);
    done(store_->truncate(from), "a truncation", storage_law::truncations_show_at_once);
  }
  // What is in it only a core knows: any kind, size and bytes are kept.
  void hard() {
    hard_state h;
    h.kind = static_cast<std::uint8_t>(1 + any_.below(255));
    h.size = static_cast<std::uint8_t>(any_.below(h.bytes.size() + 1));
    for (std::size_t k = 0; k < h.size; ++k) h.bytes[k] = static_cast<std::byte>(any_());
    call("hard state of kind " + std::to_string(h.kind) + ", " + std::to_string(h.size) + " bytes");
    model_.put(h);
    done(store_->put(h), "a hard state", storage_law::hard_states_are_the_last_written);
  }
  void compact() {
    auto const upto = log_index{model_.base() + any_.below(model_.last() - model_.base() + 1)};
    call("compact " + std::to_string(upto.value));
    model_.compact(upto);
    look_.blame(storage_law::compactions_take_no_more_than_asked);
    if (!store_->compact(upto)) failed("a compaction");
  }
  // In the log or a little behind it, of what the log has there or of something else.
  void install() {
    auto const first = store_->log().compacted() + 1;
    bool const behind = any_.below(4) == 0 || model_.last() < first;
    auto const at =
        behind ? (std::max)(model_.last(), first) + any_.below(4) : first + any_.below(model_.last() - first + 1);
    snapshot_mark m{at, {}, model_.config_at((std::min)(at, model_.last()))};
    m.written_at = at <= model_.last() ? model_.stamp_at(at) : stamp{stamp_.value + any_.below(2)};
    if (any_.below(3) == 0) m.written_at = stamp{m.written_at.value + 1};
    if (any_.below(2) == 0) m.config = any_configuration(at);
    auto const above = any_.below(2) == 0 ? above_mark::if_agreeing : above_mark::always;
    call("install " + std::to_string(at.value) + " of stamp " + std::to_string(m.written_at.value) +
         (above == above_mark::always ? ", all above stays" : ", what is above stays if it agrees"));
    model_.install(m, above);
    if constexpr (installing_storage<storage_type>)
      done(store_->install(m, above), "an installation", storage_law::installs_keep_what_stays);
  }
  void hold() {
    held_.emplace(writes_.order());
    model_.may_stay(held_->upto());
    call("order a sync for later");
  }
  // By one call or in its parts, which have other calls between them.
  void sync_now(sync_order order) {
    if (pending_) finish_sync();
    if (!going()) return;
    if constexpr (parted_storage<storage_type>)
      if (any_.below(2) == 0) return prepare(std::move(order));
    auto const upto = order.upto();
    begin_sync("sync ", upto);
    synced(store_->sync(std::move(order)), upto);
  }
  void begin_sync(std::string const& how, std::uint64_t upto) {
    call(how + std::to_string(upto));
    if (!held_ || held_->upto() != upto) model_.may_stay(upto);
    model_.may_stay(writes_.latest().number());
  }
  void prepare(sync_order order) {
    pending_upto_ = order.upto();
    begin_sync("prepare a sync of ", pending_upto_);
    pending_ = store_->prepare(std::move(order));
    if (!pending_) failed("the first part of a sync");
  }
  void finish_sync() {
    if constexpr (parted_storage<storage_type>) {
      call("finish the sync of " + std::to_string(pending_upto_));
      pending_->wait();
      synced(store_->finish(std::move(*pending_)), pending_upto_);
      pending_.reset();
    }
  }
  void synced(std::optional<durable> const& token, std::uint64_t upto) {
    if (!token) return failed("a sync");
    if (token->number() < upto)
      breach(storage_law::tokens_are_of_their_order,
             "the token of an order of " + std::to_string(upto) + " writes",
             "one of " + std::to_string(token->number()));
    model_.durable(upto);
  }
  void put() {
    auto const kinds = any_.below(12);
    auto const kind = kinds < 8 ? entry_kind::command : kinds < 10 ? entry_kind::no_op : entry_kind::configuration;
    auto const wanted = kind == entry_kind::configuration ? 1 : 1 + any_.below(4);
    auto const count = static_cast<std::uint32_t>((std::min<std::uint64_t>)(wanted, store_->log().room()));
    if (count == 0) return;
    stamp_ = stamp{stamp_.value + any_.below(2)};
    std::vector<store_entry> run(count, {(std::max)(stamp_, model_.stamp_at(model_.last())), kind, {}});
    std::vector<std::byte> whole;
    for (auto& e : run) {
      if (kind == entry_kind::configuration) {
        e.bytes = bytes_of(any_configuration(model_.last() + 1));
      } else {
        e.bytes.resize(kind == entry_kind::no_op ? 0 : static_cast<std::size_t>(any_.below(24)));
        for (auto& b : e.bytes) b = static_cast<std::byte>(any_());
      }
      whole.resize(whole.size() + payloads::prefix);
      payloads::put_length(&whole[whole.size() - payloads::prefix], static_cast<std::uint32_t>(e.bytes.size()));
      whole.insert(whole.end(), e.bytes.begin(), e.bytes.end());
    }
    entry_run const r{model_.last() + 1, count, run[0].written_at, kind};
    call("put " + std::to_string(count) +
         (kind == entry_kind::command ? " commands"
          : kind == entry_kind::no_op ? " no-ops"
                                      : " configuration") +
         " at " + std::to_string(r.first.value));
    model_.put(run);
    bool const well = store_->put(r, payloads::trusted(whole, count));
    std::fill(whole.begin(), whole.end(), look_.scribble); // it has its own copy
    done(well, "a put", storage_law::writes_show_at_once);
  }

  configuration any_configuration(log_index at) { // any sets and numbers of members
    configuration c;
    c.number = at;
    c.voters.bits = any_() | 1;
    c.outgoing.bits = any_() & any_() & any_();
    c.learners.bits = any_() & any_() & any_();
    c.witnesses.bits = any_() & any_() & any_();
    c.lease = any_.below(1000);
    c.places().for_each([&](node_index place) {
      c.last_member = c.members[place.value] =
          member_id{static_cast<std::uint16_t>(c.last_member.value + 1 + any_.below(9))};
    });
    return c;
  }
  // Of its entry, with any nodes and addresses.
  std::vector<std::byte> bytes_of(configuration const& c) {
    std::vector<std::byte> out, text(static_cast<std::size_t>(any_.below(12)));
    for (auto& b : text) b = static_cast<std::byte>(any_());
    configuration_form::write(
        c, [&](std::byte b) { out.push_back(b); },
        [&](node_index place) {
          return member_row{place, c.member_at(place), node_id{1000U + place.value}, store_id{any_()}, text};
        });
    return out;
  }

  Place& place_;
  sim::stream any_;
  conformance& out_;
  storage_type* store_ = nullptr;
  store_model model_{};
  storage_look<storage_type> look_;
  std::optional<store_identity> identity_{};
  numbers writes_{};
  std::optional<sync_order> held_{};
  std::optional<typename pending_of<storage_type>::type> pending_{}; // between the parts of a sync
  std::uint64_t pending_upto_ = 0;
  stamp stamp_{}; // of the newest entry that was put
  std::string calls_{};
  bool sound_ = true;
  bool reported_ = false;
  bool after_failure_ = false;
};

} // namespace quorate::check::conform_detail
