// One store's life under the snapshot store suite: random calls, each followed by a look at what the store shows;
// closings, power cuts, rot and failed operations, each followed by a look at what is left.
#pragma once

#include "quorate/conform/report.hpp"
#include "quorate/conform/snapshot_model.hpp"
#include "quorate/conform/snapshot_place.hpp"

#include <utility>

namespace quorate::check::conform_detail {

template <snapshot_place Place>
class snapshot_life {
public:
  snapshot_life(Place& place, std::uint64_t seed, conformance& out) : place_{place}, any_{seed, 4}, out_{out} {}

  bool sound() const { return sound_; }

  bool open() {
    call("open");
    store_ = place_.open();
    if (store_ == nullptr) {
      if (!has_failed()) breach(law::sound_stores_do_not_fail, "the store to open", "that it does not");
      reported_ = reported_ || has_failed();
      return false;
    }
    if (!std::exchange(opened_, true) && store_->newest())
      breach(law::new_stores_are_empty, "a new store to hold no snapshot", snapshot_model::text(store_->newest()));
    recover();
    return sound_ && store_ != nullptr;
  }
  void live(std::uint64_t steps) {
    for (; steps > 0 && sound_ && store_ != nullptr; --steps) {
      step();
      if (sound_) look();
    }
  }
  // The end of a process, or of its machine's power.
  void end(bool power, std::uint64_t kept) {
    store_ = nullptr, model_.unfinished.reset();
    if constexpr (snapshots_lose_power<Place>)
      if (power || !snapshots_close<Place>) return call("power cut " + text(kept)), place_.cut_power(kept);
    if constexpr (snapshots_close<Place>) call("close"), place_.close();
  }
  void fail_at(std::uint64_t k) {
    if constexpr (snapshots_fail<Place>) place_.fail_at(k);
    call(k == 0 ? "operations succeed again" : "operation " + text(k) + " from here is to fail");
    reported_ = false;
  }
  bool has_failed() const {
    if constexpr (snapshots_fail<Place>)
      return place_.failed();
    else
      return false;
  }
  void check_reported() {
    if (sound_ && has_failed() && !reported_)
      breach(law::failures_are_reported, "an operation that fails to be reported by the call that needed it",
             "success of all calls");
  }
  // The newest one rots while the store is closed.
  void rot_closed() {
    if constexpr (snapshots_rot<Place>) {
      if (model_.kept.empty()) return;
      place_.damage(call_damage());
      rotten_ = true;
    }
  }
  // It rots while the store is open: whoever reads all of it gets what was written, or is refused.
  void rot_open() {
    if constexpr (snapshots_rot<Place>) {
      if (model_.kept.empty() || store_ == nullptr || !sound_) return;
      place_.damage(call_damage());
      auto const& newest = model_.kept.back();
      auto const came = read_whole(newest.info, 50);
      if (came && *came != newest.bytes)
        return breach(law::rot_is_seen_by_whole_reads, "the bytes as they were written, or a refusal", "others");
      if (!came) return refused();
      rotten_ = true; // what is not the machine's bytes is seen by the next opening
      end(false, 0);
      if constexpr (ends) (void)open();
    }
  }

private:
  using law = snapshot_law;
  static constexpr bool ends = snapshots_close<Place> || snapshots_lose_power<Place>;

  static std::string text(std::uint64_t n) { return std::to_string(n); }
  static std::string text(log_index i) { return std::to_string(i.value); }
  void call(std::string const& what) { calls_ += (calls_.empty() ? "" : "; ") + what; }
  std::uint64_t call_damage() {
    auto const n = any_();
    call("damage " + text(n));
    return n;
  }
  void breach(snapshot_law l, std::string expected, std::string came) {
    if (sound_) out_.note(name_of(l), std::move(expected), std::move(came), calls_);
    sound_ = false;
  }
  std::string why() const { return std::string{std::string_view{store_->failure()}}; }
  // The newest was found damaged.
  void refused() {
    if (why().empty()) breach(law::damage_is_explained, "failure() to name the damaged snapshot", "nothing");
    model_.kept.pop_back();
  }

