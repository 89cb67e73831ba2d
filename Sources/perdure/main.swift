import PerdureCommand

// The program with the agents that it ships with. Yours is the same line with your agents in the list.
await PerdureProgram.main(agents: [])
