"""Django's settings. Reading them writes nothing; ``workbench.serve`` makes what is missing.

Three variables belong to the workbench alone: ``JIANBAO_DATABASE_URL`` (PostgreSQL instead
of SQLite), ``JIANBAO_HOSTS`` (names under which it is reached, besides this machine's own,
with commas between them) and ``JIANBAO_HTTPS=1`` (it stands behind a proxy that speaks
HTTPS and sets ``X-Forwarded-Proto``).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from claims.settings import load_settings
from workbench import database, oidc, secret

HERE = Path(__file__).parent
MINUTE = 60
YEAR = 365 * 24 * 60 * MINUTE

# Not the cached claims.settings.settings(): whoever loads Django early (pytest does) would
# otherwise fix the home of the whole process.
JIANBAO = load_settings()
BEHIND_HTTPS = os.environ.get("JIANBAO_HTTPS", "") == "1"
OWN_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
MORE_HOSTS = [name for name in os.environ.get("JIANBAO_HOSTS", "").split(",") if name]

DEBUG = False
SECRET_KEY = secret.read(JIANBAO.key_folder) or secret.fresh()
ALLOWED_HOSTS = OWN_HOSTS + MORE_HOSTS
ROOT_URLCONF = "workbench.urls"
WSGI_APPLICATION = "workbench.wsgi.application"
DATABASES = {"default": database.database(os.environ.get(database.VARIABLE, ""), JIANBAO.home)}

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "workbench",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "workbench.middleware.safety_headers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "workbench.middleware.no_null_bytes",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Every page needs a signed-in person, unless its view says otherwise.
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "workbench.middleware.keep_awake",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "workbench.middleware.WayOut",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

AUTH_USER_MODEL = "workbench.User"
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "queue"
LOGOUT_REDIRECT_URL = "sign-in"
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator"},
    {"NAME": f"{_VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
    {"NAME": f"{_VALIDATION}.NumericPasswordValidator"},
]

# Off unless the environment names an identity provider (workbench.oidc).
OIDC: dict[str, Any] = oidc.settings(os.environ, JIANBAO.key_folder)
globals().update(OIDC)

MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Counted from the last click (middleware.keep_awake); a closed browser ends it earlier.
SESSION_COOKIE_AGE = JIANBAO.idle_minutes * MINUTE
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# Other programs on the same host name (MLflow, Prefect) set cookies too.
SESSION_COOKIE_NAME = "jianbao_session"
CSRF_COOKIE_NAME = "jianbao_csrf"
CSRF_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_NAME = "jianbao_language"
LANGUAGE_COOKIE_AGE = YEAR
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"

X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = BEHIND_HTTPS
SECURE_SSL_REDIRECT = BEHIND_HTTPS
SECURE_HSTS_SECONDS = YEAR if BEHIND_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = BEHIND_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_HTTPS else None

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [HERE / "locale"]
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# WhiteNoise serves the few files straight from the package: nothing to collect first.
STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True

# A page that failed leaves its traceback on the standard error of the server, nowhere else.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"errors": {"class": "logging.StreamHandler", "level": "ERROR"}},
    "loggers": {"django.request": {"handlers": ["errors"], "level": "ERROR", "propagate": False}},
}
