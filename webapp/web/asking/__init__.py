"""The chat: a question and its answer in stored words, and the check-in as a conversation.

May import: flask, domain, journeys, and the presenters and cookies of this room.
"""

from __future__ import annotations

from importlib import import_module

from flask import Blueprint

PAGES = ("ask_pages", "answer_pages", "number_pages", "talk_pages")

blueprint = Blueprint("asking", __name__, url_prefix="/<lang:lang>/ask")

for page in PAGES:  # they need the blueprint, so it has to be there first
    import_module(f"{__name__}.{page}")
