"""Pictures of meters by the submission they were sent to."""

from collections.abc import Collection
from uuid import UUID

from abonent.domain.documents.queries import UploadView, upload_views
from abonent.domain.metering.models import MeterPhoto


def photos_of(*, submission_id: UUID) -> list[UploadView]:
    """Return the pictures of a submission, the first sent first. Two statements."""
    rows = MeterPhoto.objects.filter(submission_id=submission_id).order_by("pk")
    ids = list(rows.values_list("upload_id", flat=True))
    found = upload_views(ids)
    return [found[one] for one in ids]


def submissions_with_photos(*, submission_ids: Collection[UUID]) -> set[UUID]:
    """Return which of these submissions have a picture. One statement."""
    rows = MeterPhoto.objects.filter(submission_id__in=list(submission_ids))
    return set(rows.values_list("submission_id", flat=True).distinct())