  // --- what there is after an opening
  void recover() {
    std::vector<modelled_snapshot> found;
    for (auto i = store_->newest(); i && sound_; i = store_->before(i->id)) {
      auto const bytes = read_whole(*i, 100);
      auto const entry = store_->entry(i->id);
      if (!bytes || !entry) return unread(*i);
      modelled_snapshot s{*i, {entry->begin(), entry->end()}, *bytes};
      if (!known(s)) return made_up(*i);
      found.insert(found.begin(), std::move(s));
    }
    if (sound_) compare(found);
    if (sound_) model_.kept = std::move(found);
    had_failed_ = false;
  }
  void unread(snapshot_info const& i) {
    bool const fails = has_failed() && !reported_;
    if (rotten_ && i.mark.at == model_.newest_index())
      breach(law::damaged_ones_are_refused, "a damaged one not to be newest()", snapshot_model::text(i));
    if (!fails)
      breach(law::sound_stores_do_not_fail, "to read what newest() and before() name", "nullopt: " + why());
    reported_ = had_failed_ = true;
    check_explained();
    store_ = nullptr;
  }
  bool known(modelled_snapshot const& s) const {
    auto const same = [&](modelled_snapshot const& m) { return m.same_as(s.info, s.entry, s.bytes); };
    return std::ranges::any_of(model_.kept, same) || std::ranges::any_of(model_.perhaps, same);
  }
  void made_up(snapshot_info const& i) {
    bool const damaged = rotten_ && i.mark.at == model_.newest_index();
    breach(damaged ? law::damaged_ones_are_refused : law::nothing_else_survives,
           "what was sealed" + std::string{damaged ? ", and not what is damaged" : ""},
           snapshot_model::text(i) + ", which is not what was sealed");
  }
  void compare(std::vector<modelled_snapshot> const& found) {
    if (std::exchange(rotten_, false)) {
      if (!found.empty() && found.back().info.mark.at >= model_.newest_index())
        return breach(law::damaged_ones_are_refused,
                      "the damaged one at " + text(model_.newest_index()) + " not to be there",
                      snapshot_model::text(found.back().info));
      refused();
    }
    for (auto const& k : model_.kept)
      if (std::ranges::none_of(found, [&](auto const& f) { return f.same_as(k.info, k.entry, k.bytes); }))
        return breach(had_failed_ ? law::failures_lose_nothing : law::sealed_ones_survive,
                      "the one at index " + text(k.info.mark.at) + " to be there", "that it is not");
  }

