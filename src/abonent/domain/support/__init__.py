"""Support: what customers write and who answers."""
