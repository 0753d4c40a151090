// A snapshot is fetched from a leader by who needs it. It is asked for piece by piece; each request says what has
// come, so it acknowledges, and it is said again when nothing comes. What has come stays when a link is cut: the
// transfer goes on where it stood.
#pragma once

#include "quorate/log/doubt.hpp"
#include "quorate/replica/transfer_message.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace quorate {

// One transfer at a time, into a snapshot store. Whose bytes they are is (leader, its incarnation, id): what is of
// another member, another life or another snapshot is dropped, and never comes into one buffer (scenario S14).
//
// `say(peer, message)` sends. tick() is called once a heartbeat interval.
template <snapshot_store Store>
class snapshot_fetch {
public:
  using bytes = std::span<std::byte const>;
  // `patience`: after so many ticks without progress the transfer is given up. It is never given up for its age: a
  // slow link takes as long as it takes (scenario S18).
  snapshot_fetch(Store& s, incarnation_id self, std::uint32_t patience = 100)
      : store_{s}, self_{self}, patience_{patience} {}

  bool under_way() const { return from_.member != no_member; }
  stamp era() const { return era_; }
  std::uint64_t got() const { return got_; }
  // All of it has come, and waits for sealed().
  bool complete() const { return under_way() && head_ && got_ == head_->size; }

  // The core wants a snapshot at or above `at` (snapshot_wanted). Each offer comes here: one that is under way
  // from that leader in that era goes on (scenario S6); another one ends. Returns the mark of one that is here
  // already, sealed in another era, say, or before a crash: that may be installed, and nothing is fetched.
  template <class Say>
  std::optional<snapshot_mark> want(peer leader, stamp era, log_index at, Say&& say) {
    if (under_way() && (from_ != leader || era_ != era)) end();
    if (under_way()) return std::nullopt;
    if (auto const s = store_.newest(); s && s->mark.at >= at && s->mark.written_at <= era) return s->mark;
    from_ = leader, era_ = era, at_ = at;
    ask(false, say);
    return std::nullopt;
  }
  // With the era it ends: the next leader may have compacted elsewhere.
  void end() { from_ = {}, era_ = {}, at_ = {}, head_.reset(), got_ = 0, idle_ = 0; }

  template <class Say>
  void heard(peer sender, snapshot_head const& m, bytes entry, Say&& say) {
    if (!is_of(sender, m.asker) || m.at < at_ || m.at > last_index_believed || m.written_at > era_) return;
    // While one comes, only a later one takes its place, or that of another life of the leader: what is late is
    // not heard. What had come is worth nothing then, and begin() lets go of it.
    if (complete() || (head_ && head_->server == m.server && m.at <= head_->at)) return;
    auto const config = configuration_form::read(entry, m.config);
    if (!config) return;
    head_.reset(), got_ = 0;
    if (!store_.begin(snapshot_mark{m.at, m.written_at, *config}, entry)) return end();
    head_ = m, mine_ = store_.unfinished()->id;
    idle_ = silent_ = 0;
    ask(false, say);
  }
  template <class Say>
  void heard(peer sender, snapshot_piece const& m, bytes piece, Say&& say) {
    if (!is_of(sender, m.asker) || !head_ || head_->id != m.id || head_->server != m.server) return;
    if (m.from < got_) silent_ = 0; // it came before: nothing was lost, the link is slow
    // Only what follows: what was lost on the way, and all behind it, is sent again.
    if (m.from != got_ || piece.empty() || piece.size() > head_->size - got_) return;
    if (!is_mine() || !store_.write(piece)) return end();
    got_ += piece.size(), idle_ = silent_ = 0;
    if (++in_order_ % 64 == 0 && wait_ > 1) wait_ /= 2;
    ask(false, say);
  }
  template <class Say>
  void tick(Say&& say) {
    if (!under_way() || complete()) return;
    if (++idle_ > patience_) return end();
    if (++silent_ <= wait_) return;
    // Each time it waits twice as long: on a slow link what was asked for again stands in line behind the rest.
    wait_ = 2 * wait_ < patience_ / 2 ? 2 * wait_ : patience_ / 2;
    silent_ = 0;
    ask(true, say);
  }

  // Ends the transfer of what is complete. Whether what has come is what was sent: then it is to be sealed, and
  // the core to be told of it as `installable`, in the era that era() was before. If not, the next offer begins
  // anew. It is asked before the seal: what is newest can't be dropped.
  bool checked() {
    if (!complete()) return false;
    auto const head = *head_;
    bool const mine = is_mine();
    auto const got = store_.unfinished();
    end();
    return mine && got->size == head.size && got->checksum == head.checksum;
  }

private:
  bool is_of(peer sender, incarnation_id asker) const { return under_way() && sender == from_ && asker == self_; }
  // Has nobody begun another one in that store meanwhile?
  bool is_mine() const {
    auto const now = store_.unfinished();
    return now && now->id == mine_;
  }
  template <class Say>
  void ask(bool again, Say&& say) {
    say(from_, snapshot_ask{era_, self_, at_, head_ ? head_->id : snapshot_id{}, got_, again});
  }

  Store& store_;
  incarnation_id self_;
  std::uint32_t patience_;
  peer from_{};
  stamp era_{};
  log_index at_{};
  std::optional<snapshot_head> head_{};
  snapshot_id mine_{}; // what begin() has made of it
  std::uint64_t got_ = 0;
  std::uint32_t idle_ = 0;     // ticks since something new has come
  std::uint32_t silent_ = 0;   // and since anything has, or was asked for again
  std::uint32_t wait_ = 1;     // for so many it is silent before it asks again
  std::uint32_t in_order_ = 0; // pieces
};

} // namespace quorate
