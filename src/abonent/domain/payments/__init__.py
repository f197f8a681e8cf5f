"""Money on its way: payments, notices, acquirers behind one port."""
