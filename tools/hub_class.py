"""A class on a JupyterHub: thirty learners run a notebook and move its panels at the same time.

    make hub                                     (the hub in an environment of its own, build/hub)
    .venv/bin/python tools/hub_class.py [--learners 30] [--presses 10] [--notebook 02_forward_pass]

The hub is the one of hub/jupyterhub_config.py, with a spawner that gives each learner a user number
of the system and a home folder, without an account. A learner here is what their JupyterLab is to
the hub: requests, and one websocket in JupyterLab's protocol over which code is run and controls
are moved. No browser draws the pictures, which on a hub the learner's own machine does.

Printed are the memory of servers and kernels (pages that several processes share are counted in
parts), and the time from a control's new value to the arrival of the picture for it: for a learner
alone, for all at once, and behind a key that all hold down.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import os
import secrets
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

ROOT = Path(__file__).resolve().parents[1]
BUILT = ROOT / os.environ.get("RNN_HUB", "build/hub")  # made by `make hub`
PROTOCOL = "v1.kernel.websocket.jupyter.org"  # what JupyterLab speaks
FIRST_USER = 61_000  # of the system's user numbers: none of a real account
TEACHER = FIRST_USER - 1
LEARNERS = int(os.environ.get("RNN_HUB_LEARNERS", "30"))
HELD_FOR, REPEATS_PER_SECOND = 2.0, 30
PATIENCE = 120.0  # seconds for an answer

SETTINGS = """
import os
from jupyterhub.spawner import SimpleLocalProcessSpawner

load_subconfig({config!r})

class Seat(SimpleLocalProcessSpawner):
    \"\"\"A learner without an account: a user number of the system, and a home of their own.\"\"\"

    home_dir_template = {homes!r} + "/{{username}}"

    def make_preexec_fn(self, name):
        number = {first} + int(name.removeprefix("learner"))

        def preexec():
            os.umask(0o077)
            if {separate!r}:
                os.setgroups([])
                os.setgid(number)
                os.setuid(number)
            os.chdir(self.home_dir)

        return preexec

c.JupyterHub.spawner_class = Seat
c.JupyterHub.authenticator_class = "null"  # nobody logs in: the class has a token
c.JupyterHub.bind_url = "http://127.0.0.1:{port}"
c.JupyterHub.hub_bind_url = "http://127.0.0.1:{hub_port}"
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{proxy_port}"
c.JupyterHub.db_url = "sqlite://"
c.JupyterHub.cookie_secret = os.urandom(32)
c.JupyterHub.concurrent_spawn_limit = 0
c.Spawner.environment["RNN_HELPERS_CLASS"] = {drop!r}
c.Spawner.start_timeout = c.Spawner.http_timeout = 300
c.JupyterHub.services.append(dict(name="class", api_token={token!r}))
c.JupyterHub.load_roles.append(dict(name="class", services=["class"], scopes=[
    "admin:users", "admin:servers", "access:servers", "tokens"]))
"""


def free_ports(count: int) -> list[int]:
    """Return ports on which nothing listens."""
    with contextlib.ExitStack() as probes:
        found = [probes.enter_context(socket.socket()) for _ in range(count)]
        for probe in found:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in found]


@dataclass
class Hub:
    """A running hub: where to reach it, its folders, and its process."""

    port: int
    token: str
    folder: Path
    process: psutil.Process
    separate: bool  # whether each learner has a user number of their own

    @property
    def drop(self) -> Path:
        """The class's folder, for `share_progress`."""
        return self.folder / "class"

    def home(self, name: str) -> Path:
        return self.folder / "homes" / name

    async def ask(self, method: str, path: str, body: object = None) -> Any:
        """Send a request, and return what the answer's JSON holds."""
        request = HTTPRequest(
            f"http://127.0.0.1:{self.port}{path}",
            method=method,
            body=None if method in ("GET", "DELETE") else json.dumps(body or {}),
            headers={"Authorization": f"token {self.token}"},
            request_timeout=PATIENCE,
            connect_timeout=PATIENCE,
        )
        answer = await AsyncHTTPClient().fetch(request)
        return json.loads(answer.body) if answer.body else None


