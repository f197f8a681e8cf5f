"""The classifier by which appeals find their department."""

from django.db import models

from abonent.domain.support.rules import TopicKind


class Topic(models.Model):
    """A subject a customer may write about, and who answers it within how many days.

    A topic that the supplier no longer offers is retired, not removed: appeals name it.
    """

    supplier = models.ForeignKey("suppliers.Supplier", models.PROTECT)
    code = models.CharField(max_length=64)
    kind = models.CharField(max_length=16, choices=[(kind, kind) for kind in TopicKind])
    name = models.CharField(max_length=160)
    hint = models.CharField(max_length=300, blank=True)
    department = models.CharField(max_length=160)
    answer_days = models.SmallIntegerField()
    place = models.SmallIntegerField()
    retired = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["supplier", "code"], name="topic_code_once")]
