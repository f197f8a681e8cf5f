"""People who sign in, what they agreed to, the codes they were sent."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from abonent.domain.identity.rules import BlockChannel, CodePurpose, Purpose, Role


class Users(BaseUserManager["User"]):
    """Makes users and finds them by login."""

    def create_user(self, *, login: str, password: str | None) -> "User":
        """Return a new stored user with this login."""
        user = self.model(login=login)
        user.set_password(password)
        user.save()
        return user


class User(AbstractBaseUser):
    """A person who signs in; accounts belong to suppliers, users are global."""

    login = models.CharField(max_length=64, unique=True, null=True, blank=True)
    email = models.EmailField(unique=True, null=True, blank=True)
    # E.164. A number that is not yet proven gives way to whoever proves it.
    phone = models.CharField(max_length=16, unique=True, null=True, blank=True)
    phone_proven_at = models.DateTimeField(null=True, blank=True)
    full_name = models.CharField(max_length=300, blank=True)
    # Asked by some presets at sign-up: the city, the INN of a representative's organisation.
    city = models.CharField(max_length=160, blank=True)
    inn = models.CharField(max_length=12, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    blocked_at = models.DateTimeField(null=True, blank=True)
    blocked_why = models.CharField(max_length=200, blank=True)
    joined_at = models.DateTimeField(auto_now_add=True)
    # The person has deleted the cabinet: nothing here names anybody any more (RULES 7.3).
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = Users()

    USERNAME_FIELD = "login"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ()  # type: ignore[assignment]  # the library wants another type

    def save(self, **options: object) -> None:
        """Store the user; an empty contact is stored as none.

        allauth writes '' for a missing e-mail, which a unique column takes once only.
        """
        self.login = self.login or None
        self.email = self.email.lower() if self.email else None
        self.phone = self.phone or None
        super().save(**options)  # type: ignore[arg-type]  # Django's own options, passed on

    def __str__(self) -> str:
        # allauth shows this; it must be a text even for a user with no e-mail.
        return self.full_name or self.email or self.phone or self.login or str(self.pk)


class Consent(models.Model):
    """One purpose a person agreed to, with the very text they saw (RULES 7.2)."""

    user = models.ForeignKey(User, models.CASCADE)
    # Suppliers live beside this room, which does not know them: only the identifier is here.
    supplier_id = models.BigIntegerField()
    purpose = models.CharField(max_length=32, choices=[(word, word) for word in Purpose])
    version = models.CharField(max_length=32)
    text_hash = models.CharField(max_length=64)
    text = models.TextField()
    given_at = models.DateTimeField()
    address = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=400, blank=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["user", "purpose"], name="consent_of_user")]


class BlockRequest(models.Model):
    """A cabinet believed stolen, closed under a number until its person is known again."""

    user = models.ForeignKey(User, models.CASCADE)
    # Whose hotline or page it came by; suppliers are not known in this room.
    supplier_id = models.BigIntegerField(null=True)
    channel = models.CharField(max_length=16, choices=[(word, word) for word in BlockChannel])
    actor_id = models.BigIntegerField(null=True)
    why = models.CharField(max_length=200, blank=True)
    suspected_since = models.DateTimeField(null=True)
    asked_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.BigIntegerField(null=True)
    lifted_why = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(lifted_at=None), name="one_standing_block"
            )
        ]


class OneTimeCode(models.Model):
    """A six-digit code sent to a contact: kept hashed, good once, for one purpose."""

    user = models.ForeignKey(User, models.CASCADE)
    purpose = models.CharField(max_length=32, choices=[(word, word) for word in CodePurpose])
    subject = models.CharField(max_length=80)
    code_hash = models.CharField(max_length=128)
    tries = models.SmallIntegerField(default=0)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "purpose", "subject"],
                condition=models.Q(closed_at=None),
                name="one_open_code",
            )
        ]
        indexes = [
            models.Index(fields=["user", "issued_at"], name="code_of_user"),
            models.Index(fields=["subject", "issued_at"], name="code_of_subject"),
        ]


class SmsRequest(models.Model):
    """A code that was to leave by SMS: counted for the daily ceilings (TRUST T12)."""

    number = models.CharField(max_length=16)
    address_block = models.CharField(max_length=64, blank=True)
    asked_at = models.DateTimeField()
    sent = models.BooleanField()

    class Meta:
        indexes = [
            models.Index(fields=["asked_at"], name="sms_request_when"),
            models.Index(fields=["number", "asked_at"], name="sms_request_number"),
            models.Index(fields=["address_block", "asked_at"], name="sms_request_block"),
        ]


class Draft(models.Model):
    """What a person has typed on a page and not yet confirmed: kept so that nothing is lost.

    ``key`` is the one-time key of the page it was typed on, so two tabs have two drafts.
    """

    user = models.ForeignKey(User, models.CASCADE)
    page = models.CharField(max_length=64)
    key = models.CharField(max_length=32)
    content = models.JSONField()
    kept_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "page", "key"], name="one_draft_a_key")
        ]
        indexes = [models.Index(fields=["kept_at"], name="draft_when")]


class StaffRole(models.Model):
    """A person works for a supplier: as what, in which branch, since when and until when.

    The supplier and the branch stand beside this room and are known by identifier and code;
    an empty branch means the whole supplier. A role that ended stays, for the journal's sake.
    """

    user = models.ForeignKey(User, models.PROTECT)
    supplier_id = models.BigIntegerField()
    role = models.CharField(max_length=16, choices=[(role, role) for role in Role])
    branch = models.CharField(max_length=64, blank=True)
    given_at = models.DateTimeField()
    given_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "supplier_id", "role", "branch"],
                condition=models.Q(ended_at=None),
                name="one_live_role",
            )
        ]
