"""Settings, read from the environment; `docs/operations.md` explains each variable."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from kombu import Queue

from lib import redis_link, sealed
from portal.api.options import REST_FRAMEWORK, SPECTACULAR_SETTINGS  # noqa: F401
from portal.environment import broker, database, env, issuer, secret, session_options

BASE_DIR = Path(__file__).resolve().parent.parent

DEMO = env.bool("DEMO", default=False)
"""Demo data, demo mail and sandbox carriers; never set it where real people sign in."""
DEBUG = env.bool("DEBUG", default=False)
TESTING = "pytest" in sys.modules

SECRET_KEY = secret(
    "SECRET_KEY",
    demo=DEMO or TESTING,
    demo_value="demo-only-secret-key-of-no-value-to-anybody-0123456789",
)
FIELD_KEYS = secret(
    "FIELD_KEYS", demo=DEMO or TESTING, demo_value="ZGVtby1vbmx5LWZpZWxkLWtleS1vZi1uby12YWx1ZTA="
).split(",")
sealed.use_keys(FIELD_KEYS)

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1"])
PUBLIC_URL = env.str("PUBLIC_URL", default="http://localhost:8000").rstrip("/")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
HTTPS = PUBLIC_URL.startswith("https://")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "rest_framework",
    "drf_spectacular",
    "django_htmx",
    "csp",
    "accounts",
    "billing",
    "trunks",
    "dids",
    "provisioning",
    "notices",
    "portal",
    "portal.api",
]

MIDDLEWARE = [
    "portal.actor.RequestIds",
    "portal.headers.SafeHeaders",
    "portal.web.readers_zone.ReadersZone",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portal.session_age.SessionAge",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "portal.kept.middleware.KeptForms",
    "portal.web.second_factor.SecondFactorFirst",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "portal" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.web.frame.frame",
            ],
        },
    },
]

# Stores

DATABASES: dict[str, dict[str, Any]] = {
    "default": database(env.str("DATABASE_URL", default="")),
    "owner": database(env.str("DATABASE_OWNER_URL", default=env.str("DATABASE_URL", default=""))),
}
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if not TESTING:
    DATABASES["default"]["OPTIONS"].setdefault(
        "options", session_options(lock_seconds=env.int("LOCK_SECONDS", default=0))
    )
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
DATABASE_POOL = env.int("DATABASE_POOL", default=0)
"""Connections shared by the threads of a process; for web and search, whose threads mostly wait."""
if DATABASE_POOL:
    DATABASES["default"]["CONN_MAX_AGE"] = 0
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {
        "min_size": 1,
        "max_size": DATABASE_POOL,
        # While PostgreSQL is away, a caller learns soon; once it is back, so does the pool.
        "timeout": 5,
        "reconnect_timeout": 3,
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": redis_link.patience(),
    }
}

# Work

CELERY_BROKER_URL = broker(REDIS_URL)
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # A task of a killed worker comes back within the visibility time-out; the restore options make
    # kombu look for such tasks every five seconds instead of every hundred.
    "visibility_timeout": 120,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    # Whoever sends a message finds out soon that Redis is away; without these, never (kombu 5.7).
    "max_retries": 1,
    "interval_start": 0.05,
    "interval_step": 0.1,
    "interval_max": 0.2,
    "socket_connect_timeout": redis_link.CONNECT_SECONDS,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Workers wait for Redis as long as it takes.
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0.05, "interval_max": 0.2}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 100
# Celery does not close connections after each task; portal.celery closes those that are too old.
CELERY_DB_REUSE_MAX = float("inf")
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_QUEUES = (
    *(Queue(name, routing_key=name) for name in ("default", "purchase", "pbx")),
    # Nobody waits for a search that a killed worker took: it is not worth the broker's books.
    Queue("search", routing_key="search", no_ack=True),
)
CELERY_TASK_ROUTES = {
    "dids.tasks.search": {"queue": "search"},
    "dids.tasks.place": {"queue": "purchase"},
    "dids.tasks.settle": {"queue": "purchase"},
    "dids.tasks.bind": {"queue": "purchase"},
    "dids.tasks.hold": {"queue": "purchase"},
    "dids.tasks.feature": {"queue": "purchase"},
    "dids.tasks.carry_out_release": {"queue": "purchase"},
    "dids.tasks.locate": {"queue": "purchase"},
    "provisioning.tasks.publish": {"queue": "pbx"},
}
EMERGENCY_COUNTRIES = env.list("EMERGENCY_COUNTRIES", default=[])
EMERGENCY_REVIEW_DAYS = env.int("EMERGENCY_REVIEW_DAYS", default=365)
"""So long after its check or its last test call, an emergency location is to be looked at again."""
EXCHANGE_DAYS = env.int("EXCHANGE_DAYS", default=90)
"""So long it is kept what was said to carriers, and what their messages said."""
IMPORT_DAYS = env.int("IMPORT_DAYS", default=90)
"""So long the lines of a list are kept after it was applied."""
SWEEP_SECONDS = env.float("SWEEP_SECONDS", default=5.0)
CELERY_BEAT_SCHEDULE = {
    "forget old answers": {
        "task": "portal.api.tasks.forget_answers",
        "schedule": timedelta(hours=1),
    },
    "seal the journal": {"task": "accounts.tasks.seal", "schedule": timedelta(seconds=1)},
    "send what was not sent": {"task": "accounts.tasks.sweep", "schedule": timedelta(seconds=20)},
    "nudge what is due": {"task": "dids.tasks.sweep", "schedule": timedelta(seconds=SWEEP_SECONDS)},
    # A day keeps its last count; one that was missed is counted by the next.
    "count the numbers": {"task": "dids.tasks.tally", "schedule": timedelta(hours=1)},
    "compare carriers with the stock": {
        "task": "dids.tasks.audit_all",
        "schedule": timedelta(hours=1),
    },
    "nudge the publishers": {
        "task": "provisioning.tasks.sweep",
        "schedule": timedelta(seconds=SWEEP_SECONDS),
    },
    "have delivered what was forgotten": {
        "task": "provisioning.tasks.deliver_forgotten",
        "schedule": timedelta(seconds=20),
    },
    "forget the lines of old lists": {
        "task": "dids.tasks.forget_imports",
        "schedule": timedelta(days=1),
    },
    "forget old changes of routes": {
        "task": "provisioning.tasks.forget",
        "schedule": timedelta(days=1),
    },
    "tell people what happened": {
        "task": "notices.tasks.sweep",
        "schedule": timedelta(seconds=20),
    },
    "check the carriers": {"task": "trunks.tasks.sweep", "schedule": timedelta(seconds=15)},
    "forget what was said to carriers": {
        "task": "trunks.tasks.forget",
        "schedule": timedelta(days=1),
    },
}
for _entry in CELERY_BEAT_SCHEDULE.values():
    # A sweep that waited longer than a minute is worth nothing: the next one does its work.
    _entry["options"] = {"expires": 60}

EXTRA_CARRIERS: dict[str, str] = {}
"""Carriers of one's own: slug -> dotted path of the adapter class."""

