"""How commands show that they are alive: a bar on a terminal, else a line per file."""

import sys
import time
from typing import TextIO

from abonent.common.money import NO_BREAK
from abonent.common.words import file_size, grouped

_MINUTE, _HOUR = 60, 3600
_EVERY = 0.2  # seconds between two drawings of the bar
_WIDTH = 30


class FileProgress:
    """Follows the files of a bundle on standard error."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._bar = self._stream.isatty()
        self._file, self._size, self._done, self._drawn = "", 0, 0, 0.0

    def begin(self, file: str, size: int) -> None:
        """Name the file that is read now."""
        self._file, self._size, self._done = file, size, 0
        self._draw()

    def advance(self, size: int) -> None:
        """Move the bar on."""
        self._done += size
        if time.monotonic() - self._drawn > _EVERY:
            self._draw()

    def end(self, file: str, rows: int) -> None:
        """Say that the file is done."""
        line = f"{file}: строк {grouped(rows)}"
        if self._bar:
            self._stream.write(f"\r{line:<72}\n")
        else:
            self._stream.write(f"{line}\n")
        self._stream.flush()

    def _draw(self) -> None:
        if not self._bar:
            return
        self._drawn = time.monotonic()
        share = min(self._done / self._size, 1) if self._size else 1
        filled = round(share * _WIDTH)
        bar = "█" * filled + "·" * (_WIDTH - filled)
        size = file_size(self._size).replace(NO_BREAK, " ")
        self._stream.write(f"\r{self._file:<24} {bar} {share:4.0%} из {size}   ")
        self._stream.flush()


class TimeLeft:
    """Guesses how long work of equal pieces will still take, from the pieces done here."""

    def __init__(self) -> None:
        self._began: tuple[float, int] | None = None

    def words(self, done: int, of: int) -> str:
        """Return «осталось около 3 мин»; nothing at the first piece and at the end."""
        now = time.monotonic()
        if self._began is None:
            self._began = now, done
        began, first = self._began
        if done <= first or done >= of:
            return ""
        seconds = round((now - began) / (done - first) * (of - done))
        if seconds < _MINUTE:
            return f", осталось около {max(seconds, 1)}{NO_BREAK}с"
        if seconds < _HOUR:
            return f", осталось около {round(seconds / _MINUTE)}{NO_BREAK}мин"
        hours, rest = divmod(round(seconds / _MINUTE), 60)
        return f", осталось около {hours}{NO_BREAK}ч {rest}{NO_BREAK}мин"
