"""Standard output, watched: what cannot be written there ends the command with status 1 and the reason."""

from __future__ import annotations

import io
import os
import select
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NoReturn, TextIO

import click

from lodeclaim.endpoint.errors import UsageError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class _Descriptor(io.RawIOBase):
    """A descriptor that remembers its first failure, and after it takes what is still in buffers for written."""

    failure: OSError | None = None

    def __init__(self, number: int) -> None:
        self._number = number

    def fileno(self) -> int:
        return self._number

    def writable(self) -> bool:
        return True

    def write(self, data: ReadableBuffer, /) -> int:
        while self.failure is None:
            try:
                return os.write(self._number, data)
            except BlockingIOError:  # a reader that is slow, on a pipe that somebody made not wait
                select.select([], [self._number], [])
            except OSError as error:
                self.failure = error
                raise
        return memoryview(data).nbytes


@contextmanager
def watched() -> Iterator[None]:
    """Let what the block writes to standard output come out whole, or end the process with status 1 and the reason.

    Python's own stream drops what a full disk did not take, where it is unbuffered, and says of a last flush that
    failed neither where nor what to do. What goes to a program is UTF-8 in every locale. A reader that has left
    (`| head`) is told of nothing. A terminal, and what is no descriptor, stay as they are.
    """
    original, number = sys.stdout, _number(sys.stdout)
    if number is None:
        if isinstance(original, io.TextIOWrapper):  # a terminal shows what it can
            original.reconfigure(errors="replace")
        yield
        return
    original.flush()
    descriptor = _Descriptor(number)
    # It is read by programs, whatever the locale of who asks.
    stream = io.TextIOWrapper(io.BufferedWriter(descriptor), "utf-8", "surrogateescape")
    sys.stdout = stream
    try:
        yield
    except OSError as error:
        if error is not descriptor.failure:
            raise
    finally:
        with suppress(OSError):
            stream.flush()
        sys.stdout = original
        if descriptor.failure is not None:
            _end(descriptor.failure)


def write(parts: Iterable[bytes]) -> None:
    """Write bytes to standard output; raises UsageError where it was closed before the start."""
    if sys.stdout is None:
        raise UsageError("standard output", "it is closed", "Leave it open, or send it to a file")
    for part in parts:
        sys.stdout.buffer.write(part)


def refused(error: OSError) -> bool:
    """Return whether this is what watched standard output failed with."""
    raw = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    return isinstance(raw, _Descriptor) and raw.failure is error


def _number(stream: TextIO | None) -> int | None:
    try:
        return None if stream is None or stream.isatty() else stream.fileno()
    except OSError:  # a test's own stream
        return None


def _end(failure: OSError) -> NoReturn:
    if not isinstance(failure, BrokenPipeError):
        reason = f"it cannot be written ({failure.strerror}), and what is there is not whole"
        click.echo(f"lodeclaim: standard output: {reason}. Make room, or write to another place", err=True)
    sys.exit(1)
