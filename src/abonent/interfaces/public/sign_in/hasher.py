"""Argon2 at the strength OWASP asks for and a cost that a busy evening can bear."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Hasher(Argon2PasswordHasher):
    """32 MiB and two passes on one lane: Django's own 100 MiB on eight lanes starve a server.

    Passwords hashed otherwise are hashed anew at the next sign-in.
    """

    time_cost = 2
    memory_cost = 32 * 1024
    parallelism = 1
