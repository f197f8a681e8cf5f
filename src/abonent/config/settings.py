"""All settings of the house; every value from the environment has its line here."""

import os
from pathlib import Path

from abonent.config.postgres import connection_parameters, data_folder

SOURCE = Path(__file__).resolve().parent.parent
DATA = data_folder(os.environ)
DEMO = os.environ.get("ABONENT_DEMO", "") == "1"
DEBUG = os.environ.get("ABONENT_DEBUG", "") == "1"


def _secret_key() -> str:
    """Return the signing key: from the environment, a file, or made once in the data folder."""
    given = os.environ.get("ABONENT_SECRET_KEY")
    if given:
        return given
    named = os.environ.get("ABONENT_SECRET_KEY_FILE")
    path = Path(named) if named else DATA / "secret-key"
    if not path.exists():
        from secrets import token_urlsafe

        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_text().strip()
        with os.fdopen(handle, "w") as file:
            file.write(token_urlsafe(48))
    return path.read_text().strip()


SECRET_KEY = _secret_key()
ALLOWED_HOSTS = os.environ.get("ABONENT_HOSTS", "127.0.0.1,localhost,.localhost,testserver").split(
    ","
)
CSRF_TRUSTED_ORIGINS = [
    origin for origin in os.environ.get("ABONENT_ORIGINS", "").split(",") if origin
]
# The address under which outside systems and letters reach this installation.
PUBLIC_URL = os.environ.get("ABONENT_PUBLIC_URL", "http://127.0.0.1:8000")

ROOMS = [
    "suppliers", "identity", "accounts", "metering", "tariffs", "billing", "ledger",
    "payments", "invoicing", "documents", "messaging", "journal", "support", "exchange",
]  # fmt: skip
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "procrastinate.contrib.django",
    "django_cotton.apps.SimpleAppConfig",
    "django_htmx",
    "csp",
    # The doors stand before allauth: their templates are found first.
    "abonent.interfaces.design",
    "abonent.interfaces.public",
    "abonent.interfaces.portal",
    "abonent.interfaces.office",
    "abonent.interfaces.api",
    "abonent.interfaces.jobs",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    *[f"abonent.domain.{room}" for room in ROOMS],
]
MIDDLEWARE = [
    "abonent.config.middleware.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "abonent.config.compression.Compression",
    "abonent.config.middleware.SupplierPrefix",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "csp.middleware.CSPMiddleware",
    "abonent.config.middleware.Refusals",
]
ROOT_URLCONF = "abonent.config.urls"
WSGI_APPLICATION = "abonent.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": False,
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "django.templatetags.static",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ],
        },
    }
]
DATABASES = {"default": connection_parameters(os.environ)}
CONN_MAX_AGE = 600
CACHES = {
    # Shared by all processes, so that the limits of sign-in hold (LIBRARIES trap 17).
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "shared_cache",
        # Past this number entries are thrown out at random, and with them the limits'
        # counts: the default of 300 would let anybody wash a limit away.
        "OPTIONS": {"MAX_ENTRIES": 200_000},
    }
}

