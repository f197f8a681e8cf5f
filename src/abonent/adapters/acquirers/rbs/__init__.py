"""Sberbank's internet acquiring and the other banks on the same engine (RBS), REST."""