  // --- calls
  void step() {
    switch (any_.below(12)) {
    case 0:
    case 1: return begin();
    case 2: return begin_wrong();
    case 3: return drop();
    case 4:
    case 5: return seal();
    default: return write();
    }
  }
  void begin() {
    auto s = any_snapshot(any_, model_.newest_index());
    call("begin at " + text(s.info.mark.at));
    replaces_ = model_.unfinished.has_value();
    model_.unfinished.reset();
    if (!store_->begin(s.info.mark, s.entry)) return failed("to begin a snapshot");
    model_.unfinished = std::move(s);
  }
  void begin_wrong() {
    bool const behind = any_.below(2) == 0;
    if (behind && model_.kept.empty()) return;
    auto s = any_snapshot(any_, model_.newest_index());
    if (behind) {
      s.info.mark.at = model_.newest_index();
      s.info.mark.config.number = (std::min)(s.info.mark.config.number, s.info.mark.at);
      s.entry = any_entry_of(s.info.mark.config);
    } else if (any_.below(2) == 0) {
      s.info.mark.config.voters = node_set<64>::first(5);
    } else {
      s.entry.back() ^= std::byte{1}, s.entry.pop_back();
    }
    call(behind ? "begin at the newest's index" : "begin with another entry");
    model_.unfinished.reset();
    if (store_->begin(s.info.mark, s.entry))
      return breach(behind ? law::marks_rise : law::entries_are_of_their_marks, "false of begin()", "true");
    rightly_refused();
  }
  static std::vector<std::byte> any_entry_of(configuration const& c) {
    std::vector<std::byte> entry;
    configuration_form::write(
        c, [&](std::byte b) { entry.push_back(b); },
        [&](node_index place) {
          return member_row{place, c.member_at(place), node_id{1}, store_id{}, {}};
        });
    return entry;
  }
  void write() {
    std::vector<std::byte> bytes(any_.below(8) == 0 ? any_.below(3000) : any_.below(60));
    for (auto& b : bytes) b = static_cast<std::byte>(any_());
    call("write " + text(bytes.size()));
    auto const done = store_->write(bytes);
    if (!model_.unfinished) return none_begun(done);
    if (!done) return model_.unfinished.reset(), failed("to write");
    auto& all = model_.unfinished->bytes;
    all.insert(all.end(), bytes.begin(), bytes.end());
  }
  void seal() {
    call("seal");
    auto const done = any_seal();
    auto sealed = std::exchange(model_.unfinished, std::nullopt);
    if (!sealed) return none_begun(done);
    sealed->info.size = sealed->bytes.size();
    sealed->info.checksum = snapshot_checksum{}.add(sealed->bytes).value();
    if (!done) return model_.perhaps.push_back(*sealed), failed("to seal");
    model_.kept.push_back(*sealed);
    auto const n = store_->newest();
    if (n) model_.kept.back().info.id = n->id;
    if (!n || *n != model_.kept.back().info) return unlike_sealed(n);
    if (n->id == snapshot_id{} || std::ranges::count(names_, n->id) != 0)
      return breach(law::names_are_given_once, "a name that was not given yet", text(n->id.value));
    names_.push_back(n->id);
  }
  void unlike_sealed(std::optional<snapshot_info> const& n) {
    auto const& s = model_.kept.back().info;
    bool const same_mark = n && n->mark == s.mark;
    breach(same_mark && replaces_ && n->size > s.size ? law::a_new_one_ends_the_unfinished
           : had_failed_                              ? law::failures_lose_nothing
                                                      : law::sealed_ones_are_newest,
           "newest() to be that which was sealed, " + model_.newest_text(),
           same_mark && n->size == s.size ? "one of another checksum" : snapshot_model::text(n));
  }
  bool any_seal() {
    if constexpr (parted_snapshot_store<std::remove_pointer_t<decltype(std::declval<Place&>().open())>>)
      if (any_.below(2) == 0) {
        auto pending = store_->prepare_seal();
        if (!pending) return false;
        unsure_ = true;
        look();
        unsure_ = false;
        pending->wait();
        return store_->finish_seal(std::move(*pending));
      }
    return store_->seal();
  }
  void none_begun(bool done) {
    if (done) return breach(law::nothing_is_added_to_none, "false, since nothing is begun", "true");
    rightly_refused();
  }
  void drop() {
    if (model_.kept.empty()) return;
    auto const at = any_.below(model_.kept.size());
    auto const gone = model_.kept[at];
    call("drop the one at " + text(gone.info.mark.at));
    bool const done = store_->drop(gone.info.id);
    if (at + 1 == model_.kept.size()) {
      if (done) breach(law::drops_take_one, "the newest one to stay: false of drop()", "true");
      return rightly_refused();
    }
    if (!done) return failed("to drop a snapshot");
    model_.kept.erase(model_.kept.begin() + static_cast<std::ptrdiff_t>(at));
    model_.perhaps.push_back(gone);
    if (store_->entry(gone.info.id))
      return breach(law::drops_take_one, "one that is dropped not to be there", "its configuration");
    if (store_->drop(gone.info.id)) return;
    if (has_failed() && !reported_) return failed("to drop a snapshot again");
    breach(law::drops_take_one, "true of drop() for one that is not there", "false");
  }
  // What was to be false is false; so an operation that failed was reported with it.
  void rightly_refused() {
    check_explained();
    if (has_failed()) reported_ = had_failed_ = true;
  }
  void check_explained() {
    if (sound_ && why().empty()) breach(law::failures_are_explained, "failure() to say why", "nothing");
  }
  // A call did not succeed. From then on operations succeed again, and the store must go on.
  void failed(std::string const& what) {
    if (!sound_) return;
    if (!has_failed() || reported_)
      return breach(had_failed_ ? law::failures_lose_nothing : law::sound_stores_do_not_fail, what,
                    "a failure: " + why());
    reported_ = had_failed_ = true;
    check_explained();
    model_.unfinished.reset(), unsure_ = true; // it may be there or not: the next call is a begin
    if (sound_) look();
    unsure_ = false;
    if (sound_) begin();
  }

