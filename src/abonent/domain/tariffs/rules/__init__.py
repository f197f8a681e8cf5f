"""Prices over columns: which row is in force, bands, zones, money (RULES 1.2–1.4). Pure.

A rate is a whole number of 1/100000 ₽, a quantity a fraction ``n / d`` in millionths of
the unit, a multiplier is in thousandths, money in kopecks.
"""

RATE_SCALE = 5
MULTIPLIER = 1000
