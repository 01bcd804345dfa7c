"""A web site of one folder, on this machine."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class _Silent(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """A test's output is its own."""


@dataclass(frozen=True, slots=True)
class Site:
    host: str  # with its port, as FALSAFA_PRIVATE_HOSTS names one
    folder: Path

    def has(self, path: str) -> bool:
        return (self.folder / path).exists()

    def url(self, path: str) -> str:
        return f"http://{self.host}/{path}"


@contextmanager
def site_of(folder: Path) -> Iterator[Site]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Silent, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield Site(f"127.0.0.1:{server.server_port}", folder)
        finally:
            server.shutdown()
            thread.join()
