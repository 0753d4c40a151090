#include "quorate/service/reply_sink.hpp"

#include "said.hpp"

#include <doctest/doctest.h>

namespace quorate::service {
namespace {

static_assert(reply_sink<limited_reply<said>>);

TEST_CASE("a limited reply passes on what fits, in the place of each of its answers") {
  said out;
  limited_reply<said> limited{out, 5};
  limited.array(6);
  limited.bulk("abc");
  CHECK(limited.left() == 2);
  limited.bulk("def"); // does not fit
  limited.integer(7);
  limited.bulk("gh"); // does
  limited.nil();
  limited.status("OK");
  CHECK(limited.left() == 0);
  CHECK(out.text == "[\"abc\" !ERR the answer would be too large; the command was carried out all the same :7 "
                    "\"gh\" nil OK]");
}

} // namespace
} // namespace quorate::service