LANGUAGE_CODE = "ru"
TIME_ZONE = "Europe/Moscow"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
_MANIFEST = "whitenoise.storage.CompressedManifestStaticFilesStorage"
_PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _MANIFEST if (DATA / "static").exists() else _PLAIN},
}
WHITENOISE_USE_FINDERS = not (DATA / "static").exists()
MEDIA_ROOT = DATA / "media"
# Files that people send lie where no web server looks; only a view hands them out.
UPLOADS = DATA / "uploads"
FILE_UPLOAD_HANDLERS = [
    "abonent.config.uploads.Ceiling",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
# A scanner of viruses: the address of clamd, host:port or the path of its socket. Without
# one the files are handed out unscanned, and ``abonent doctor`` says so.
CLAMD = os.environ.get("ABONENT_CLAMD", "")
SCANNER = "abonent.adapters.scanners.clamd.Clamd" if CLAMD else ""

AUTH_USER_MODEL = "identity.User"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "abonent.interfaces.design.strength.LongEnough",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "abonent.interfaces.design.strength.NotCommon"},
    {"NAME": "abonent.interfaces.design.strength.NotDigitsAlone"},
]
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = PUBLIC_URL.startswith("https://")
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Outside systems, plugged into the rooms' ports by name (HOUSE 2).
# A supplier with shops at several pays through the one its policy "acquirer" names, else
# through the first of these.
ACQUIRERS = {
    "yookassa": "abonent.adapters.acquirers.yookassa.acquirer.YooKassa",
    "tbank": "abonent.adapters.acquirers.tbank.acquirer.TBank",
    "rbs": "abonent.adapters.acquirers.rbs.acquirer.Rbs",
    "moneta": "abonent.adapters.acquirers.moneta.acquirer.Moneta",
}
# Those that let a shop strike out a card which they keep; YooKassa has no call for that.
CARD_BOOKS = {
    "tbank": "abonent.adapters.acquirers.tbank.cards.TBankCards",
    "rbs": "abonent.adapters.acquirers.rbs.cards.RbsCards",
}
# Shops by supplier: {"sesb": "123456:secret"}, given directly or in a file. The demo's
# shops are the bank simulator's (docs/guides/acquirers.md).
YOOKASSA_URL = os.environ.get("ABONENT_YOOKASSA_URL", "https://api.yookassa.ru/v3")
YOOKASSA_SHOPS = os.environ.get("ABONENT_YOOKASSA_SHOPS", "")
YOOKASSA_SHOPS_FILE = os.environ.get("ABONENT_YOOKASSA_SHOPS_FILE", "")
TBANK_URL = os.environ.get("ABONENT_TBANK_URL", "https://securepay.tinkoff.ru/v2")
TBANK_SHOPS = os.environ.get("ABONENT_TBANK_SHOPS", "")
TBANK_SHOPS_FILE = os.environ.get("ABONENT_TBANK_SHOPS_FILE", "")
RBS_URL = os.environ.get("ABONENT_RBS_URL", "https://ecommerce.sberbank.ru/ecomm/gw/partner/api/v1")
RBS_SHOPS = os.environ.get("ABONENT_RBS_SHOPS", "")
RBS_SHOPS_FILE = os.environ.get("ABONENT_RBS_SHOPS_FILE", "")
# Where operations are looked up, and the form to which payers go.
MONETA_URL = os.environ.get("ABONENT_MONETA_URL", "https://service.moneta.ru/services")
MONETA_FORM = os.environ.get("ABONENT_MONETA_FORM", "https://moneta.ru/assistant.htm")
MONETA_SHOPS = os.environ.get("ABONENT_MONETA_SHOPS", "")
MONETA_SHOPS_FILE = os.environ.get("ABONENT_MONETA_SHOPS_FILE", "")
# Certificate authorities that the system does not know and a bank's certificate needs.
PAYMENT_AUTHORITIES = os.environ.get("ABONENT_PAYMENT_AUTHORITIES", "")
DEMO_SHOPS = DATA / "bank-shops.txt"
# Who takes money for the suppliers elsewhere: terminals, banks (docs/guides/agents.md).
AGENTS = "abonent.adapters.agents.book.Book"
# The demo has channels of its own, written when it is prepared.
DEMO_AGENTS = DATA / "demo-agents.toml"
AGENTS_FILE = os.environ.get("ABONENT_AGENTS_FILE", "")
if DEMO and not AGENTS_FILE and DEMO_AGENTS.exists():
    AGENTS_FILE = str(DEMO_AGENTS)
# Where our own proxy writes the fingerprint (SHA-256) of a caller's certificate.
AGENT_CERTIFICATE_HEADER = os.environ.get("ABONENT_CERTIFICATE_HEADER", "X-Client-Cert-Sha256")
REGISTRY_FORMATS = "abonent.adapters.formats.shelf.format_of"
# Whether payments that the bank marks as tests are credited; never in production.
TEST_PAYMENTS = DEMO

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"abonent": {"level": "INFO"}},
}

from abonent.config.carriers import *  # noqa: F403  (how messages leave the house)
from abonent.config.sign_in import *  # noqa: F403  (allauth's and the CSP's own settings)
