"""Signatures of agents' calls.

A hash over values that are glued together could be met by another split of the same text
(TRUST T23). What makes up for it: a signed call has exactly the parameters that the dialect
names, the sum has two decimals and the moment its full length (``asking.py``).
"""

import hashlib
import hmac
from collections.abc import Mapping

from abonent.adapters.agents.dialect import Signature


def signature_of(parameters: Mapping[str, str], told: Signature, secret: str) -> str:
    """Return the signature of the parameters, sorted by name, the signature itself left out."""
    text = "".join(parameters[name] for name in sorted(parameters) if name != told.parameter)
    if told.method == "md5":
        return hashlib.md5((text + secret).encode(), usedforsecurity=False).hexdigest()
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def is_signed(parameters: Mapping[str, str], told: Signature, secret: str) -> bool:
    """Tell whether a call carries the signature that only the agent can make."""
    given = parameters.get(told.parameter, "").lower()
    return hmac.compare_digest(given.encode(), signature_of(parameters, told, secret).encode())
