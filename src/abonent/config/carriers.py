"""How messages leave the house: kept for reading in a demonstration, by SMTP otherwise."""

import os

CARRIERS = (
    {"outbox": "abonent.adapters.carriers.outbox.carrier.Outbox"}
    if os.environ.get("ABONENT_DEMO", "") == "1"
    else {"smtp": "abonent.adapters.carriers.smtp.carrier.Smtp"}
)
ATTACHMENTS = "abonent.config.attachments.KeptDocuments"
EMAIL_HOST = os.environ.get("ABONENT_SMTP_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("ABONENT_SMTP_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("ABONENT_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("ABONENT_SMTP_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("ABONENT_SMTP_TLS", "") == "1"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("ABONENT_MAIL_FROM", "abonent@localhost")
