"""Card acquirers behind one port."""
