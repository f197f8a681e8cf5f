"""``abonent soak``: the real product under a seeded storm, its money proven after each round.

``plan`` decides, ``house`` runs and kills the processes, ``storm`` carries a round out,
``settling`` lets virtual days pass, ``verdict`` compares the bank's truth with the ledger
(TRUST A5, A6).
"""