@contextlib.contextmanager
def open_hub(learners: int = LEARNERS, further: str = "") -> Iterator[Hub]:
    """Give a hub with a home for each learner and a drop folder, all in a temporary folder.

    ``further`` are lines of its configuration that go last.
    """
    if not (BUILT / "venv" / "bin" / "jupyterhub").exists():
        raise FileNotFoundError(f"there is no hub in {BUILT}: type make hub")
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # leave no server behind
    folder = Path(tempfile.mkdtemp(prefix="rnn-hub-"))
    port, hub_port, proxy_port = free_ports(3)
    token = secrets.token_hex(16)
    try:
        separate = os.geteuid() == 0 and _everybody_can_run(BUILT / "venv" / "bin" / "python")
        _make_folders(folder, learners, separate)
        settings = {
            "config": str(BUILT / "jupyterhub_config.py"),
            "homes": str(folder / "homes"),
            "first": FIRST_USER,
            "separate": separate,
            "drop": str(folder / "class"),
            "token": token,
        }
        ports = {"port": port, "hub_port": hub_port, "proxy_port": proxy_port}
        (folder / "config.py").write_text(SETTINGS.format(**settings, **ports) + further)
        command = [BUILT / "venv" / "bin" / "jupyterhub", "-f", folder / "config.py"]
        with (folder / "hub.log").open("w") as log:
            process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
        hub = Hub(port, token, folder, psutil.Process(process.pid), separate)
        try:
            _wait_for(hub, process)
            yield hub
        finally:
            _end(process)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        signal.signal(signal.SIGTERM, before)


def _end(process: subprocess.Popen) -> None:
    """End a hub and all that it has started; one that ended by itself has nothing below it."""
    below: list[psutil.Process] = []
    with contextlib.suppress(psutil.NoSuchProcess):
        below = psutil.Process(process.pid).children(recursive=True)
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(60)
    for left in (process, *below):
        with contextlib.suppress(psutil.NoSuchProcess):
            left.kill()
    process.wait()


def _everybody_can_run(python: Path) -> bool:
    """Return whether somebody without an account can start the hub's Python."""
    command = [str(python), "-c", "import rnn_helpers"]
    run = subprocess.run(command, user=FIRST_USER, group=FIRST_USER, cwd="/", capture_output=True)
    return run.returncode == 0


def _make_folders(folder: Path, learners: int, separate: bool) -> None:
    folder.chmod(0o711)
    (folder / "homes").mkdir(mode=0o755)
    for i in range(learners):
        home = folder / "homes" / f"learner{i:02d}"
        home.mkdir(mode=0o700)
        if separate:
            os.chown(home, FIRST_USER + i, FIRST_USER + i)
    (folder / "class").mkdir()
    (folder / "class").chmod(0o1733)  # write, and list only as its owner
    if separate:
        os.chown(folder / "class", TEACHER, TEACHER)


def _wait_for(hub: Hub, process: subprocess.Popen) -> None:
    for _ in range(600):
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", hub.port), 1).close()
            if asyncio.run(_answers(hub)):
                return
        if process.poll() is not None:
            break
        time.sleep(0.2)
    raise RuntimeError(f"the hub did not start:\n{(hub.folder / 'hub.log').read_text()[-3000:]}")


async def _answers(hub: Hub) -> bool:
    with contextlib.suppress(Exception):
        return "version" in await hub.ask("GET", "/hub/api/")
    return False


# ---- one learner


def packed(message: dict[str, Any], channel: str) -> bytes:
    """Return a message without buffers as JupyterLab sends it."""
    parts = [message[name] for name in ("header", "parent_header", "metadata", "content")]
    bodies = [channel.encode(), *(json.dumps(part).encode() for part in parts)]
    places = [8 * (2 + len(bodies))]
    places += itertools.accumulate(map(len, bodies), initial=places[0])
    places = [len(bodies) + 1, *places[1:]]
    return b"".join(n.to_bytes(8, "little") for n in places) + b"".join(bodies)


def unpacked(raw: bytes) -> tuple[str, dict[str, Any], list[bytes]]:
    """Return the channel, the message and the buffers of what a server sends."""
    count = int.from_bytes(raw[:8], "little")
    places = [int.from_bytes(raw[8 * i : 8 * i + 8], "little") for i in range(1, count + 1)]
    bodies = [raw[a:b] for a, b in itertools.pairwise(places)]
    names = ("header", "parent_header", "metadata", "content")
    message = {name: json.loads(body) for name, body in zip(names, bodies[1:5], strict=True)}
    return bodies[0].decode(), message, bodies[5:]


