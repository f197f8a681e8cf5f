"""Small mends of forms that the sign-in engine makes itself."""

from typing import Any


def with_digit_keys(form: Any) -> Any:
    """Let a telephone show digits for a code; no placeholder stands in for the label."""
    attributes = form.fields["code"].widget.attrs
    attributes.pop("placeholder", None)
    attributes["inputmode"] = "numeric"
    return form
