"""What a visitor reads when a page is missing, over, refused or broken: in her language, kind.

May import: flask, flask-babel, journeys.
"""

from __future__ import annotations

from flask import Response, json, render_template, request
from flask_babel import gettext  # type: ignore[import-untyped]
from werkzeug.exceptions import HTTPException, InternalServerError

from webapp.journeys.watching import Unavailable
from webapp.web.public import blueprint

_FOR_PROGRAMS = "/api/"  # addresses that only programs ask for


@blueprint.app_errorhandler(HTTPException)
def show(error: HTTPException) -> HTTPException | Response:
    """The page for an error, or its problem for a program; redirects pass through unchanged."""
    code = error.code or InternalServerError.code
    if code < 400:
        return error
    answer = Response(error.get_response().get_data(), code, error.get_headers())  # with its Allow
    if request.path.startswith(_FOR_PROGRAMS):
        answer.data = json.dumps({"type": "about:blank", "title": error.name, "status": code})
        answer.mimetype = "application/problem+json"
        return answer
    title, text = _words(code)
    answer.data = render_template("errors/error.html", title=title, text=text)
    return answer


@blueprint.app_errorhandler(Unavailable)
def show_away(error: Unavailable) -> tuple[str, int, dict[str, str]]:
    """The page for when the database does not answer: nothing is lost, try again soon."""
    title, text = _words(InternalServerError.code)
    return render_template("errors/error.html", title=title, text=text), 503, {"Retry-After": "5"}


def _words(code: int) -> tuple[str, str]:
    words = {
        400: (
            gettext("We could not read that"),
            gettext("Nothing was sent. Please go back and try once more."),
        ),
        403: (
            gettext("This page is not open to you"),
            gettext("If you think it should be, please ask your clinic."),
        ),
        404: (
            gettext("We could not find this page"),
            gettext("The address may be old or mistyped. You did nothing wrong."),
        ),
        410: (
            gettext("This link is over"),
            gettext("Each link works for one day. Please use the newest message from your clinic."),
        ),
        429: (
            gettext("Please wait a moment"),
            gettext("There were many tries in a short time. Wait a few minutes, then try again."),
        ),
    }
    if code in words:
        return words[code]
    if code < 500:
        return words[400]
    return (
        gettext("Something went wrong on our side"),
        gettext("It is not your fault. Please try again in a few minutes."),
    )
