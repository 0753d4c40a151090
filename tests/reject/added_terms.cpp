// expect: no match for 'operator+' | invalid operands to binary expression
// A term has an order and a successor, no arithmetic.
#include "quorate/core/id.hpp"

#ifdef REJECT
using number = quorate::term_id;
#else
using number = quorate::log_index;
#endif
auto later(number n) { return n + 1U; }
