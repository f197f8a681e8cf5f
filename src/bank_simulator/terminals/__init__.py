"""Networks of terminals, as an object for tests and as a process that is told what to do."""

from bank_simulator.terminals.network import EPS, OSMP, Deal, Reply, Terminals, Words

__all__ = ["EPS", "OSMP", "Deal", "Reply", "Terminals", "Words"]
