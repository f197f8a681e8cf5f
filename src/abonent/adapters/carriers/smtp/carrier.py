"""Letters through the mail server that Django's EMAIL settings name."""

from smtplib import SMTPException

from django.core.mail import EmailMessage

from abonent.domain.messaging.ports import CarrierError, Parcel


class Smtp:
    """Takes letters only."""

    keeps_only = False

    def takes(self, channel: str) -> bool:
        """Take letters."""
        return channel == "email"

    def send(self, parcel: Parcel) -> None:
        """Hand the letter to the server; raises CarrierError when it cannot take it now.

        The number of the message is in a header, so that a letter sent twice after a crash
        can be told by it.
        """
        letter = EmailMessage(
            subject=parcel.subject,
            body=parcel.body,
            to=[parcel.recipient],
            headers={"X-Message-Number": str(parcel.id)},
        )
        try:
            letter.send()
        except (SMTPException, OSError) as error:
            text = f"{type(error).__name__}: {error}"
            raise CarrierError(text) from error
