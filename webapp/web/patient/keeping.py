"""What a patient's browser keeps between pages: the link she came by, her last receipt, her diary.

The link leaves the address bar at once and lives in a short cookie that scripts cannot read.
May import: flask, domain.
"""

from __future__ import annotations

from flask import Response, request

from webapp.domain.token import looks_like_token

LINK, RECEIPT = "check-in", "receipt"
ASKED, DIARY = "diary-asked", "diary"
CHOICES = "choices"
_MINUTES = 30


def link_token() -> str:
    """The link that this request stands for: in the form's own field, else in the cookie."""
    sent = request.form.get("token", "") if request.method == "POST" else ""
    return sent or kept(LINK)


def kept(name: str) -> str:
    """What the browser keeps under this name; "" if nothing that could be ours."""
    return request.cookies.get(_cookie(name), "")


def keep(response: Response, name: str, value: str) -> None:
    """Let the browser keep a value for half an hour."""
    response.set_cookie(
        _cookie(name),
        value,
        max_age=_MINUTES * 60,
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
        path="/",
    )


def forget(response: Response) -> None:
    """Let the browser forget all of it."""
    for name in (LINK, RECEIPT, ASKED, DIARY, CHOICES):
        drop(response, name)
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'


def drop(response: Response, name: str) -> None:
    """Let the browser forget one of them."""
    response.delete_cookie(
        _cookie(name), path="/", secure=request.is_secure, httponly=True, samesite="Lax"
    )


def token_in(pasted: str) -> str:
    """The link's token in what somebody pasted: a whole address, or the token alone."""
    last = pasted.strip().rstrip("/").rsplit("/", 1)[-1]
    return last if looks_like_token(last) else ""


def _cookie(name: str) -> str:
    return f"__Host-{name}" if request.is_secure else f"thaw-{name}"
