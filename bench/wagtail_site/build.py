"""Makes the peer's database and its two pages. Run once: python -m bench.wagtail_site.build

May import: django, wagtail.
"""

import os

import django
from django.core.management import call_command

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.wagtail_site.settings")
django.setup()

from wagtail.models import Page, Site  # noqa: E402

from bench.wagtail_site.models import FormPage, NumberField, TextPage  # noqa: E402

PARAGRAPH = (
    "<p>"
    + "One sentence of plain words that a page about a treatment might well hold, and no more. " * 4
    + "</p>"
)
BODY = "".join(
    f"<h2>Part {number} of the page</h2>" + PARAGRAPH * (2 if number < 4 else 1)
    for number in range(7)
)


def build() -> None:
    """Migrate, and publish both pages under the root of the site."""
    call_command("makemigrations", "peer", verbosity=0)
    call_command("migrate", verbosity=0)
    home = Page.objects.get(depth=2)
    home.add_child(instance=TextPage(title="What to expect", slug="edu", body=BODY))
    form = FormPage(title="Today", slug="daily")
    home.add_child(instance=form)
    for label in ("Pain", "Tablets", "Woken"):
        NumberField.objects.create(page=form, label=label, field_type="number", required=True)
    Site.objects.update(hostname="127.0.0.1", is_default_site=True)


build()
