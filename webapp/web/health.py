"""Whether the process lives, and whether this site is ready to serve.

May import: flask, journeys.
"""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue

from webapp.journeys import watching
from webapp.web.gate import Door, open_to

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@open_to(Door.PUBLIC)
def alive() -> ResponseReturnValue:
    """200 while the process lives; asks nothing of the database."""
    return jsonify(status="alive")


@blueprint.get("/readyz")
@open_to(Door.PUBLIC)
def ready() -> ResponseReturnValue:
    """200 only if the database answers, its schema is current and a clock has beaten lately."""
    reasons = watching.why_not_ready(current_app.extensions["thaw"], datetime.now(UTC))
    if reasons:
        return jsonify(status="not ready", reasons=reasons), 503
    return jsonify(status="ready")
