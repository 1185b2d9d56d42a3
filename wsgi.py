"""The WSGI entry for other servers than `thaw serve`.

May import: webapp.
"""

from webapp import create_app

app = create_app()