@dataclass
class Learner:
    """What the JupyterLab of one learner is to the hub."""

    hub: Hub
    name: str
    socket: WebSocketClientConnection | None = None
    kernel: str = ""
    widgets: dict[str, dict[str, Any]] = field(default_factory=dict)  # what the front end knows
    errors: list[str] = field(default_factory=list)
    frames: int = 0  # pictures that have come
    bytes: int = 0
    _session: str = field(default_factory=lambda: uuid.uuid4().hex)
    _idle: dict[str, asyncio.Future] = field(default_factory=dict)
    _shown: dict[str, asyncio.Event] = field(default_factory=dict)
    _moved: dict[str, dict[str, object]] = field(default_factory=dict)  # what was sent last
    _output: dict[str, str] = field(default_factory=dict)
    _reader: asyncio.Task | None = None

    @property
    def base(self) -> str:
        return f"/user/{self.name}"

    async def start_server(self) -> None:
        """Let the hub start this learner's server, and wait until it answers."""
        with contextlib.suppress(Exception):
            await self.hub.ask("POST", f"/hub/api/users/{self.name}")
        await self.hub.ask("POST", f"/hub/api/users/{self.name}/server")
        for _ in range(600):
            user = await self.hub.ask("GET", f"/hub/api/users/{self.name}")
            if user["servers"].get("", {}).get("ready"):
                return
            await asyncio.sleep(0.5)
        raise TimeoutError(f"the server of {self.name} did not start")

    async def stop_server(self) -> None:
        """Let the hub stop this learner's server, and wait until it has."""
        await self.hub.ask("DELETE", f"/hub/api/users/{self.name}/server")
        for _ in range(240):
            user = await self.hub.ask("GET", f"/hub/api/users/{self.name}")
            if not user["servers"]:
                return
            await asyncio.sleep(0.5)
        raise TimeoutError(f"the server of {self.name} did not stop")

    async def open(self, notebook: str) -> list[str]:
        """Open a notebook with a kernel of its own, and return the code of its cells."""
        path = f"rnn-course/{notebook}.ipynb"
        content = await self.hub.ask("GET", f"{self.base}/api/contents/{path}")
        wanted = {"path": path, "name": notebook, "type": "notebook", "kernel": {"name": "python3"}}
        session = await self.hub.ask("POST", f"{self.base}/api/sessions", wanted)
        self.kernel = session["kernel"]["id"]
        address = f"ws://127.0.0.1:{self.hub.port}{self.base}/api/kernels/{self.kernel}/channels"
        request = HTTPRequest(
            f"{address}?session_id={self._session}",
            headers={"Authorization": f"token {self.hub.token}"},
            connect_timeout=PATIENCE,
            request_timeout=PATIENCE,  # a server answers when the kernel does: thirty start at once
        )
        self.socket = await websocket_connect(
            request, max_message_size=1 << 28, subprotocols=[PROTOCOL]
        )
        self._reader = asyncio.create_task(self._read())
        cells = content["content"]["cells"]
        return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]

    async def close(self) -> None:
        """Leave the page: the kernel stays, as when a tab of the browser is closed."""
        if self.socket:
            self.socket.close()
        if self._reader:
            self._reader.cancel()

    async def run(self, code: str) -> str:
        """Run a cell, wait until it is done, and return what it printed."""
        content = {"code": code, "silent": False, "store_history": True, "allow_stdin": False}
        content |= {"user_expressions": {}, "stop_on_error": True}
        return await self._send("execute_request", content)

    async def press(self, control: str, value: dict[str, object], picture: str) -> float:
        """Give a control its value, {"value": 3}; return the seconds until the picture came."""
        begun = time.perf_counter()
        shown = self._shown[picture] = asyncio.Event()
        done = asyncio.create_task(self.move(control, value))
        await asyncio.wait_for(shown.wait(), PATIENCE)
        took = time.perf_counter() - begun
        await done
        return took

    async def move(self, widget: str, state: dict[str, object]) -> None:
        """Send what changed of a widget, as the front end does; wait until the kernel is idle."""
        self._moved[widget] = state
        data = {"method": "update", "state": state, "buffer_paths": []}
        await self._send("comm_msg", {"comm_id": widget, "data": data})

    async def hold(self, control: str, values: Sequence[dict[str, object]], picture: str) -> float:
        """Hold a key; return the seconds from its release to the picture for the last value.

        A front end sends a value when the kernel is done with the last one, and then the newest.
        """
        newest, begun = values[0], time.perf_counter()

        async def follow() -> None:
            sent = self._moved.get(control)
            while sent != newest or time.perf_counter() - begun < HELD_FOR:
                if sent == newest:
                    await asyncio.sleep(1 / (4 * REPEATS_PER_SECOND))
                    continue
                sent = newest
                await self.press(control, sent, picture)

        follower = asyncio.create_task(follow())
        for i in range(1, int(HELD_FOR * REPEATS_PER_SECOND)):
            await asyncio.sleep(max(0, begun + i / REPEATS_PER_SECOND - time.perf_counter()))
            newest = values[i % len(values)]
        await asyncio.sleep(max(0, begun + HELD_FOR - time.perf_counter()))
        await asyncio.wait_for(follower, PATIENCE)
        return time.perf_counter() - begun - HELD_FOR

    def panel(self, index: int) -> tuple[dict[str, str], str]:
        """Return the controls by name, and the picture, of a panel: the first has index 0."""
        boxes = [
            state for state in self.widgets.values() if "rnn-panel" in state.get("_dom_classes", ())
        ]
        row, picture = (self._named(child) for child in boxes[index]["children"])
        children = (self._named(child) for child in self.widgets[row]["children"])
        return {self.widgets[child].get("description", ""): child for child in children}, picture

    def _named(self, reference: str) -> str:
        return reference.removeprefix("IPY_MODEL_")

    async def _send(self, kind: str, content: dict[str, Any]) -> str:
        number = uuid.uuid4().hex
        header = {"msg_id": number, "msg_type": kind, "username": self.name, "version": "5.3"}
        header |= {"session": self._session, "date": time.strftime("%Y-%m-%dT%H:%M:%SZ")}
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
        self._idle[number] = asyncio.get_running_loop().create_future()
        await self.socket.write_message(packed(message, "shell"), binary=True)
        await asyncio.wait_for(self._idle[number], PATIENCE)
        del self._idle[number]
        return self._output.pop(number, "")

    async def _read(self) -> None:
        while (raw := await self.socket.read_message()) is not None:
            self.bytes += len(raw)
            channel, message, buffers = unpacked(raw)
            kind, content = message["header"]["msg_type"], message["content"]
            parent = message["parent_header"].get("msg_id", "")
            if channel != "iopub":
                continue
            if kind == "status" and content["execution_state"] == "idle" and parent in self._idle:
                self._idle[parent].done() or self._idle[parent].set_result(None)
            elif kind == "error":
                self.errors.append(f"{content['ename']}: {content['evalue']}")
            elif kind == "stream":
                self._output[parent] = self._output.get(parent, "") + content["text"]
            elif kind == "comm_open":
                self.widgets[content["comm_id"]] = content["data"].get("state", {})
            elif kind == "comm_msg" and content["data"].get("method") == "update":
                self._update(content["comm_id"], content["data"], buffers)
        why = f"{self.name} was cut off: {self.socket.close_code} {self.socket.close_reason or ''}"
        for future in self._idle.values():
            future.done() or future.set_exception(ConnectionError(why.strip()))

    def _update(self, widget: str, data: dict[str, Any], buffers: Sequence[bytes]) -> None:
        self.widgets.setdefault(widget, {}).update(data["state"])
        if data["state"].get("problem"):
            self.errors.append(data["state"]["problem"])
        if "frame" in data["state"]:
            self.frames += 1
            if widget in self._shown:
                self._shown.pop(widget).set()


