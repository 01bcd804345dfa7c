"""How long a person waits: for the server, for a book, for the first word of an answer.

    python -m benchmarks.latency --book FILE [--turns 40]

Starts `falsafa serve` on a fresh data folder, times `/health`, takes the book in over HTTP, then
asks its main character the same kinds of question again and again over the documented chat route.
Prints seconds by phase, the processor time of the ingest (which hangs less on what else the machine
does), the peak memory of the server with its worker processes, and the spread of the time to the
first token.
"""

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from domain.ids import LOCAL_OWNER

QUESTIONS = (
    "What do you remember best?",
    "Whom do you trust, and why?",
    "What happened at home?",
    "Tell me about your father.",
    "What are you afraid of?",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--book", type=Path, required=True)
    parser.add_argument("--turns", type=int, default=40)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, _server(Path(folder)) as (client, memory):
        book_id = _ingest(client, arguments.book, memory.pid)
        _chat(client, book_id, arguments.turns)
        print(f"peak memory, server and workers: {memory.peak / 1e6:.0f} MB")


class PeakMemory(threading.Thread):
    """The highest sum of resident memory of a process and its children (Linux)."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid = pid
        self.peak = 0

    def run(self) -> None:
        while Path(f"/proc/{self.pid}").exists():
            self.peak = max(self.peak, sum(map(_resident, _family(self.pid))))
            time.sleep(0.05)


def _family(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(member for child in children for member in _family(int(child)))]


def _resident(pid: int) -> int:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _processor_seconds(pid: int) -> float:
    """Of a process and its children, those that have ended among them."""
    ticks = 0
    for member in _family(pid):
        fields = Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
        ticks += sum(map(int, fields[11:15]))  # utime, stime, cutime, cstime: proc(5)
    return ticks / os.sysconf("SC_CLK_TCK")


@contextmanager
def _server(folder: Path) -> Iterator[tuple[httpx.Client, PeakMemory]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "FALSAFA_DATA_DIR": str(folder),
        "FALSAFA_LOG_LEVEL": "warning",
    }
    command = [sys.executable, "-m", "bootstrap", "serve", "--port", str(port)]
    started = time.monotonic()
    process = subprocess.Popen(command, env=environment)
    client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False)
    try:
        _wait_for_health(client, process)
        print(f"/health after {time.monotonic() - started:.2f} s")
        memory = PeakMemory(process.pid)
        memory.start()
        yield client, memory
    finally:
        client.close()
        process.terminate()
        process.wait(timeout=30)


def _wait_for_health(client: httpx.Client, process: "subprocess.Popen[bytes]") -> None:
    while process.poll() is None:
        try:
            if client.get("/health").text == "ok":
                return
        except httpx.TransportError:
            time.sleep(0.01)
    raise SystemExit("the server ended before it answered")


def _ingest(client: httpx.Client, path: Path, pid: int) -> str:
    started, worked = time.monotonic(), _processor_seconds(pid)
    with path.open("rb") as file:
        answer = client.post("/api/books", files={"file": (path.name, file)})
    answer.raise_for_status()
    submission = answer.json()
    times: dict[str, float] = {}
    last = started
    phase = None
    with client.stream("GET", f"/api/jobs/{submission['job']['id']}/events", timeout=600) as stream:
        for line in stream.iter_lines():
            if not line.startswith("data: "):
                continue
            job = json.loads(line[6:])
            now = time.monotonic()
            if phase:
                times[phase] = times.get(phase, 0.0) + now - last
            phase, last = job.get("phase"), now
            if job.get("state") in ("completed", "failed", "cancelled"):
                break
    worked = _processor_seconds(pid) - worked
    print(f"ingest of {path.name}: {time.monotonic() - started:.1f} s ({job['state']})")
    print(f"  {worked:.1f} s of processor time")
    print("  " + ", ".join(f"{name} {seconds:.1f}" for name, seconds in times.items()))
    return str(submission["book"]["id"])


def _chat(client: httpx.Client, book_id: str, turns: int) -> None:
    people = client.get(f"/api/books/{book_id}/characters").raise_for_status().json()["items"]
    hero = people[0]
    waits = []
    for turn in range(turns):
        session = client.post(
            "/api/sessions", json={"book_id": book_id, "character_id": hero["id"]}
        ).raise_for_status()
        waits.append(_first_token(client, book_id, session.json(), QUESTIONS[turn % 5]))
    waits.sort()
    print(
        f"first token, {turns} turns with {hero['name']}: p50 {statistics.median(waits):.0f} ms, "
        f"p95 {waits[int(0.95 * len(waits))]:.0f} ms, worst {waits[-1]:.0f} ms"
    )


def _first_token(
    client: httpx.Client, book_id: str, session: dict[str, str], question: str
) -> float:
    body = {
        "user_id": LOCAL_OWNER,
        "character_id": session["character_id"],
        "book_id": book_id,
        "session_id": session["id"],
        "user_message": question,
    }
    started = time.monotonic()
    first = 0.0
    with client.stream("POST", "/character/chat", json=body) as stream:
        for line in stream.iter_lines():
            if line == "event: token" and not first:
                first = time.monotonic() - started
    if not first:
        raise SystemExit("an answer had no token")
    return first * 1000


if __name__ == "__main__":
    main()
