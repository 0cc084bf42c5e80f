"""The one settings file: values come from the environment, and a wrong one stops the start with a sentence."""

import os
import sys
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from giamngheo.config.identity import identity_service
from giamngheo.postgres.home import home, secret
from giamngheo.postgres.urls import as_django, database_urls

# Products of matrices here are small: on a busy server their threads wait for one another a hundred times as long as they count.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

PACKAGE = Path(__file__).resolve().parent.parent
HOME = home()


def _flag(name: str, default: bool) -> bool:
    value = os.environ.get(name, str(int(default)))
    if value not in {"0", "1"}:
        raise ImproperlyConfigured(f"{name} must be 0 or 1, not {value!r}.")
    return value == "1"


def _number(name: str, default: int) -> int:
    value = os.environ.get(name, str(default))
    if not value.isascii() or not value.isdigit() or int(value) == 0:
        raise ImproperlyConfigured(f"{name} must be a whole number above 0, not {value!r}.")
    return int(value)


def _secret(name: str) -> str:
    """The value of the environment variable, else of a file made once under the home folder, readable by us alone."""
    return os.environ.get(name) or secret(name.lower())


DEBUG = _flag("GIAMNGHEO_DEBUG", False)
DEMO = _flag("GIAMNGHEO_DEMO", False)
SECRET_KEY = _secret("GIAMNGHEO_SECRET_KEY")
FIELD_KEY = _secret("GIAMNGHEO_FIELD_KEY")
INDEX_KEY = _secret("GIAMNGHEO_INDEX_KEY")
#: Decides which household speaks for a pool in public figures; kept, so that every snapshot draws the same lots.
DISCLOSURE_KEY = _secret("GIAMNGHEO_DISCLOSURE_KEY")
#: Signs certificates. Public halves of former keys stay published, so that what they signed stays proved.
SIGNING_KEY = _secret("GIAMNGHEO_SIGNING_KEY")
SIGNING_KEYS_RETIRED = [k for k in os.environ.get("GIAMNGHEO_SIGNING_KEYS_RETIRED", "").split(",") if k]
ALLOWED_HOSTS = os.environ.get("GIAMNGHEO_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("GIAMNGHEO_ORIGINS", "").split(",") if o]
HTTPS = _flag("GIAMNGHEO_HTTPS", False)

INSTALLED_APPS = [
    "giamngheo.access",
    "giamngheo.audit",
    "giamngheo.areas",
    "giamngheo.registry",
    "giamngheo.surveys",
    "giamngheo.reviews",
    "giamngheo.support",
    "giamngheo.warehouse",
    "giamngheo.whatif",
    "giamngheo.escape",
    "giamngheo.resolution",
    "giamngheo.reports",
    "giamngheo.web",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "giamngheo.web.language.chosen_language",
    "django.middleware.common.CommonMiddleware",
    "giamngheo.web.middleware.keep_typed_form",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "giamngheo.web.middleware.scope",
]

ROOT_URLCONF = "giamngheo.web.urls"
WSGI_APPLICATION = "giamngheo.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "giamngheo.web.context.page",
            ],
        },
    }
]

# Pages, jobs and commands work as the unprivileged role; only migrations and set-up are the owner's.
_urls = database_urls()
DATABASES = {
    "default": {
        **as_django(_urls.app),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    },
    "owner": as_django(_urls.owner),
}
if os.environ.get("GIAMNGHEO_DATABASE_NAME"):  # another database of the same server, as the journeys use
    for _database in DATABASES.values():
        _database["NAME"] = os.environ["GIAMNGHEO_DATABASE_NAME"]
DATABASE_ROUTERS = ["giamngheo.config.routers.MigrateAsOwner"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

#: Background jobs stand in each room's jobs.py.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": HOME / "cache",
        "OPTIONS": {"MAX_ENTRIES": 5000},  # drawn pictures are kept under their content
    },
}

AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "giamngheo.web.accounts.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "giamngheo.web.accounts.SocialAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key"}
ACCOUNT_PREVENT_ENUMERATION = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "giamngheo"
MFA_TOTP_TOLERANCE = 1  # a telephone's clock may be half a minute off
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG or DEMO
#: Roles that must have a second factor before they see anything; a demonstration asks nobody.
MFA_REQUIRED_ROLES = set() if DEMO else {"provincial_officer", "auditor", "administrator"}
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_PROVIDERS: dict[str, dict[str, list[dict[str, object]]]] = {"openid_connect": {"APPS": []}}
if _identity := identity_service(os.environ):
    SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"].append(_identity.app)

SESSION_COOKIE_AGE = _number("GIAMNGHEO_SESSION_MINUTES", 480) * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_SSL_REDIRECT = False
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "giamngheo.web.views.errors.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        # a browser holds the redirection after a form to the same list: the identity service stands in it
        "form-action": ["'self'", *([_identity.origin] if _identity else [])],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "manifest-src": ["'self'"],
    }
}

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Tiếng Việt")), ("en", _("Tiếng Anh"))]
LOCALE_PATHS = [PACKAGE / "locale"]
FORMAT_MODULE_PATH = "giamngheo.locale"
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True
USE_I18N = True
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if DEBUG or "pytest" in sys.modules:
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
MEDIA_ROOT = HOME / "files"
#: Snapshots for analysis; may lie on another disk.
WAREHOUSE = Path(os.environ.get("GIAMNGHEO_WAREHOUSE") or HOME / "warehouse")
#: An uploaded workbook above this is refused before it is read whole (bytes).
UPLOAD_LIMIT = _number("GIAMNGHEO_UPLOAD_LIMIT_MB", 300) * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": os.environ.get("GIAMNGHEO_LOG", "WARNING")},
}