# ---- the class


async def together(learners: Sequence[Learner], do: Callable[[Learner], Awaitable]) -> list:
    """Let all learners do something at once, and return what came of it in their order."""
    return list(await asyncio.gather(*(do(learner) for learner in learners)))


@contextlib.asynccontextmanager
async def seated(hub: Hub, count: int, notebook: str) -> AsyncIterator[list[Learner]]:
    """Give learners who have run the whole notebook, each with a server and a kernel."""
    AsyncHTTPClient.configure(None, max_clients=1000)
    learners = [Learner(hub, f"learner{i:02d}") for i in range(count)]
    begun = time.perf_counter()
    await together(learners, Learner.start_server)
    print(f"{count} servers after {time.perf_counter() - begun:.0f} s", flush=True)
    begun = time.perf_counter()

    async def run_all(learner: Learner) -> None:
        for code in await learner.open(notebook):
            await learner.run(code)

    try:
        await together(learners, run_all)
        print(f"{notebook} run by all after {time.perf_counter() - begun:.0f} s", flush=True)
        yield learners
    finally:
        await together(learners, Learner.close)


def memory(hub: Hub) -> dict[str, list[float]]:
    """Return the MB of each process of the hub by kind; shared pages are counted in parts."""
    found: dict[str, list[float]] = {"hub": [hub.process.memory_full_info().pss / 1e6]}
    for process in hub.process.children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            kind = kind_of(process.cmdline())
            found.setdefault(kind, []).append(process.memory_full_info().pss / 1e6)
    return found


def kind_of(command: Sequence[str]) -> str:
    words = " ".join(command)
    kinds = {"ipykernel": "kernel", "singleuser": "server", "configurable-http-proxy": "proxy"}
    return next((kind for word, kind in kinds.items() if word in words), "other")


