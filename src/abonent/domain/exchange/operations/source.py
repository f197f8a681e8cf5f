"""The bundle as a folder or a zip: its files, refused when they are not of the contract."""

import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from abonent.domain.exchange.operations.findings import BundleRefused, Finding
from abonent.domain.exchange.rules import BY_NAME
from abonent.domain.exchange.rules.words import REJECTED_FOLDER, SUPPLIER_FILE

# A zip of texts shrinks some 5 to 60 times; what grows more than this is no bundle.
MOST_GROWTH = 400
MOST_BYTES = 64 * 1024**3
SMALL = 64 * 1024**2
KNOWN = {SUPPLIER_FILE, *BY_NAME}


@dataclass(frozen=True)
class Member:
    """One file of the bundle; it may be opened several times."""

    name: str
    size: int
    open: Callable[[], IO[bytes]]


@dataclass(frozen=True)
class Source:
    """The bundle's files by name; ``folder`` is where it lies, None for a zip."""

    name: str
    folder: Path | None
    members: dict[str, Member]


def _refuse(file: str, rule: str, remedy: str) -> BundleRefused:
    return BundleRefused([Finding(file, 0, "", "", rule, remedy)], 1)


@contextmanager
def open_source(path: Path) -> Iterator[Source]:
    """Open a bundle; refuses what is no folder and no zip, and files nobody knows."""
    if path.is_dir():
        yield _checked(Source(path.name, path, _members_of_folder(path)))
        return
    if not path.exists():
        raise _refuse(str(path), "такой папки или файла нет", "проверьте путь к набору")
    if not zipfile.is_zipfile(path):
        raise _refuse(
            path.name, "это не папка и не zip", "передайте папку с файлами набора или её zip"
        )
    with zipfile.ZipFile(path) as archive:
        yield _checked(Source(path.name, None, _members_of_zip(path, archive)))


def _checked(source: Source) -> Source:
    """Refuse unknown files and a bundle without its supplier."""
    unknown = sorted(set(source.members) - KNOWN)
    findings = [
        Finding(
            name, 0, "", "", "такого файла в наборе не бывает",
            "уберите файл или назовите его одним из имён набора",
        )
        for name in unknown
    ]  # fmt: skip
    if SUPPLIER_FILE not in source.members:
        findings.append(
            Finding(
                SUPPLIER_FILE, 0, "", "", "файла нет, неизвестно, чей это набор",
                "добавьте supplier.toml хотя бы с code и name",
            )
        )  # fmt: skip
    if findings:
        raise BundleRefused(findings, len(findings))
    return source


def _members_of_folder(folder: Path) -> dict[str, Member]:
    members = {}
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith(".") or (entry.is_dir() and entry.name == REJECTED_FOLDER):
            continue
        name = f"{entry.name}/" if entry.is_dir() else entry.name
        members[name] = Member(name, entry.stat().st_size, lambda entry=entry: entry.open("rb"))  # type: ignore[misc]  # mypy cannot infer it
    return members


def _members_of_zip(path: Path, archive: zipfile.ZipFile) -> dict[str, Member]:
    """Return the files of a zip, at its root or in one folder; refuse traps."""
    entries = [info for info in archive.infolist() if not info.is_dir() and not _ignored(info)]
    for info in entries:
        _refuse_trap(info)
    if sum(info.file_size for info in entries) > MOST_BYTES:
        raise _refuse(path.name, "в архиве больше 64 ГБ", "разделите набор на части")
    roots = {PurePosixPath(info.filename).parent for info in entries}
    if len(roots) > 1:
        raise _refuse(path.name, "файлы набора лежат в разных папках", "соберите их в одной папке")
    members: dict[str, Member] = {}
    for info in entries:
        name = PurePosixPath(info.filename).name
        if name in members:
            raise _refuse(name, "файл встречается в архиве дважды", "оставьте один")
        members[name] = Member(
            name,
            info.file_size,
            lambda info=info: archive.open(info),  # type: ignore[misc]  # mypy cannot infer it
        )
    return members


def _ignored(info: zipfile.ZipInfo) -> bool:
    parts = PurePosixPath(info.filename).parts
    hidden = any(part.startswith(".") and part not in {".", ".."} for part in parts)
    return hidden or "__MACOSX" in parts or REJECTED_FOLDER in parts[:-1]


def _refuse_trap(info: zipfile.ZipInfo) -> None:
    """Refuse paths that lead outside, links, encrypted files and zip bombs."""
    name = info.filename
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name:
        raise _refuse(name, "путь ведёт за пределы архива", "соберите архив заново из папки набора")
    if stat.S_ISLNK(info.external_attr >> 16):
        raise _refuse(name, "это ссылка, а не файл", "положите в архив сам файл")
    if info.flag_bits & 1:
        raise _refuse(name, "файл зашифрован", "соберите архив без пароля")
    if info.file_size > SMALL and info.file_size > MOST_GROWTH * max(info.compress_size, 1):
        raise _refuse(
            name,
            f"файл распаковывается больше чем в {MOST_GROWTH} раз, так бывает только у бомб",
            "передайте набор папкой",
        )
