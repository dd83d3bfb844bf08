"""JupyterLab in a real browser: start it, run a notebook in it, look at what it shows.

Used by the tests in this folder and by `tools/screenshots.py` and `tools/panel_latency.py`.
Nothing of the user's own Jupyter settings is read or written: all folders are temporary.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import psutil
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, sync_playwright
from playwright.sync_api import TimeoutError as NotInTimeError

ROOT = Path(__file__).resolve().parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
BROWSER_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",  # a container has little shared memory: pages would crash
)
PATIENCE = 120  # seconds: more than anything but Run All takes, also where three work at once
STARTS = 5  # of a server, each on another port
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
# What axe looks at: the notebook's texts and outputs. Around them is JupyterLab: menus, tool bars,
# prompts and the editors of the cells, which no notebook has a say in.
OURS = {"include": [[".jp-Notebook .jp-RenderedMarkdown"], [".jp-Notebook .jp-OutputArea-output"]]}
# Whatever proxy the system has, this machine's own servers are not behind it.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def browser_path() -> str | None:
    """Return the path of a Chromium on this machine, or None."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


@contextlib.contextmanager
def open_browser() -> Iterator[Browser]:
    """Give a headless browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=browser_path(), args=list(BROWSER_OPTIONS)
        )
        try:
            yield browser
        finally:
            browser.close()


def new_page(browser: Browser, **options: Any) -> Page:
    """Open a page whose waits have patience."""
    page = browser.new_page(**options)
    page.set_default_timeout(PATIENCE * 1000)
    return page


def end_browsers() -> None:
    """End every browser that this process has opened."""
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if is_browser(process.name()):
                process.kill()


def is_browser(process: str) -> bool:
    """Say whether a process of this name is a browser: macOS calls it "Google Chrome"."""
    return any(name in process.lower() for name in ("chrome", "chromium"))


@dataclass
class Server:
    """A running JupyterLab: where its notebooks lie, and how to reach it."""

    folder: Path
    port: int
    token: str

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def url(self, notebook: str) -> str:
        """Return the address at which `notebook` is shown alone, without side bars."""
        return f"{self.origin}/doc/tree/{notebook}?reset&token={self.token}"


# Dark where the mean of a corner is: those are the colours of the paper.
_STILLS_ARE = """theme => [...document.querySelectorAll('.rnn-still img')].every((image) => {
  if (!image.complete || !image.naturalWidth) return false;
  const canvas = Object.assign(document.createElement('canvas'), { width: 4, height: 4 });
  const brush = canvas.getContext('2d');
  brush.drawImage(image, 0, 0, 4, 4, 0, 0, 4, 4);
  return brush.getImageData(1, 1, 1, 1).data[0] < 64 === (theme === 'dark');
})"""


def _settings(theme: str, windowing: str) -> dict[str, dict]:
    return {
        "@jupyterlab/notebook-extension:tracker": {"windowingMode": windowing},
        "@jupyterlab/docmanager-extension:plugin": {"autosave": False},
        "@jupyterlab/apputils-extension:themes": {"theme": THEMES[theme], "adaptive-theme": False},
        "@jupyterlab/apputils-extension:notification": {
            "fetchNews": "false",
            "checkForUpdates": False,
        },
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _environment(home: Path) -> dict[str, str]:
    own = {f"JUPYTER_{part.upper()}_DIR": str(home / part) for part in ("config", "data")}
    own |= {"JUPYTER_RUNTIME_DIR": str(home / "runtime"), "IPYTHONDIR": str(home / "ipython")}
    own |= {"RNN_HELPERS_PROGRESS": str(home / "progress.json")}
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    return os.environ | own | {"PYTHONPATH": path}


@contextlib.contextmanager
def open_server(
    home: Path,
    notebooks: Path,
    theme: str = "light",
    without: Sequence[str] = (),
    windowing: str = "none",
) -> Iterator[Server]:
    """Give a JupyterLab on a copy of the folder `notebooks`; `home` is an empty scratch folder.

    It lacks the extensions named in `without`, as if another environment had started it.
    `windowing` says what becomes of cells outside the window: JupyterLab alone would take
    "contentVisibility".
    """
    server = Server(home / "notebooks", 0, secrets.token_hex(16))
    shutil.copytree(notebooks, server.folder, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    (home / "settings").mkdir(parents=True)
    (home / "settings" / "overrides.json").write_text(json.dumps(_settings(theme, windowing)))
    (home / "config" / "labconfig").mkdir(parents=True)
    disabled = {"disabledExtensions": dict.fromkeys(without, True)}
    (home / "config" / "labconfig" / "page_config.json").write_text(json.dumps(disabled))
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--expose-app-in-browser"]
    command += ["--ServerApp.port_retries=0"]
    command += [f"--ServerApp.root_dir={server.folder}", f"--IdentityProvider.token={server.token}"]
    command += [f"--LabApp.app_settings_dir={home / 'settings'}"]
    command += [f"--LabApp.user_settings_dir={home / 'user'}", "--LabApp.news_url=None"]
    command += [f"--LabApp.workspaces_dir={home / 'workspaces'}"]
    command += ["--LabApp.extension_manager=readonly", "--ServerApp.allow_root=True"]
    process = _started(server, command, home)
    try:
        yield server
    finally:
        _end(process)


def _started(server: Server, command: list[str], home: Path) -> subprocess.Popen:
    """Start a server and wait until it answers; again, where another took its port meanwhile."""
    log = home / "jupyter.log"
    for start in range(1, STARTS + 1):
        server.port = _free_port()
        with log.open("w") as written:
            process = subprocess.Popen(
                [*command, f"--ServerApp.port={server.port}"],
                env=_environment(home),
                cwd=home,
                stdout=written,
                stderr=subprocess.STDOUT,
            )
        try:
            _wait_until_it_answers(server, process, log)
            return process
        except BaseException as error:
            _end(process)
            is_taken = f"port {server.port} is not available" in log.read_text()
            if not (isinstance(error, RuntimeError) and is_taken) or start == STARTS:
                raise
    raise AssertionError("the last start ends above")


def _end(process: subprocess.Popen) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()


def _wait_until_it_answers(server: Server, process: subprocess.Popen, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"JupyterLab ended with {process.returncode}:\n{log.read_text()}")
        with contextlib.suppress(OSError):
            _OPENER.open(f"{server.origin}/api/status?token={server.token}", timeout=5).close()
            return
        time.sleep(0.2)
    raise RuntimeError(f"JupyterLab did not answer within {PATIENCE} s:\n{log.read_text()}")


@dataclass
class Notebook:
    """A notebook open in a page, and what the page did that it should not."""

    page: Page
    server: Server
    complaints: list[str] = field(default_factory=list)

    def run_all(self, seconds: float = 600) -> None:
        """Clear all outputs, run every cell and wait until the last is done, or one has failed."""
        run = "name => { window.jupyterapp.commands.execute(name) }"
        self.page.evaluate(run, "notebook:clear-all-cell-outputs")
        self.page.evaluate(run, "notebook:run-all-cells")
        self.page.wait_for_function(_IS_DONE, timeout=seconds * 1000)
        self.page.wait_for_timeout(500)

    def run_cell(self, index: int) -> None:
        """Run one cell and wait until it is done and what it changed is seen."""
        self.page.evaluate(
            """async index => {
              window.jupyterapp.shell.currentWidget.content.activeCellIndex = index;
              await window.jupyterapp.commands.execute('notebook:run-cell');
            }""",
            index,
        )
        self.page.wait_for_timeout(500)

    def cells(self) -> list[dict]:
        """Return the cells as they would be saved."""
        return self.page.evaluate(
            "() => window.jupyterapp.shell.currentWidget.content.model.toJSON().cells"
        )

    def is_unsaved(self) -> bool:
        """Return whether JupyterLab, which has heard from the kernel, sees changes to be saved."""
        return self.page.evaluate(_IS_UNSAVED)

    def errors(self) -> list[str]:
        """Return what went wrong in the cells: exceptions, and panels that could not draw."""
        outputs = [output for cell in self.cells() for output in cell.get("outputs", [])]
        failed = [
            f"{output['ename']}: {output['evalue']}"
            for output in outputs
            if output["output_type"] == "error"
        ]
        problems = self.page.locator(".rnn-problem .rnn-sentence").all_inner_texts()
        lost = self.page.get_by_text("Error displaying widget").all_inner_texts()
        return failed + problems + lost

    def still_pictures(self) -> tuple[int, int]:
        """Return how many outputs hold a picture, and how many pictures outputs show."""
        outputs = [output for cell in self.cells() for output in cell.get("outputs", [])]
        held = sum("image/png" in output.get("data", {}) for output in outputs)
        shown = self.page.locator(".jp-OutputArea-output img").evaluate_all(
            "images => images.filter(image => image.naturalWidth > 0).length"
        )
        return held, shown

    def nameless_pictures(self) -> list[str]:
        """Return what is beside each picture without a name, or with one that is read twice."""
        with contextlib.suppress(NotInTimeError):  # a panel's has its name once it is seen
            self.page.wait_for_function(f"() => ({_NAMELESS})().length === 0", polling=250)
        return self.page.evaluate(_NAMELESS)

    def live_pictures(self) -> int:
        """Return how many outputs hold a panel or a live run, by what would be saved."""
        outputs = [output for cell in self.cells() for output in cell.get("outputs", [])]
        live = {"text/html", "image/png", "application/vnd.jupyter.widget-view+json"}
        return sum(live <= output.get("data", {}).keys() for output in outputs)

    def panels(self) -> list[Locator]:
        """Return the live panels, each with its picture decoded."""
        self.wait_for_pictures()
        return self.page.locator(".rnn-panel").all()

    def wait_for_pictures(self) -> None:
        """Wait until every live picture is seen; say which is not."""
        try:
            self.page.wait_for_function(_PICTURES_ARE_THERE)
        except NotInTimeError as error:
            raise AssertionError(f"not seen: {self.page.evaluate(_NOT_THERE)}") from error

    def set_theme(self, theme: str) -> None:
        """Show the page in the theme "light" or "dark"."""
        change = "theme => window.jupyterapp.commands.execute('apputils:change-theme', { theme })"
        self.page.evaluate(change, THEMES[theme])
        in_use = "theme => (document.body.dataset.jpThemeLight === 'true') === (theme === 'light')"
        self.page.wait_for_function(in_use, arg=theme)

    def wait_for_stills(self, theme: str) -> None:
        """Wait until every picture that stands still has the colours of a theme."""
        self.page.wait_for_function(_STILLS_ARE, arg=theme, polling=250)

    def barriers(self) -> list[str]:
        """Return what axe finds serious or critical in the texts and the outputs of the cells."""
        found = Axe().run(self.page, context=OURS, options={"resultTypes": ["violations"]}).response
        return sorted(
            f"{problem['id']}: {problem['help']}: {' '.join(node['target'])}: {node['html'][:300]}"
            for problem in found["violations"]
            if problem["impact"] in ("serious", "critical")
            for node in problem["nodes"]
        )

    def close(self) -> None:
        """End the kernel and close the page."""
        self.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
        self.page.close()


# Every code cell has been run or queued no longer, and the kernel has come to rest.
_IS_DONE = """() => {
  const panel = window.jupyterapp.shell.currentWidget;
  const code = panel.content.widgets.filter(cell => cell.model.type === 'code'
    && cell.model.sharedModel.getSource().trim());
  const failed = code.some(cell =>
    cell.model.outputs.toJSON().some(output => output.output_type === 'error'));
  const idle = panel.sessionContext.session?.kernel?.status === 'idle';
  return idle && (failed || code.every(cell => cell.model.executionCount !== null
    && cell.model.executionState !== 'running' && !cell.promptNode?.innerText.includes('*')));
}"""

_IS_READY = """async () => {
  await window.jupyterapp.restored;
  const panel = window.jupyterapp.shell.currentWidget;
  const says = 'no kernel within two minutes: does a dialogue ask which?';
  const late = new Promise((_, fail) => setTimeout(() => fail(new Error(says)), 120000));
  await Promise.race([late, panel.context.ready.then(() => panel.sessionContext.ready)]);
}"""

# What the kernel says of itself has come, and the notebook has had its turn to note it.
_IS_UNSAVED = """async () => {
  const { context, sessionContext } = window.jupyterapp.shell.currentWidget;
  await Promise.all([sessionContext.session.kernel.info, sessionContext.session.kernel.spec]);
  await new Promise(done => setTimeout(done, 300));
  return context.model.dirty;
}"""

_NAMELESS = """() => [...document.querySelectorAll('.jp-OutputArea-output img')]
  .filter(({ alt, parentElement }) =>
    !alt.startsWith('Picture') || alt.includes(parentElement.textContent))
  .map(image => image.parentElement.textContent)"""
_PICTURES_ARE_THERE = """() => [...document.querySelectorAll('.rnn-picture img')]
  .every(image => image.complete && image.naturalWidth > 0)"""
_NOT_THERE = """() => [...document.querySelectorAll('.rnn-picture img')]
  .filter(image => !(image.complete && image.naturalWidth > 0))
  .map(image => [image.complete, image.naturalWidth, image.width, image.isConnected, image.alt,
                 image.closest('.rnn-picture').dataset.frame, image.parentElement.textContent])"""


def write_notebook(path: Path, *cells: str | nbformat.NotebookNode) -> None:
    """Write a notebook of these cells (a text is code) that names its kernel: none is asked for."""
    made = [nbformat.v4.new_code_cell(c) if isinstance(c, str) else c for c in cells]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(nbformat.v4.new_notebook(cells=made, metadata={"kernelspec": kernel}), path)


def open_notebook(
    browser: Browser,
    server: Server,
    name: str,
    width: int = 1200,
    pixels: float = 1,
    first: str = "",
) -> Notebook:
    """Open `name` and wait until its kernel is ready. Nothing is run.

    The screen has `pixels` for each CSS pixel. The script `first` runs before those of the page.
    """
    window = {"width": width, "height": 900}
    page = new_page(browser, viewport=window, device_scale_factor=pixels)
    if first:
        page.add_init_script(first)
    notebook = Notebook(page, server)
    page.on("console", lambda message: _hear(notebook, message.type, message.text))
    page.on("pageerror", lambda error: _hear(notebook, "error", str(error)))
    page.on("request", lambda request: _watch(notebook, request.url))
    page.goto(server.url(name))
    page.wait_for_function("() => window.jupyterapp?.shell?.currentWidget?.sessionContext")
    page.evaluate(_IS_READY)
    page.wait_for_function(
        "() => window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status"
        " === 'idle'"
    )
    return notebook


def _hear(notebook: Notebook, kind: str, text: str) -> None:
    if kind == "error":
        notebook.complaints.append(f"console: {text}")


def _watch(notebook: Notebook, url: str) -> None:
    local = (notebook.server.origin, notebook.server.origin.replace("http", "ws"))
    if not url.startswith((*local, "data:", "blob:")):
        notebook.complaints.append(f"request to another host: {url}")


def look(panel: Locator) -> tuple[str, str]:
    """Return a hash of the picture that `panel` shows, and its sentence."""
    picture = panel.locator(".rnn-picture").first
    data = picture.evaluate(
        """async figure => {
          const body = await fetch(figure.querySelector('img').src);
          return Array.from(new Uint8Array(await body.arrayBuffer()));
        }"""
    )
    return hashlib.sha256(bytes(data)).hexdigest(), picture.locator(".rnn-sentence").inner_text()


def move_by_keyboard(panel: Locator) -> None:
    """Move one control of `panel` with keys alone, and wait for the next frame."""
    picture = panel.locator(".rnn-picture").first
    frame = int(picture.get_attribute("data-frame"))
    _press(panel)
    end = time.monotonic() + PATIENCE
    while int(picture.get_attribute("data-frame")) <= frame:
        if time.monotonic() > end:
            raise AssertionError("the picture did not change after a key press")
        panel.page.wait_for_timeout(20)


def _press(panel: Locator) -> None:
    """Press the key that moves the first control found: slider, list, button, box or text."""
    if handles := panel.locator(".noUi-handle").all():
        handle = handles[0]
        at_end = handle.get_attribute("aria-valuenow") == handle.get_attribute("aria-valuemax")
        handle.focus()
        handle.press("ArrowLeft" if at_end else "ArrowRight")
    elif lists := panel.locator("select").all():
        at_end = lists[0].evaluate("list => list.selectedIndex === list.options.length - 1")
        lists[0].focus()
        lists[0].press("ArrowUp" if at_end else "ArrowDown")
    elif buttons := panel.locator("button:not(.mod-active)").all():
        buttons[0].focus()
        buttons[0].press("Space")
    elif boxes := panel.locator("input[type=checkbox]").all():
        boxes[0].focus()
        boxes[0].press("Space")
    else:
        field = panel.locator("input[type=text], textarea").first
        field.focus()
        field.press("End")
        field.type("a")
