"""The servers of this repository's fixtures, on free loopback ports; each stops with the session."""

from __future__ import annotations

import logging
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.cassette import Request
from conformance.errors import Unavailable
from conformance.fixtures import find_command

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.cassette import Response
    from conformance.emulators.hns import ServedAccount

AS_DFS = (("Accept", "application/json"), ("x-ms-version", "2023-11-03"))
ROOT = Path(__file__).parents[2]
PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a server listens, as ``host:port``."""

    netloc: str


@contextmanager
def moto() -> Iterator[Endpoint]:
    """Run moto's S3 in a thread of this process."""
    from moto.server import ThreadedMotoServer  # noqa: PLC0415  (seconds to import, and only for its own fixtures)

    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield Endpoint(f"{host}:{port}")
    finally:  # what it holds is of the process, and the next one would begin with it
        urllib.request.urlopen(urllib.request.Request(f"http://{host}:{port}/moto-api/reset", method="POST")).close()
        server.stop()


@contextmanager
def seaweedfs() -> Iterator[Endpoint]:
    """Run SeaweedFS: master, volume, filer and S3 gateway in one process.

    It checks signatures where AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are in the environment, and else none.
    """
    names = ["s3", "filer", "master", "volume"]
    ports = dict(zip([*names, *(f"{name}.port.grpc" for name in names)], _free_ports(8), strict=True))
    flags = [f"-{name if '.' in name else f'{name}.port'}={port}" for name, port in ports.items()]
    off = ["-s3.port.iceberg=0", "-s3.port.lance=0", "-master.telemetry=false", "-volume.preStopSeconds=0"]
    size = ["-master.volumeSizeLimitMB=64", "-volume.max=0"]
    with tempfile.TemporaryDirectory(prefix="seaweedfs-", ignore_cleanup_errors=True) as folder:
        place = [f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-s3"]
        netloc = f"127.0.0.1:{ports['s3']}"
        with _running("weed", ["server", *place, *flags, *off, *size], folder=Path(folder), netloc=netloc):
            _await_writes(f"127.0.0.1:{ports['filer']}")
            yield Endpoint(netloc)


@contextmanager
def azurite() -> Iterator[Endpoint]:
    """Run Azurite's blob service, in memory."""
    (port,) = _free_ports(1)
    flags = [
        "--blobPort",
        str(port),
        "--inMemoryPersistence",
        "--disableTelemetry",
        "--skipApiVersionCheck",
        "--silent",
    ]
    with tempfile.TemporaryDirectory(prefix="azurite-", ignore_cleanup_errors=True) as folder:
        netloc = f"127.0.0.1:{port}"
        with _running("azurite-blob", flags, folder=Path(folder), netloc=netloc):
            yield Endpoint(netloc)


@contextmanager
def blob_account() -> Iterator[ServedAccount]:
    """Run the emulator of an account without a hierarchical namespace: for blobs alone."""
    from conformance.emulators.hns import serve_account  # noqa: PLC0415  (only for its own fixtures)

    with serve_account(is_hierarchical=False) as served:
        yield served


@contextmanager
def hns_where_renamed_files_vanish() -> Iterator[ServedAccount]:
    """Run the emulator of an account with a hierarchical namespace, of which another client takes what is renamed."""
    from conformance.emulators.hns import serve_account  # noqa: PLC0415  (only for its own fixtures)

    def take(request: Request, response: Response) -> None:
        is_renamed = any(name.lower() == "x-ms-rename-source" for name, _ in request.headers)
        if is_renamed and response.status == HTTPStatus.CREATED:
            served.account.handle(Request("DELETE", request.uri.partition("?")[0], AS_DFS))

    with serve_account(is_open=True, watch=take) as served:
        yield served


@contextmanager
def _running(command: str, arguments: list[str], *, folder: Path, netloc: str) -> Iterator[None]:
    """Run a server until the block ends, from when it answers on."""
    program = find_command(command, root=ROOT)
    if program is None:
        raise Unavailable(f"command {command}", cure=f"Install {command}; CONTRIBUTING.md says how.")
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen([str(program), *arguments], cwd=folder, stdout=output, stderr=output)
        try:
            _await_answer(process, netloc, command=command, log=log)
            yield
        finally:
            process.send_signal(signal.SIGTERM) if command != "weed" else process.kill()  # weed drains for 15 s
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _await_answer(process: subprocess.Popen[bytes], netloc: str, *, command: str, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(f"http://{netloc}/", timeout=5).close()
        except urllib.error.HTTPError as answer:
            answer.close()
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    tail = log.read_text("utf-8", "replace").splitlines()[-5:]
    raise Unavailable(f"an answer from {command}", cure=f"Its log ends: {' | '.join(tail)}")


def _await_writes(filer: str) -> None:
    """SeaweedFS answers before its volume server has joined; wait until it takes a file."""
    url = f"http://{filer}/conformance-warm-up"
    deadline = time.monotonic() + PATIENCE_S
    for method, data in (("PUT", b"x"), ("DELETE", None)):
        request = urllib.request.Request(url, data=data, method=method)
        while True:
            try:
                urllib.request.urlopen(request, timeout=5).close()
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)


def _free_ports(count: int) -> list[int]:
    """Return ports that were free a moment ago, all different."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports
