"""Plants the faults of docs/planted-faults.md one by one and sees that a test turns red.

``make faults`` runs all of them, ``make faults ARGUMENTS='penalty chunk'`` those whose name
has one of the words. Works on a copy of the checkout; exits 1 when a fault goes unseen.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "planted-faults.md"
CHANGE = re.compile(r"^`(src/[^`\n]+)`:?\n+```diff\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TEST = re.compile(r"`(tests/[^`]+)`")
COPIED = ("src", "tests", "docs", "scripts", "pyproject.toml", "requirements.lock", "CHANGELOG.md",
          "README.md")  # fmt: skip


@dataclass(frozen=True)
class Change:
    """A piece of a source file and what stands there when the fault is planted."""

    path: str
    old: str
    new: str


@dataclass(frozen=True)
class Fault:
    """A fault with the tests of which at least one must turn red."""

    name: str
    changes: tuple[Change, ...]
    tests: tuple[str, ...]


def faults() -> tuple[Fault, ...]:
    """Return the faults of the page, in its order."""
    sections = re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    found = [
        Fault(
            name=section.partition("\n")[0].strip(),
            changes=tuple(
                Change(path, _side(diff, "-"), _side(diff, "+"))
                for path, diff in CHANGE.findall(section)
            ),
            tests=tuple(TEST.findall(CHANGE.sub("", section))),
        )
        for section in sections
    ]
    return tuple(found)


def _side(diff: str, mark: str) -> str:
    return "".join(line[1:] for line in diff.splitlines(keepends=True) if line[0] in f" {mark}")


def _plant(fault: Fault, copy: Path) -> None:
    for change in fault.changes:
        path = copy / change.path
        text = path.read_text(encoding="utf-8")
        if text.count(change.old) != 1:
            sys.exit(f"{fault.name}: {change.path} no longer has these lines once:\n{change.old}")
        path.write_text(text.replace(change.old, change.new), encoding="utf-8")


def _restore(fault: Fault, copy: Path) -> None:
    for change in fault.changes:
        shutil.copyfile(ROOT / change.path, copy / change.path)


def _run(copy: Path, tests: tuple[str, ...]) -> tuple[int, str]:
    """Run tests of the copy; returns (exit code of pytest, the first test that failed)."""
    environment = {
        "ABONENT_DATA": str(ROOT / ".data" / "test"),
        **os.environ,
        "PYTHONPATH": f"{copy}/src:{copy}/tests/laws",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-x", "-q", "-rfE", "--tb=no", *tests],
        cwd=copy, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    failed = re.search(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
    return done.returncode, failed[1] if failed else done.stdout[-2000:] + done.stderr[-2000:]


def main(words: list[str]) -> int:
    """Plant the faults and tell of each; returns the exit code."""
    chosen = [one for one in faults() if not words or any(word in one.name for word in words)]
    unseen = 0
    with tempfile.TemporaryDirectory(prefix="faults") as folder:
        copy = Path(folder)
        for name in COPIED:
            _copy(ROOT / name, copy / name)
        sound, told = _run(copy, tuple(dict.fromkeys(test for one in chosen for test in one.tests)))
        if sound != 0:
            _tell(f"these tests are red without any fault: {told}")
            return 1
        for fault in chosen:
            _plant(fault, copy)
            code, told = _run(copy, fault.tests)
            _restore(fault, copy)
            # Only a failed test counts: a fault that pytest cannot even start with is a typing error.
            caught = code == 1
            unseen += not caught
            _tell(f"{'red   ' if caught else 'UNSEEN'} {fault.name}: {told}")
    _tell(f"{len(chosen) - unseen} of {len(chosen)} faults turn a test red")
    return 1 if unseen else 0


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copyfile(source, target)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
