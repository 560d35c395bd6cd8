"""The entry for a WSGI server."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from claims.settings import load_settings
from workbench import secret

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "workbench.settings")
secret.ensure(load_settings().key_folder)
application = get_wsgi_application()
