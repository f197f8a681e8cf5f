"""Collecting the static files for the web server, only when something has changed."""

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.files.storage import Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

from abonent.config.postgres.messages import Tell

STAMP = ".collected-from"


def collect_static(tell: Tell) -> bool:
    """Collect, hash and compress the static files into STATIC_ROOT unless it is up to date.

    The folder is put in place whole, so that a reader never meets half of it. Returns whether
    anything was done.
    """
    target = Path(settings.STATIC_ROOT)
    stamp = _stamp()
    kept = target / STAMP
    if kept.exists() and kept.read_text() == stamp:
        return False
    tell("Готовим стили и картинки сайта…")
    fresh = target.with_name(f"{target.name}.new")
    if fresh.exists():
        shutil.rmtree(fresh)
    # The settings' own storage depends on whether the folder exists; this one does not.
    storage = CompressedManifestStaticFilesStorage(
        location=str(fresh), base_url=settings.STATIC_URL
    )
    found = {}
    for name, source in _files():
        with source.open(name) as file:
            storage.save(name, file)
        found[name] = (storage, name)
    for _name, _new, outcome in storage.post_process(found, dry_run=False):
        if isinstance(outcome, Exception):
            raise outcome
    (fresh / STAMP).write_text(stamp)
    old = target.with_name(f"{target.name}.old")
    if old.exists():
        shutil.rmtree(old)
    if target.exists():
        target.rename(old)
    fresh.rename(target)
    if old.exists():
        shutil.rmtree(old)
    return True


def _files() -> Iterator[tuple[str, Storage]]:
    seen = set()
    for finder in get_finders():
        for name, source in finder.list([]):
            if name not in seen:
                seen.add(name)
                yield name, source


def _stamp() -> str:
    """Return a digest of names, sizes and times; reading every file would take longer."""
    digest = hashlib.sha256()
    for name, source in sorted(_files(), key=lambda pair: pair[0]):
        found = Path(source.path(name)).stat()
        digest.update(f"{name}\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
    return digest.hexdigest()
