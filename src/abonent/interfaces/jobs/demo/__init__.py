"""An invented town for every shipped preset: what a newcomer walks through.

``bundle.write_bundle`` makes the files, ``town.found_town`` runs them through the same
operations that a supplier's own bundle goes through.
"""