  // --- looks
  void look() {
    look_at_unfinished();
    auto i = store_->newest();
    for (auto m = model_.kept.size(); m-- > 0 && sound_; i = store_->before(i->id)) {
      auto const& expected = model_.kept[m];
      if (i != expected.info) return unlike(i, m);
      look_at(expected);
    }
    if (sound_ && i) unlike(i, model_.kept.size());
  }
  void look_at_unfinished() {
    if (unsure_) return;
    auto const u = store_->unfinished();
    auto const& m = model_.unfinished;
    bool const same = m ? u && u->mark == m->info.mark && u->size == m->bytes.size() &&
                              u->checksum == snapshot_checksum{}.add(m->bytes).value()
                        : !u;
    // One that has more bytes than it should is told as such when it is sealed.
    if (!same && !(replaces_ && u && m && u->size > m->bytes.size()))
      breach(law::the_unfinished_one_is_told,
             m ? "unfinished() to be of " + text(m->bytes.size()) + " bytes, with their checksum"
               : "none unfinished",
             snapshot_model::text(u));
  }
  void unlike(std::optional<snapshot_info> const& i, std::size_t m) {
    bool const newest = m + 1 == model_.kept.size() || model_.kept.empty();
    bool const shows = i && model_.unfinished && i->mark.at == model_.unfinished->info.mark.at;
    auto const l = shows         ? law::unfinished_ones_do_not_show
                   : had_failed_ ? law::failures_lose_nothing
                   : newest      ? law::sealed_ones_are_newest
                                 : law::older_ones_stand_in_order;
    breach(l, m < model_.kept.size() ? snapshot_model::text(model_.kept[m].info) : "none",
           snapshot_model::text(i));
  }
  void look_at(modelled_snapshot const& s) {
    auto const entry = store_->entry(s.info.id);
    if (!entry || !std::ranges::equal(*entry, s.entry))
      return breach(law::entries_are_kept, "the entry of the configuration as it was given",
                    entry ? "other bytes" : "nullopt");
    auto const from = any_.below(s.bytes.size() + 3);
    auto const size = static_cast<std::size_t>(any_.below(70));
    std::vector<std::byte> out(size);
    call("read " + text(size) + " from " + text(from));
    auto const n = store_->read(s.info.id, from, out);
    if (!n) return failed("to read");
    auto const there = (std::min)(
        size, s.bytes.size() - static_cast<std::size_t>((std::min<std::uint64_t>)(s.bytes.size(), from)));
    if (*n != there || !std::equal(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(there),
                                   s.bytes.begin() + static_cast<std::ptrdiff_t>(there == 0 ? 0 : from)))
      breach(law::bytes_are_read_as_written, text(there) + " bytes, as they were written",
             *n == there ? "others" : text(*n));
  }
  std::optional<std::vector<std::byte>> read_whole(snapshot_info const& s, std::size_t piece) {
    call("read all of the one at " + text(s.mark.at));
    std::vector<std::byte> all;
    for (std::vector<std::byte> out(piece); all.size() < s.size;) {
      auto const n = store_->read(s.id, all.size(), out);
      if (!n) return std::nullopt;
      if (*n == 0) break;
      all.insert(all.end(), out.begin(), out.begin() + static_cast<std::ptrdiff_t>(*n));
    }
    return all;
  }

  Place& place_;
  sim::stream any_;
  conformance& out_;
  decltype(std::declval<Place&>().open()) store_ = nullptr;
  snapshot_model model_{};
  std::vector<snapshot_id> names_{};
  std::string calls_{};
  bool sound_ = true, opened_ = false, replaces_ = false, unsure_ = false, reported_ = false, had_failed_ = false,
       rotten_ = false;
};

} // namespace quorate::check::conform_detail
