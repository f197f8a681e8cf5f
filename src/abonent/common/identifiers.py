"""Identifiers that may be shown: unguessable, or made to be read aloud."""

import secrets
import uuid

_READABLE = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_uuid() -> uuid.UUID:
    """Return a random identifier for an address that a stranger must not guess."""
    return uuid.uuid4()


def readable_code(groups: int = 3) -> str:
    """Return a code such as ``7F3A-91C2-5D04``: no letters that look alike."""
    return "-".join("".join(secrets.choice(_READABLE) for _ in range(4)) for _ in range(groups))
