"""Readings without sign-in: the number, the sheet, the check, the proof, the owner's undo."""
