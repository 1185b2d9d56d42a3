"""`thaw serve`: the web server, with threads for browsers that keep connections open.

It listens before the chat is read, which takes longer than all the rest: workers without it answer
at once, and those forked after it take their place. May import: click, gunicorn, structlog,
the app.
"""

from __future__ import annotations

import gc
import os
import signal
from typing import Any
from wsgiref.types import WSGIApplication

import click
import structlog
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]
from gunicorn.arbiter import Arbiter  # type: ignore[import-untyped]
from gunicorn.errors import HaltServer  # type: ignore[import-untyped]

from webapp import create_app, logs
from webapp.config import load_config
from webapp.journeys.house import House
from webapp.keeping import keeping
from webapp.library.problem import LibraryError

OBJECTS_BEFORE_COLLECTING = 20_000  # a check-in makes some thousand, and few outlive it

log = structlog.get_logger()


@click.command()
@click.option("--port", type=int, help="The port; PORT or 8000 if left out.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--workers", type=int, help="How many processes; THAW_WORKERS or 2 if left out.")
def serve(port: int | None, host: str, workers: int | None) -> None:
    """Serve the site."""
    if port:
        os.environ["PORT"] = str(port)
    config = load_config(os.environ)
    options = {
        "bind": f"{host}:{config.port}",
        "workers": workers or config.workers,
        "worker_class": "gthread",  # a browser's idle connection must not hold up a whole process
        "threads": 4,
        "timeout": 30,
        "graceful_timeout": 10,
        "max_requests": 20_000,
        "max_requests_jitter": 2_000,
        "accesslog": None,
        "errorlog": "-",
        "loglevel": "warning",
        "control_socket_disable": True,
        "preload_app": True,
    }
    logs.configure()
    with keeping():
        app = create_app(config)
    _Server(app, app.extensions["thaw"], options).run()


class _Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn with our settings and none from files or its own environment.

    The application is made once, before the workers are forked: they start at once, and share
    the content and the chat in memory. No connection to the database crosses a fork.
    """

    def __init__(self, app: WSGIApplication, house: House, options: dict[str, Any]) -> None:
        self._app, self._house, self._options = app, house, options
        super().__init__()

    def load_config(self) -> None:
        """Hand gunicorn the settings that this version of it knows."""
        for name, value in self._options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> WSGIApplication:
        """The application, ready to be shared by the workers."""
        self._house.store.close()  # each worker opens connections of its own
        gc.set_threshold(OBJECTS_BEFORE_COLLECTING, 20, 20)
        return self._app

    def run(self) -> None:
        """Serve until told to stop."""
        _Master(self, self._house).run()


class _Master(Arbiter):  # type: ignore[misc]
    """Gunicorn's own, which begins by reloading: it reads the chat while its first workers serve.

    A question that comes before is answered too: its worker reads the chat for itself.
    """

    def __init__(self, server: _Server, house: House) -> None:
        self._house = house
        super().__init__(server)

    def start(self) -> None:
        """Listen, and have the reload wait until the first workers are forked."""
        super().start()
        os.kill(os.getpid(), signal.SIGHUP)

    def reload(self) -> None:
        """Fork workers that share the chat, and let those without it finish what they do."""
        try:
            with keeping():
                self._house.chat()
        except LibraryError as fault:
            raise HaltServer(str(fault), exit_status=1) from fault
        super().reload()
        log.info("serve.chat-shared")
