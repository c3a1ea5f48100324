"""The WSGI door for gunicorn."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from portal.utf8 import Utf8Only

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

# Somebody waits for every answer of a web process, so none waits long for a lock.
os.environ.setdefault("LOCK_SECONDS", "10")

application = Utf8Only(get_wsgi_application())
