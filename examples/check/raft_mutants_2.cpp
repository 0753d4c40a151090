#include "raft_mutants.hpp"

void check_tool::raft_mutants_2(raft_trials& all) { try_raft_part<2, 4>(all); }
