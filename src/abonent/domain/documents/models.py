"""Kept documents, and files that people sent."""

from django.db import models

from abonent.domain.documents.rules.uploads import UploadKind, UploadState


class Document(models.Model):
    """A PDF as it was handed out: made once, never changed.

    The room knows the supplier and the subject only by their identifiers: it lies below
    the rooms they belong to.
    """

    supplier_id = models.BigIntegerField()
    kind = models.CharField(max_length=16)
    subject = models.CharField(max_length=64)
    period = models.DateField()
    title = models.CharField(max_length=160)
    amount = models.BigIntegerField()
    code = models.CharField(max_length=32)
    sha256 = models.CharField(max_length=64)
    size = models.IntegerField()
    content = models.BinaryField()
    rendered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["supplier_id", "subject", "kind", "period"], name="document_once"
            ),
            models.UniqueConstraint(fields=["supplier_id", "code"], name="document_code_once"),
        ]


class Upload(models.Model):
    """A file that a person sent, cleaned; its bytes lie on the disk under the random ``uuid``.

    Who may have it is a matter of the room that it was sent to.
    """

    uuid = models.UUIDField(unique=True)
    supplier_id = models.BigIntegerField()
    user_id = models.BigIntegerField(null=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=8, choices=[(word, word) for word in UploadKind])
    size = models.IntegerField()
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=[(word, word) for word in UploadState])
    kept_at = models.DateTimeField()
    judged_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["kept_at"],
                condition=models.Q(state=UploadState.CHECKING),
                name="upload_waits",
            )
        ]


class DocumentOrder(models.Model):
    """A paper that somebody ordered and that is made behind the page, with its progress."""

    id = models.UUIDField(primary_key=True)
    supplier_id = models.BigIntegerField()
    kind = models.CharField(max_length=16)
    # What it is about, ``account:17``; the room knows accounts as words alone.
    subject = models.CharField(max_length=64)
    since = models.DateField()
    until = models.DateField()
    user_id = models.BigIntegerField()
    ordered_at = models.DateTimeField()
    done = models.IntegerField(default=0)
    total = models.IntegerField()
    document = models.ForeignKey(Document, models.PROTECT, null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["supplier_id", "subject", "-ordered_at"], name="document_orders")
        ]
