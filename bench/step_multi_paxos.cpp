#include "quorate/multi_paxos.hpp"
#include "step.hpp"

int main(int argc, char** argv) { return bench::main<quorate::multi_paxos::replica>(argc, argv); }
