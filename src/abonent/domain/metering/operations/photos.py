"""Pictures of meters beside a submission: what a strange value is judged by."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from abonent.common.refusals import NotFound, Refusal
from abonent.common.transactions import outermost
from abonent.domain.documents import operations as documents
from abonent.domain.documents.queries import UploadView
from abonent.domain.documents.rules.uploads import (
    CleanFile,
    SentFile,
    UnfitFile,
    UploadKind,
    clean_file,
)
from abonent.domain.metering import models
from abonent.domain.metering.queries.photos import photos_of
from abonent.domain.metering.queries.submissions import SubmissionView

MOST_PHOTOS = 5


class TooManyPhotos(Refusal):
    """A submission has as many pictures as it may."""


def add_photos(
    *, submission: SubmissionView, user_id: int, files: Sequence[SentFile], now: datetime
) -> int:
    """Keep pictures of the meter with a submission; return how many were added.

    Each is drawn anew, so that neither the place of the shot nor anything else is left in
    it. Who may send them, the caller has judged. Refuses with UnfitFile what is no picture
    and with TooManyPhotos above five. Call it outside a transaction: drawing is slow.
    """
    if not files:
        raise UnfitFile("Выберите снимок.", field="files")
    return _keep(submission, user_id, [_picture(one) for one in files], now)


def read_photo(*, submission: SubmissionView, uuid: UUID) -> tuple[UploadView, bytes]:
    """Return a picture of this submission with its bytes; who may see it, the caller has judged.

    Refuses with NotFound for a picture of another one, and as ``documents.read_upload`` does.
    """
    for photo in photos_of(submission_id=submission.id):
        if photo.uuid == uuid:
            return photo, documents.read_upload(upload_id=photo.id)
    raise NotFound("Такого снимка нет.")


def _picture(sent: SentFile) -> CleanFile:
    found = clean_file(sent)
    if found.kind is UploadKind.PDF:
        text = f"Файл «{found.name}» не снимок: пришлите JPEG или PNG."
        raise UnfitFile(text, field="files")
    return found


@outermost
def _keep(
    submission: SubmissionView, user_id: int, pictures: Sequence[CleanFile], now: datetime
) -> int:
    """Store the pictures of one submission, one sender after another."""
    row = models.MeterReading.objects.select_for_update().get(pk=submission.id)
    there = models.MeterPhoto.objects.filter(submission=row).count()
    if there + len(pictures) > MOST_PHOTOS:
        text = f"К одной передаче – не больше {MOST_PHOTOS} снимков. Уже есть: {there}."
        raise TooManyPhotos(text, field="files")
    kept = documents.keep_uploads(
        supplier_id=row.supplier_id, files=pictures, user_id=user_id, now=now
    )
    models.MeterPhoto.objects.bulk_create(
        models.MeterPhoto(submission=row, upload_id=one, user_id=user_id, added_at=now)
        for one in kept
    )
    return len(kept)
