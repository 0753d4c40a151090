#include "quorate/raft.hpp"
#include "step.hpp"

int main(int argc, char** argv) { return bench::main<quorate::raft::replica>(argc, argv); }
