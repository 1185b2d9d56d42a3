"""The peer's two kinds of page. May import: django, wagtail, modelcluster."""

from django.db import models
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel
from wagtail.contrib.forms.models import AbstractForm, AbstractFormField
from wagtail.fields import RichTextField
from wagtail.models import Page


class TextPage(Page):
    """A page of text."""

    body = RichTextField()
    content_panels = [*Page.content_panels, FieldPanel("body")]  # noqa: RUF012
    template = "text_page.html"


class NumberField(AbstractFormField):
    """One field of the form."""

    page = ParentalKey("FormPage", on_delete=models.CASCADE, related_name="form_fields")


class FormPage(AbstractForm):
    """A form whose submissions are stored."""

    content_panels = [*AbstractForm.content_panels, InlinePanel("form_fields")]  # noqa: RUF012
    template = "form_page.html"
    landing_page_template = "thanks.html"
