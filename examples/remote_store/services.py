"""SeaweedFS and Azurite on free loopback ports; each yields its ``host:port`` and stops with the session."""

from __future__ import annotations

import socket
import subprocess
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.errors import Unavailable
from conformance.fixtures import find_command

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parent
PATIENCE_S = 60.0


@contextmanager
def seaweedfs() -> Iterator[str]:
    """Run SeaweedFS: master, volume, filer and S3 gateway in one process, which takes any credentials."""
    names = [f"{server}.port{kind}" for kind in ("", ".grpc") for server in ("s3", "filer", "master", "volume")]
    flags = [f"-{name}={port}" for name, port in _free_ports(names)]
    flags += ["-s3.port.iceberg=0", "-s3.port.lance=0", "-master.telemetry=false", "-master.volumeSizeLimitMB=64"]
    netloc = f"127.0.0.1:{flags[0].partition('=')[2]}"
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        place = [f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-s3", "-volume.max=0"]
        with _running("weed", "server", *place, *flags, folder=folder, is_ready=lambda: _takes_objects(netloc)):
            yield netloc


@contextmanager
def azurite() -> Iterator[str]:
    """Run Azurite's blob service, in memory."""
    ((_, port),) = _free_ports(["blob"])
    flags = ["--inMemoryPersistence", "--disableTelemetry", "--skipApiVersionCheck", "--silent"]

    def is_ready() -> None:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()

    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        _running("azurite-blob", "--blobPort", str(port), *flags, folder=folder, is_ready=is_ready),
    ):
        yield f"127.0.0.1:{port}"


@contextmanager
def _running(command: str, *arguments: str, folder: str, is_ready: Callable[[], None]) -> Iterator[None]:
    """Run a server until the block ends; it is up when ``is_ready`` no longer raises ``OSError``."""
    program = find_command(command, root=ROOT)
    if program is None:
        raise Unavailable(f"command {command}", cure="README.md says how to install it.")
    with Path(folder, "server.log").open("wb") as log:
        process = subprocess.Popen([program, *arguments], cwd=folder, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                is_ready()
                break
            except OSError as error:
                if process.poll() is not None or time.monotonic() > deadline:
                    tail = Path(folder, "server.log").read_text("utf-8", "replace")[-400:]
                    raise Unavailable(f"an answer from {command}", cure=f"Its log ends: {tail}") from error
                time.sleep(0.1)
        yield
    finally:
        process.kill()
        process.wait()


def _takes_objects(netloc: str) -> None:
    """SeaweedFS answers before it can store anything, so store something, in a bucket of its own at each attempt."""
    bucket = f"http://{netloc}/ready-{time.monotonic_ns()}"
    for url, data in ((bucket, None), (f"{bucket}/key", b"x")):
        urllib.request.urlopen(urllib.request.Request(url, data=data, method="PUT"), timeout=5).close()


def _free_ports(names: list[str]) -> list[tuple[str, int]]:
    """Return each name with a port that was free a moment ago, all different."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in names]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return list(zip(names, ports, strict=True))
