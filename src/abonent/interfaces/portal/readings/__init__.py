"""Readings: the sheet, the check, the proof, the history."""
