// Where a counterexample goes besides the terminal: a page.
#pragma once

#include "quorate/trace/page.hpp"
#include "quorate/trace/trace.hpp"

#include <cstdio>
#include <string>

namespace check_tool {

// Writes the page, unless `file` is empty. The exit status: `status`, or 2 when it can't be written.
inline int write_story(quorate::check::trace const& story, std::string const& file, int status) {
  if (file.empty() || quorate::check::write_page(story, file)) return status;
  std::fprintf(stderr, "check: can't write %s\n", file.c_str());
  return 2;
}

} // namespace check_tool
