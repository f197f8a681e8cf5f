"""A bank that moves no real money: the other side of payments, for tests and demos.

It shares no code with ``abonent`` on purpose: a mistake in one is not repeated in the other.
"""

from bank_simulator.bank import RefundPlan
from bank_simulator.faults import Fault
from bank_simulator.mischief import Mischief
from bank_simulator.records import Shop
from bank_simulator.simulator import Options, Simulator

__all__ = ["Fault", "Mischief", "Options", "RefundPlan", "Shop", "Simulator"]
