"""Work that takes longer than a page may: what its waiting page shows. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TrackStep:
    """One step of the way: when, what, and ``done``, ``current`` or later (empty)."""

    when: str
    text: str
    state: str = ""


@dataclass(frozen=True)
class LongWork:
    """The page ``design/long_work.html`` and the fragment that htmx asks for by ``poll_url``.

    ``promise`` says how long it usually takes and that the page may be closed. When the
    work is over the door gives ``result_url``; then the polling ends by itself.
    """

    title: str
    doing: str
    done: int
    total: int
    steps: tuple[TrackStep, ...]
    page_url: str
    about: str = ""
    promise: str = ""
    poll_url: str = ""
    back_url: str = ""
    back_text: str = ""
    result_url: str = ""
    result_text: str = "Открыть"

    @property
    def is_over(self) -> bool:
        """Tell whether nothing is left to wait for."""
        return bool(self.result_url) or self.done >= self.total
