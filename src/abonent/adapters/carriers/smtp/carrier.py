"""Letters through the mail server that Django's EMAIL settings name."""

from smtplib import SMTPException

from django.core.mail import EmailMultiAlternatives

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
        can be told by it. The headers of unsubscribing let a mail program end the letters
        by one press, without a page (RFC 8058).
        """
        headers = {"X-Message-Number": str(parcel.id)}
        if parcel.unsubscribe_url:
            headers["List-Unsubscribe"] = f"<{parcel.unsubscribe_url}>"
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        letter = EmailMultiAlternatives(
            subject=parcel.subject, body=parcel.body, to=[parcel.recipient], headers=headers
        )
        if parcel.html:
            letter.attach_alternative(parcel.html, "text/html")
        for file in parcel.attachments:
            letter.attach(file.name, file.content, file.content_type)
        try:
            letter.send()
        except (SMTPException, OSError) as error:
            text = f"{type(error).__name__}: {error}"
            raise CarrierError(text) from error
