"""Starts `varde serve` on an empty folder, with one token, once for each file of tests."""

import hashlib
import os
import pathlib
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
import types
import urllib.request

import pytest

PROGRAM = os.environ.get("VARDE_BIN") or str(pathlib.Path(__file__).parents[3] / "target/release/varde")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def is_up(origin):
    try:
        return urllib.request.urlopen(f"{origin}/health", timeout=2).status == 200
    except OSError:
        return False


@pytest.fixture(scope="module")
def server():
    """The running program: `origin`, `fhir` (its base URL) and `token`."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="varde-python-"))
    token, origin = secrets.token_urlsafe(32), f"http://127.0.0.1:{free_port()}"
    (folder / "secret").write_text("secret\n")
    (folder / "varde.toml").write_text(
        f"""
listen = "{origin.removeprefix("http://")}"
public_url = "{origin}"
data = "data"
[sign_in]
issuer = "http://127.0.0.1:9"  # nobody signs in here
client_id = "varde"
client_secret_file = "secret"
[[tokens]]
name = "Client tests"
role = "source-system"
sha256 = "{hashlib.sha256(token.encode()).hexdigest()}"
"""
    )
    program = subprocess.Popen([PROGRAM, "serve", "--config", folder / "varde.toml"], stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 20
        while not is_up(origin):
            assert program.poll() is None, "the server stopped before it was ready"
            assert time.monotonic() < deadline, "the server was not ready in time"
            time.sleep(0.05)
        yield types.SimpleNamespace(origin=origin, fhir=f"{origin}/fhir", token=token)
        assert program.poll() is None, "the server stopped while it was tested"
    finally:
        program.terminate()
        assert program.wait(timeout=20) == 0, "the server did not end well"
        shutil.rmtree(folder, ignore_errors=True)
