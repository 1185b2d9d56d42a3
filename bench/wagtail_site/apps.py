"""The one application of the peer. May import: django."""

from django.apps import AppConfig


class PeerConfig(AppConfig):
    """Named, so that its migrations can live outside the repository."""

    name = "bench.wagtail_site"
    label = "peer"
