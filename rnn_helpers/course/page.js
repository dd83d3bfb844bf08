// What the kernel cannot know of the page: whether it is dark, and how fine its pixels are. Both may
// change while it is open: a theme is chosen, the page is enlarged, the window goes to another screen.
const MOST_PIXELS = 2;
const TARGET = "rnn_helpers.page"; // page.py has it too

function isDark() {
  const { jpThemeLight, vscodeThemeKind } = document.body.dataset;
  if (jpThemeLight !== undefined) return jpThemeLight === "false";
  if (vscodeThemeKind !== undefined) return vscodeThemeKind.includes("dark");
  const colour = getComputedStyle(document.body).backgroundColor;
  const [red, green, blue, alpha = 1] = colour.match(/[\d.]+/g).map(Number);
  return alpha > 0 && 0.2126 * red + 0.7152 * green + 0.0722 * blue < 64;
}

// What a widget says that Run All has just made waits until the last cell is done. Where kernels have subshells, what
// the page itself opens is heard at once: then only the first pictures of Run All are drawn anew.
// The line stays open: where it is closed, ipykernel 7.4 writes of a task that was destroyed into the
// cell that runs.
async function tellEarly(kernel, page) {
  if (!kernel?.supportsSubshells) return;
  const lines = (window.rnnPages ??= new WeakMap());
  const key = JSON.stringify(page);
  const line = lines.get(kernel);
  if (line && !line.comm.isDisposed) {
    if (line.key === key) return; // for another picture
    line.key = key;
    await line.opened;
    line.comm.send(page);
    return;
  }
  const comm = kernel.createComm(TARGET);
  const opened = Promise.resolve(comm.subshellStarted).then(() => comm.open(page).done);
  lines.set(kernel, { comm, key, opened });
  await opened;
}

function watchPage(model) {
  let screen = null;

  function tell() {
    const ratio = Math.min(Math.max(window.devicePixelRatio, 1), MOST_PIXELS);
    const page = { theme: isDark() ? "dark" : "light", ratio };
    const told = model.get("page") ?? {};
    if (told.theme === page.theme && told.ratio === page.ratio) return;
    tellEarly(model.widget_manager?.kernel, page).catch(() => {}); // it is told below, too
    try {
      model.set("page", page);
      model.save_changes();
    } catch {
      // no kernel: the picture stays as it is
    }
  }

  function watchScreen() {
    screen?.removeEventListener("change", watchScreen);
    screen = matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
    screen.addEventListener("change", watchScreen);
    tell();
  }

  const theme = new MutationObserver(tell);
  theme.observe(document.body, { attributes: true });
  watchScreen();
  return () => {
    theme.disconnect();
    screen.removeEventListener("change", watchScreen);
  };
}
