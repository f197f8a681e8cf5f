"""Kept documents."""

from django.db import models


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
