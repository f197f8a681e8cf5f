"""Anticipated failures: each says in plain Russian what is wrong and what to do."""


class Refusal(Exception):
    """Something a person or an outside system may do wrong.

    ``text`` is fit for a customer and names the remedy; ``field`` is the name of the
    input it belongs to, or empty when it concerns the whole request.
    """

    def __init__(self, text: str, *, field: str = "") -> None:
        super().__init__(text)
        self.text = text
        self.field = field


class NotFound(Refusal):
    """The thing does not exist, or does not exist for this person: the same answer."""
