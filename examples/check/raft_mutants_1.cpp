#include "raft_mutants.hpp"

void check_tool::raft_mutants_1(raft_trials& all) { try_raft_part<1, 4>(all); }
