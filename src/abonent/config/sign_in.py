"""Settings of sign-in (allauth) and of the content security policy.

The numbers are those of TRUST B3. Everything allauth says to people goes through the
adapter named here, into the one outbox.
"""

import os
from urllib.parse import urlsplit

_DEMO = os.environ.get("ABONENT_DEMO", "") == "1"
_PUBLIC_URL = os.environ.get("ABONENT_PUBLIC_URL", "http://127.0.0.1:8000")
_MINUTE, _HOUR = 60, 60 * 60
_BANKS = ("YOOKASSA", "TBANK", "RBS", "MONETA")

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "abonent.interfaces.public.sign_in.hasher.Hasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "portal_home"

ACCOUNT_ADAPTER = "abonent.interfaces.public.sign_in.adapter.Adapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "login"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_LOGIN_METHODS = {"email", "phone", "username"}
# allauth wants a required mailbox beside mandatory proof; which of these a supplier truly
# asks for is a matter of its preset, and the form and the stages of ours decide.
ACCOUNT_SIGNUP_FIELDS = ["email*", "phone", "username", "password1*"]
ACCOUNT_SIGNUP_FORM_HONEYPOT_FIELD = "company_site"
ACCOUNT_PREVENT_ENUMERATION = "strict"

ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CHANGE_EMAIL = True
# The link proves the address and nothing more: it neither signs in nor acts when merely
# opened, so it may live as long as the suppliers' own did (TRUST B1).
ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = 14
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""

ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "dashed": False, "length": 6}
ACCOUNT_PHONE_VERIFICATION_TIMEOUT = 10 * _MINUTE
ACCOUNT_PHONE_VERIFICATION_MAX_ATTEMPTS = 3
ACCOUNT_PHONE_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 5 * _MINUTE
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 3
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
PASSWORD_RESET_TIMEOUT = _HOUR
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True
# The day's ceilings of SMS stand in the identity room, where they are counted for good;
# these limits live in the shared cache and slow the rest down.
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip,300/d/ip",
    "signup": "20/m/ip,100/d/ip",
    "reset_password": "20/m/ip,5/m/key,10/d/key",
    "request_login_code": "20/m/ip,3/m/key,20/d/key",
    "verify_phone": "1/30s/key,6/m/ip",
    # A change is asked for twice when the password is asked in between.
    "change_phone": "6/m/user,20/d/user",
}
# How many proxies of our own stand before the server: only their word about the client's
# address is taken.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("ABONENT_PROXIES", "0"))

# Codes by SMS that the house pays for in a day, all numbers together (TRUST T12).
SMS_PER_DAY = int(os.environ.get("ABONENT_SMS_PER_DAY", "5000"))

MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_TOTP_ISSUER = "Абонент"
# Passkeys need https everywhere but on the machine itself (LIBRARIES trap 38).
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = _PUBLIC_URL.startswith("http://")


def _payment_hosts() -> list[str]:
    """Return the hosts a payment form may lead to: the redirect to the bank obeys it too."""
    known = (
        "https://yoomoney.ru https://*.yookassa.ru https://*.tinkoff.ru https://*.tbank.ru"
        " https://*.sberbank.ru https://moneta.ru https://*.moneta.ru"
    )
    hosts = os.environ.get("ABONENT_PAYMENT_HOSTS", known).split()
    if _DEMO:
        banks = {urlsplit(os.environ.get(f"ABONENT_{name}_URL", "")) for name in _BANKS}
        hosts += sorted(f"{bank.scheme}://{bank.netloc}" for bank in banks if bank.netloc)
    return list(dict.fromkeys(hosts))


CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "worker-src": ["'self'"],
        "form-action": ["'self'", *_payment_hosts()],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}
