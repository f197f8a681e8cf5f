"""Keeping the files that people send: outside the site's folders, under names of our own."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from abonent.common.identifiers import new_uuid
from abonent.common.refusals import NotFound, Refusal
from abonent.common.transactions import requires_transaction
from abonent.domain.documents.models import Upload
from abonent.domain.documents.ports import Scanner, ScannerError
from abonent.domain.documents.rules.uploads import CleanFile, UploadState

_BATCH = 20


class NotChecked(Refusal):
    """The file cannot be handed out yet, or never will be."""


@requires_transaction
def keep_uploads(
    *, supplier_id: int, files: Sequence[CleanFile], user_id: int | None, now: datetime
) -> list[int]:
    """Keep cleaned files and return their identifiers, in their order.

    Where a scanner of viruses is configured they wait for its word (``scan_uploads``), and
    until then nobody gets them. The bytes lie on the disk under a random name; a file whose
    transaction fails is an orphan that no row names. There are no refusals.
    """
    state = UploadState.CHECKING if settings.SCANNER else UploadState.CLEAN
    kept = []
    for file in files:
        row = Upload(
            uuid=new_uuid(),
            supplier_id=supplier_id,
            user_id=user_id,
            name=file.name,
            kind=file.kind,
            size=len(file.content),
            sha256=hashlib.sha256(file.content).hexdigest(),
            state=state,
            kept_at=now,
        )
        place = _place(supplier_id, row.uuid)
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        place.write_bytes(file.content)
        row.save(force_insert=True)
        kept.append(int(row.pk))
    return kept


def scan_uploads(*, now: datetime) -> int:
    """Ask the scanner about every file that waits; return how many it has judged.

    A bad file is removed from the disk at once. Where the scanner gives no answer the file
    goes on waiting: nobody gets what nobody has looked at.
    """
    scanner = _scanner(settings.SCANNER)
    if scanner is None:
        return 0
    waiting = Upload.objects.filter(state=UploadState.CHECKING).order_by("kept_at", "pk")
    judged = 0
    for row in waiting[:_BATCH]:
        place = _place(row.supplier_id, row.uuid)
        try:
            clean = place.exists() and scanner.is_clean(place.read_bytes())
        except ScannerError:
            return judged
        if not clean:
            place.unlink(missing_ok=True)
        with transaction.atomic():
            judged += Upload.objects.filter(pk=row.pk, state=UploadState.CHECKING).update(
                state=UploadState.CLEAN if clean else UploadState.REFUSED, judged_at=now
            )
    return judged


def read_upload(*, upload_id: int) -> bytes:
    """Return the bytes of a kept file; whoever calls has judged who may have them.

    Refuses with NotChecked while the scanner has not answered and after it found something
    bad, with NotFound when the disk has lost the file.
    """
    row = Upload.objects.get(pk=upload_id)
    if row.state == UploadState.CHECKING:
        text = "Файл ещё проверяется, обычно это минута. Обновите страницу чуть позже."
        raise NotChecked(text)
    if row.state == UploadState.REFUSED:
        text = "Файл не прошёл проверку на вирусы и удалён. Пришлите другой."
        raise NotChecked(text)
    place = _place(row.supplier_id, row.uuid)
    if not place.exists():
        text = "Файла больше нет. Пришлите его снова."
        raise NotFound(text)
    return place.read_bytes()


def _place(supplier_id: int, uuid: UUID) -> Path:
    """Return where the bytes lie: in a folder of the supplier's, under a name of ours alone."""
    return Path(settings.UPLOADS) / str(supplier_id) / uuid.hex[:2] / uuid.hex


@cache
def _scanner(name: str) -> Scanner | None:
    """Return the scanner that the settings name, made once; None where there is none."""
    made: Scanner | None = import_string(name)() if name else None
    return made
