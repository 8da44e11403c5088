"""Runs the application: listens on one address until it is told to stop."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import waitress
from flask import Flask

from lodeclaim.errors import UsageError

LOOPBACK = "127.0.0.1"

# Beyond what the application refuses politely, and before waitress has written much to disk.
_MAX_BODY_BYTES = 10_000_000


def serve(
    app: Flask, host: str = LOOPBACK, port: int = 8000, ready: Callable[[str], object] = lambda url: None
) -> None:
    """Answer HTTP requests until SIGINT or SIGTERM, then return; port 0 takes any free one.

    `ready` is called with the URL as soon as connections are taken. Must be called from the main thread,
    which is where Python handles signals. Raises UsageError where the address cannot be had.
    """
    with _listen(host, port) as listener, _sigterm_interrupts(), suppress(KeyboardInterrupt):
        server = waitress.create_server(app, sockets=[listener], ident=None, max_request_body_size=_MAX_BODY_BYTES)
        name = f"[{host}]" if ":" in host else host
        ready(f"http://{name}:{listener.getsockname()[1]}/")
        server.run()
        server.close()


def _listen(host: str, port: int) -> socket.socket:
    where = f"{host} port {port}"
    if not 0 <= port <= 65535:
        raise UsageError(where, "no such port", "Choose one up to 65535 with --port")
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except socket.gaierror as error:
        raise UsageError(where, f"no such host ({error.strerror})", "Choose another with --host") from error
    except OSError as error:
        remedy = "Choose another with --port or --host"
        raise UsageError(where, f"it cannot be listened on ({error.strerror})", remedy) from error


@contextmanager
def _sigterm_interrupts() -> Iterator[None]:
    """Treat SIGTERM as Ctrl-C, for which waitress has a clean end."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
