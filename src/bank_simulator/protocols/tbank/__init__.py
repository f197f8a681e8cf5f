"""T-Bank's internet acquiring, API v2, as a shop sees it (PROTOCOLS section 2)."""

from bank_simulator.protocols.tbank.endpoints import TBank
from bank_simulator.protocols.tbank.ways import TBankWays

__all__ = ["TBank", "TBankWays"]
