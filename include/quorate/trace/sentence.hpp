// What is broken, as people read it.
#pragma once

#include "quorate/core/breach.hpp"

#include <string>

namespace quorate::check {

// The law, and the values that break it; empty if nothing is broken.
inline std::string sentence_of(breach const& b) {
  std::string sentence = b.law == nullptr ? "" : b.law;
  if (b.size > 0) (sentence += ": ") += text(b).view();
  return sentence;
}

} // namespace quorate::check
