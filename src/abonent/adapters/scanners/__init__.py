"""Scanners of viruses behind the documents room's port."""
