"""Child processes of ``abonent run``: started, restarted when they die, stopped in order."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence

from abonent.config.postgres.messages import Tell, tell_operator

SHORTEST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
# A child that has lived so long is well again; its next death starts the count anew.
HEALTHY_AFTER = 60.0
GRACE = 30.0
BETWEEN_LOOKS = 0.05
PR_SET_PDEATHSIG = 1


class Child:
    """One child process under a name that the operator reads."""

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self.name = name
        self._command = list(command)
        self._environment = dict(environment)
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._pause = SHORTEST_PAUSE
        self._not_before = 0.0

    @property
    def number(self) -> int | None:
        """The process number while it runs."""
        running = self._process is not None and self._process.poll() is None
        return self._process.pid if self._process is not None and running else None

    def start(self) -> None:
        """Start the process in a group of its own: Ctrl-C reaches the supervisor alone."""
        self._started = time.monotonic()
        self._process = subprocess.Popen(  # noqa: S603  (our own programs)
            self._command,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            # Standard output carries the supervisor's own results.
            stdout=sys.stderr.fileno(),
            start_new_session=True,
            # Safe: the supervisor has one thread.
            preexec_fn=_die_with_parent,  # noqa: PLW1509  (the child must not outlive us)
        )

    def tend(self, tell: Tell) -> None:
        """Start the process again if it has died, each time after a longer pause."""
        now = time.monotonic()
        if self._process is None:
            if now >= self._not_before:
                self.start()
            return
        code = self._process.poll()
        if code is None:
            return
        _end_group(self._process.pid)
        self._process = None
        if now - self._started > HEALTHY_AFTER:
            self._pause = SHORTEST_PAUSE
        tell(
            f"Процесс «{self.name}» завершился (код {code}); "
            f"запустим его снова через {self._pause:.0f} с."
        )
        self._not_before = now + self._pause
        self._pause = min(self._pause * 2, LONGEST_PAUSE)

    def wait(self) -> int:
        """Wait for a process that ends by itself and return its code."""
        if self._process is None:
            self.start()
        try:
            return self._process.wait() if self._process is not None else 1
        except BaseException:
            stop_all([self], tell_operator)
            raise

    def ask_to_stop(self) -> None:
        """Ask the process to finish what it is doing and leave."""
        if self.number is not None:
            os.kill(self.number, signal.SIGTERM)

    def end(self) -> None:
        """End whatever is left of the process and its group."""
        if self._process is not None:
            _end_group(self._process.pid)
            self._process.wait()


def stop_all(
    children: Sequence[Child],
    tell: Tell,
    *,
    grace: float = GRACE,
    in_haste: Callable[[], bool] = lambda: False,
) -> None:
    """Stop the children together; those that do not leave in time, or in haste, are ended."""
    for child in children:
        child.ask_to_stop()
    deadline = time.monotonic() + grace
    while any(child.number for child in children):
        if time.monotonic() > deadline or in_haste():
            break
        time.sleep(BETWEEN_LOOKS)
    for child in children:
        if child.number is not None:
            tell(f"Процесс «{child.name}» не завершился вовремя и остановлен силой.")
        child.end()


def _end_group(number: int) -> None:
    try:
        os.killpg(number, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return  # nobody is left in it


def _die_with_parent() -> None:
    """Ask the kernel to end the child when the supervisor is killed outright."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
