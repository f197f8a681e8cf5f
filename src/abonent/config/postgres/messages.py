"""How the machine room speaks to the operator while it works."""

import sys
from collections.abc import Callable

Tell = Callable[[str], None]


def tell_operator(text: str) -> None:
    """Say one line on standard error; results alone go to standard output."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
