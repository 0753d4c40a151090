#include "raft_mutants.hpp"

void check_tool::raft_mutants_3(raft_trials& all) { try_raft_part<3, 4>(all); }
