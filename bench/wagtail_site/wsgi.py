"""The peer as gunicorn serves it. May import: django."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.wagtail_site.settings")
application = get_wsgi_application()
