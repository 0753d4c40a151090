// The tests of the common face, for test::combination. One combination is one program.
#pragma once

#include "replica/replicated_log/driver.hpp"
#include "replica/replicated_log/failures.hpp"
#include "replica/replicated_log/forwards.hpp"
#include "replica/replicated_log/reads.hpp"
#include "replica/replicated_log/status.hpp"
#include "replica/replicated_log/tokens.hpp"
#include "replica/replicated_log/turn.hpp"
