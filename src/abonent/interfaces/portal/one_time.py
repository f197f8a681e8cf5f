"""One-time keys of forms: pressing twice, going back and refreshing do a thing once."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any

from abonent.common.identifiers import new_uuid

# What a one-time key looks like.
KEY = re.compile(r"[0-9a-f]{32}\Z")


def form_key(data: Mapping[str, Any]) -> str:
    """Return the form's one-time key, a new one where it is missing or not ours."""
    given = str(data.get("key", ""))
    return given if KEY.match(given) else new_uuid().hex


def deed_key(*, user_id: int, key: str, content: Iterable[str]) -> str:
    """Return the key of what a person does with a form that says this.

    The same form with the same content is the same deed, however often it is sent; going
    back and typing something else is another one.
    """
    body = "\n".join(sorted(content))
    return hashlib.sha256(f"{user_id}\n{key}\n{body}".encode()).hexdigest()
