"""The classifier, appeals and their course, frequent questions, ratings, news and outages."""

from django.conf import settings
from django.db import models

from abonent.domain.support.rules import TopicKind
from abonent.domain.support.rules.ratings import RatingSubject
from abonent.domain.support.rules.tickets import ReplyKind, TicketAct, TicketState


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


class TicketSeries(models.Model):
    """The last number given to an appeal of a supplier in a year: numbers have no gaps."""

    supplier = models.ForeignKey("suppliers.Supplier", models.PROTECT)
    year = models.SmallIntegerField()
    last = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["supplier", "year"], name="ticket_series_once")
        ]


class Ticket(models.Model):
    """An appeal: what a person asks, complains of or proposes, and by when it is answered."""

    supplier = models.ForeignKey("suppliers.Supplier", models.PROTECT)
    number = models.CharField(max_length=16)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    # Accounts are loaded by the million without foreign keys of the database (accounts.models).
    account = models.ForeignKey(
        "accounts.CustomerAccount", models.PROTECT, null=True, db_constraint=False
    )
    topic = models.ForeignKey(Topic, models.PROTECT)
    kind = models.CharField(max_length=16, choices=[(kind, kind) for kind in TopicKind])
    # What the cabinet shows and the person calls wrong, in words; empty for other appeals.
    about = models.CharField(max_length=200, blank=True)
    corrects = models.BooleanField(default=False)
    # Who answers now: copied from the topic and the account, staff may pass the appeal on.
    department = models.CharField(max_length=160)
    branch = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=16, choices=[(word, word) for word in TicketState])
    opened_at = models.DateTimeField()
    answer_by = models.DateField()
    answer_basis = models.CharField(max_length=160)
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    mark = models.SmallIntegerField(null=True)
    # The one-time key of the form: pressing twice writes once.
    key = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["supplier", "number"], name="ticket_number_once"),
            models.UniqueConstraint(fields=["user", "key"], name="ticket_once"),
            models.CheckConstraint(
                condition=models.Q(mark=None) | models.Q(mark__gte=1, mark__lte=5),
                name="ticket_mark_in_bounds",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "supplier", "-opened_at"], name="ticket_of_user"),
            models.Index(
                fields=["supplier", "answer_by"],
                condition=models.Q(state__in=["new", "in_work", "waiting"]),
                name="ticket_waits",
            ),
        ]


class Reply(models.Model):
    """Something said in an appeal: by its author, or by the supplier as question or answer."""

    ticket = models.ForeignKey(Ticket, models.PROTECT)
    kind = models.CharField(max_length=16, choices=[(word, word) for word in ReplyKind])
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    text = models.TextField()
    written_at = models.DateTimeField()
    key = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "key"], name="reply_once")]


class TicketFile(models.Model):
    """A file sent with a reply; the bytes are the documents room's."""

    reply = models.ForeignKey(Reply, models.PROTECT)
    upload = models.OneToOneField("documents.Upload", models.PROTECT)


class TicketMove(models.Model):
    """A step of an appeal's course, and whose."""

    ticket = models.ForeignKey(Ticket, models.PROTECT)
    act = models.CharField(max_length=16, choices=[(word, word) for word in TicketAct])
    state = models.CharField(max_length=16, choices=[(word, word) for word in TicketState])
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    note = models.CharField(max_length=200, blank=True)
    moved_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["ticket", "moved_at"], name="move_of_ticket")]


class FaqEntry(models.Model):
    """A frequent question with its answer, in the supplier's order."""

    supplier = models.ForeignKey("suppliers.Supplier", models.PROTECT)
    place = models.SmallIntegerField()
    topic = models.CharField(max_length=64, blank=True)
    question = models.CharField(max_length=200)
    answer = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["supplier", "place"], name="faq_place_once")]


class Rating(models.Model):
    """How a person finds the cabinet or a part of the supplier's work, once a quarter."""

    supplier = models.ForeignKey("suppliers.Supplier", models.PROTECT)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    subject = models.CharField(max_length=16, choices=[(word, word) for word in RatingSubject])
    quarter = models.DateField()
    mark = models.SmallIntegerField()
    comment = models.TextField(blank=True)
    given_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["supplier", "quarter", "subject", "user"], name="rating_once"
            ),
            models.CheckConstraint(
                condition=models.Q(mark__gte=1, mark__lte=5), name="rating_mark_in_bounds"
            ),
        ]


class NewsItem(models.Model):
    """Something the supplier tells everybody."""

    supplier = models.ForeignKey("suppliers.Supplier", models.PROTECT)
    title = models.CharField(max_length=160)
    text = models.TextField()
    published_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["supplier", "-published_at"], name="news_newest")]


class Outage(models.Model):
    """A break of a service: where, from when, until when as far as is known."""

    supplier = models.ForeignKey("suppliers.Supplier", models.PROTECT)
    service = models.CharField(max_length=160)
    # A line for each street: «ул. Малышева, 84–96».
    places = models.TextField()
    reason = models.CharField(max_length=300)
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    announced_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["supplier", "begins_at"],
                condition=models.Q(ended_at=None),
                name="outage_standing",
            )
        ]


class OutageWatch(models.Model):
    """A mailbox that wants to be told of outages of a street, once its owner confirmed it."""

    supplier = models.ForeignKey("suppliers.Supplier", models.PROTECT)
    street = models.CharField(max_length=120)
    street_key = models.CharField(max_length=120)
    email = models.CharField(max_length=254)
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["supplier", "street_key", "email"],
                condition=models.Q(ended_at=None),
                name="outage_watch_once",
            )
        ]
