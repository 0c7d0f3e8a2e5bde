"""customercare as the backend of tests: one server per run, a sandbox of its own per test.

$CUSTOMERCARE names the program; by default it is the one on the PATH."""

import json
import os
import subprocess
import urllib.request
import uuid

import pytest


class Sandbox:
    """A service that nobody else sees: `service` is the address for the program under test."""

    def __init__(self, ready):
        name = f"pytest-{uuid.uuid4().hex}"
        self.service = ready["service"].replace("/webservices/", f"/sandbox/{name}/webservices/")
        self._admin = f"{ready['admin']}/sandbox/{name}"
        self._itself = f"{ready['admin']}/sandboxes/{name}"

    def ask(self, method, path, body=None):
        """One request of the JSON interface (GET /openapi.json)."""
        return self._send(method, self._admin + path, body)

    def verify_call_logs(self, count, **fields):
        """Fails unless there are so many call logs, within two seconds, with these fields:
        Account__AccountNumber="4711" stands for the path Account/AccountNumber."""
        where = {name.replace("__", "/"): value for name, value in fields.items()}
        result = self.ask("POST", "/verify", {
            "call_logs": {"where": where, "count": count}, "wait_ms": 2000})
        assert result["satisfied"], result["text"]

    def drop(self):
        self._send("DELETE", self._itself)

    @staticmethod
    def _send(method, url, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data, {"Content-Type": "application/json"},
                                         method=method)
        with urllib.request.urlopen(request) as reply:
            text = reply.read()
        return json.loads(text) if text else None


@pytest.fixture(scope="session")
def customercare(tmp_path_factory):
    """The server's addresses. It ends with the tests, however these end."""
    folder = tmp_path_factory.mktemp("customercare")
    with subprocess.Popen(
            [os.environ.get("CUSTOMERCARE", "customercare"), "serve", "--mode", "stand-in",
             "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--exit-with-parent",
             "--database", folder / "calls.db", "--set", f"log.file={folder / 'log'}"],
            stdout=subprocess.PIPE, text=True) as server:
        yield json.loads(server.stdout.readline().removeprefix("READY "))
        server.terminate()


@pytest.fixture
def sandbox(customercare):
    box = Sandbox(customercare)
    yield box
    box.drop()
