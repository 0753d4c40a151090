#include "raft_mutants.hpp"

void check_tool::raft_mutants_0(raft_trials& all) { try_raft_part<0, 4>(all); }