def spent(hub: Hub) -> dict[str, float]:
    """Return the seconds of processor time by kind of process, this script's too."""
    own = sum(psutil.Process().cpu_times()[:2])
    found = {"hub": sum(hub.process.cpu_times()[:2]), "script": own}
    for process in hub.process.children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            kind = kind_of(process.cmdline())
            found[kind] = found.get(kind, 0) + sum(process.cpu_times()[:2])
    return found


# What is moved: the panel (the first of the notebook has index 0), its control, and the values.
MOVES = {
    "walk_through, weights": (0, "weights", [{"index": 1}, {"index": 0}]),  # learns at the first
    "walk_through, step": (0, "step", [{"value": t} for t in (7, 8, 9, 1, 2, 3, 4, 5, 6)]),
    "one_unit, w": (1, "w", [{"value": round(0.5 + 0.05 * i, 2)} for i in range(1, 16)]),
}


@dataclass
class Measured:
    """Seconds from a value to its picture: one learner alone, and all of them at once.

    The first press is by itself: what a panel does only once, each kernel does then.
    """

    first_alone: float
    first_at_once: list[float]
    alone: list[float]
    at_once: list[float]
    held: list[float]  # from the release of a key that all hold down
    processor: float  # seconds of all processes for each press of all at once
    frame_bytes: float

    @property
    def slowest(self) -> float:
        return max(self.first_at_once + self.at_once)

    def __str__(self) -> str:
        alone, all_at_once = statistics.median(self.alone), statistics.median(self.at_once)
        return (
            f"the first press: alone {self.first_alone * 1000:.0f} ms, all at once "
            f"{max(self.first_at_once):.2f} s (slowest)\n"
            f"later ones: alone {alone * 1000:.0f} ms (median), all at once {all_at_once:.2f} s "
            f"(median), {max(self.at_once):.2f} s (slowest); after a key held by all "
            f"{max(self.held):.2f} s (slowest); {self.processor * 1000:.0f} ms of processor and "
            f"{self.frame_bytes / 1000:.0f} kB for each picture"
        )


async def measure(
    hub: Hub, learners: Sequence[Learner], move: str, presses: int, ratio: float
) -> Measured:
    """Measure one panel of the notebook that all have run."""
    index, control, values = MOVES[move]
    following = {learner.name: itertools.cycle(values) for learner in learners}

    async def tell(learner: Learner) -> None:
        await learner.move(learner.panel(index)[1], {"page": {"theme": "light", "ratio": ratio}})

    async def press(learner: Learner) -> float:
        controls, picture = learner.panel(index)
        return await learner.press(controls[control], next(following[learner.name]), picture)

    async def hold(learner: Learner) -> float:
        controls, picture = learner.panel(index)
        return await learner.hold(controls[control], values, picture)

    await together(learners, tell)
    first_alone = await press(learners[0])
    first_at_once = await together(learners[1:], press)
    alone = [await press(learners[0]) for _ in range(presses)]
    before, came = spent(hub), sum(learner.bytes for learner in learners)
    at_once = [took for _ in range(presses) for took in await together(learners, press)]
    after, came = spent(hub), sum(learner.bytes for learner in learners) - came
    pictures = presses * len(learners)
    held = await together(learners, hold)
    for kind in after:
        print(f"  {kind}: {(after[kind] - before.get(kind, 0)) / pictures * 1000:.1f} ms a picture")
    processor = (sum(after.values()) - sum(before.values())) / pictures
    return Measured(first_alone, first_at_once, alone, at_once, held, processor, came / pictures)


async def take(hub: Hub, count: int, notebook: str, presses: int, ratio: float) -> None:
    async with seated(hub, count, notebook) as learners:
        for kind, sizes in memory(hub).items():
            print(
                f"{kind}: {len(sizes)} of {statistics.mean(sizes):.0f} MB in the mean, "
                f"largest {max(sizes):.0f}, together {sum(sizes):.0f}"
            )
        for move in MOVES:
            print(f"-- {move}, load {os.getloadavg()[0]:.1f}")
            print(await measure(hub, learners, move, presses, ratio), flush=True)
        errors = [error for learner in learners for error in learner.errors]
        print(f"{len(errors)} errors {sorted(set(errors))[:5]}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--learners", type=int, default=LEARNERS)
    parser.add_argument("--presses", type=int, default=10)
    parser.add_argument("--notebook", default="02_forward_pass")
    parser.add_argument("--ratio", type=float, default=1.0)
    asked = parser.parse_args()
    with open_hub(asked.learners) as hub:
        asyncio.run(take(hub, asked.learners, asked.notebook, asked.presses, asked.ratio))
    return 0


if __name__ == "__main__":
    sys.exit(main())
