"""Addresses of the peer: pages only. May import: django, wagtail."""

from django.urls import include, path
from wagtail import urls as wagtail_urls

urlpatterns = [path("", include(wagtail_urls))]
