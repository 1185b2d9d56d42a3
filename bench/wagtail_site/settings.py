"""Settings of the peer: what `wagtail start` would choose, with debugging off.

May import: the standard library. PEER_DATABASE_URL says where its database is.
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

DATABASE = urlsplit(os.environ["PEER_DATABASE_URL"])
SECRET_KEY = os.environ["FLOOR_KEY"]
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "bench.wagtail_site.urls"
WSGI_APPLICATION = "bench.wagtail_site.wsgi.application"
WAGTAIL_SITE_NAME = "Peer"
WAGTAILADMIN_BASE_URL = "http://127.0.0.1"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
STATIC_URL = "/static/"
MIGRATION_MODULES = {"peer": "peer_migrations"}

INSTALLED_APPS = [
    "bench.wagtail_site.apps.PeerConfig",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

_SQLITE = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": DATABASE.path.removeprefix("/"),
    "OPTIONS": {
        "transaction_mode": "IMMEDIATE",
        "timeout": 5,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    },
}
_POSTGRESQL = {
    "ENGINE": "django.db.backends.postgresql",
    "NAME": DATABASE.path.lstrip("/"),
    "USER": DATABASE.username,
    "HOST": DATABASE.hostname,
    "PORT": DATABASE.port,
}
_STORE = _SQLITE if DATABASE.scheme == "sqlite" else _POSTGRESQL
DATABASES = {"default": {**_STORE, "CONN_MAX_AGE": 600}}
