// Whether an image of what a power cut has left is as it should be: what was acknowledged is there, nothing is
// made up, a second opening finds the same, and the log goes on.
#pragma once

#include "crash_images.hpp"
#include "wal_model.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

namespace quorate {

struct image_counts {
  std::uint64_t points = 0, drawn = 0, images = 0, cut = 0, within = 0;
};

// What a crash may have left, judged: what is wrong, or "".
struct image_judge {
  model const& acked;
  model const& flying; // a turn may be on its way
  store_identity known;
  image_counts& n;

  std::string operator()(disk d) const {
    ++n.images;
    auto o = open_disk(d);
    if (!o) return "refused: " + o.error;
    auto const who = o.wal->identity();
    if (known.incarnation.value > 0 && (who.store != known.store || who.incarnation <= known.incarnation))
      return "another store, or an incarnation that did not rise";
    n.cut += o.wal->recovered().cut_bytes != 0 ? 1 : 0;
    auto const found = contents(*o.wal);
    if (found != acked && found != flying) return "something else than what was acknowledged";
    o.wal.reset();
    return opens_again(d, found);
  }

  // Once it was opened, what it showed stays, though the power goes at once; and it goes on.
  std::string opens_again(disk& d, model const& found) const {
    nothing_kept(d);
    auto o = open_disk(d);
    if (!o) return "refused the second time: " + o.error;
    if (contents(*o.wal) != found) return "something else the second time";
    if (o.wal->recovered().cut_bytes != 0) return "a torn tail was cut twice";
    player<disk_wal> p;
    p.now = found;
    auto const term = std::max(term_of(found.hard), found.entries.empty() ? found.start.written_at.value
                                                                          : found.entries.back().written_at.value);
    p.put(*o.wal, 2, term, entry_kind::command, 30);
    if (!p.sync(*o.wal)) return "it does not go on: " + o.wal->failure();
    o.wal.reset();
    nothing_kept(d);
    auto again = open_disk(d);
    if (!again) return "refused the third time: " + again.error;
    return contents(*again.wal) == p.acked ? "" : "it goes on and forgets";
  }
  // The power goes once more, before each operation of the opening that finds this.
  std::string in_recovery(disk image, test::dice& dice) const {
    std::string found;
    image.watch = [&](disk const& now) {
      if (!found.empty() || only_read(now)) return;
      ++n.within;
      (void)crash_images{now}.each(40, dice, [&](disk left) {
        found = (*this)(std::move(left));
        return found.empty();
      });
    };
    (void)open_disk(image);
    return found.empty() ? "" : "after a power cut in the recovery, " + found;
  }
  // The operation before this has changed nothing.
  static bool only_read(disk const& now) {
    if (now.events.empty()) return false;
    std::string const what = now.events.back().what;
    return what == "open" || what == "size" || what == "read" || what == "list" || what == "lock" ||
           what == "random";
  }

private:
  static void nothing_kept(disk& d) {
    auto const none = [] { return 0U; };
    d.crash(none);
  }
};

} // namespace quorate