# People

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "portal.signing_in.ClosedDoorAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
"""People are told by mail when their password or a second factor changes."""
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}
"""Guesses; what people read about them stands in portal.signing_in."""
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0)
"""Proxies in front of us that add to X-Forwarded-For: sign-ins are limited per address."""
MFA_ADAPTER = "portal.signing_in.SealedFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Number portal"
MFA_FORMS = {
    "add_webauthn": "portal.web.forms.passkeys.AddPasskey",
    "edit_webauthn": "portal.web.forms.passkeys.RenamePasskey",
    "login_webauthn": "portal.web.forms.passkeys.SignInByPasskey",
    "authenticate_webauthn": "portal.web.forms.passkeys.SecondStepByPasskey",
    "reauthenticate_webauthn": "portal.web.forms.passkeys.ConfirmByPasskey",
}
SINGLE_SIGN_ON = issuer(demo=DEMO or TESTING)
"""Who else vouches for people; without one, nothing of it is there."""
SOCIALACCOUNT_ADAPTER = "portal.web.single_sign_on.IssuerAdapter"
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5
"""Seconds for each word of the issuer."""
REQUIRE_MFA = env.bool("REQUIRE_MFA", default=not (DEMO or TESTING))
"""Provider and dealer members must set up a second factor before anything else."""
PASSWORD_RESET_TIMEOUT = 60 * 60 * 24
"""Seconds; the mail tells it as one day."""
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "account_login"

if DEMO or TESTING:
    EMAIL_BACKEND = "accounts.mail.DatabaseBackend"
else:
    EMAIL_CONFIG = env.email_url("EMAIL_URL", default="smtp://localhost:25")
    vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 20
"""Seconds for each word of the mail server."""
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="portal@localhost")

# Safety

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "style-src": [SELF],
        "script-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    },
}
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 60 * 60 * 12
"""The longest that a session lasts, however much it is used."""
SESSION_IDLE_SECONDS = 60 * env.int("SESSION_IDLE_MINUTES", default=120)
CSRF_COOKIE_SECURE = HTTPS
CSRF_FAILURE_VIEW = "portal.web.kept.stale"
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
# A file that is uploaded stays in memory: unsealed, nothing of it touches a disk. What is larger
# than this, with the fields beside it, is left out, and its form says what fits.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024 + 65_536

# Words, times, files

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "portal" / "static"]
# Straight from the sources where nobody has collected them.
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = DEBUG or TESTING
DOCUMENTS_DIR = env.str("DOCUMENTS_DIR", default="")
"""Where the vault keeps its sealed files; outside of everything that is served."""
DOCUMENT_SCANNER = env.str("DOCUMENT_SCANNER", default="")
"""Who looks for malware: `clamd://host:port`, `clamd:///socket` or a function's dotted path."""
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "documents": {
        "BACKEND": "django.core.files.storage.InMemoryStorage",
    }
    if TESTING and not DOCUMENTS_DIR
    else {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": DOCUMENTS_DIR or BASE_DIR / "documents",
            # Nobody gets at one but through the vault.
            "base_url": None,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
    },
    "filters": {"without keys": {"()": "portal.logs.WithoutKeys"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="INFO")},
    # Every call to a carrier is kept as an exchange; a line per request would say it twice.
    "loggers": {
        "httpx2": {"level": "WARNING"},
        "django.request": {"filters": ["without keys"]},
        "django.security.csrf": {"filters": ["without keys"]},
    },
}

PBX_MESSAGES_URL = env.str("PBX_MESSAGES_URL", default="")
"""The web address at which the phone system takes text messages; empty where it takes none."""
MESSAGES_TO_PRIVATE_ADDRESSES = env.bool("MESSAGES_TO_PRIVATE_ADDRESSES", default=False)
"""For development: messages may go to addresses that only this network knows."""
