// A button that turns the notebook it stands in into a walkthrough, and one in the tool bar of each
// other notebook on the page. The kernel cuts the slides; until it answers, headings do.
const ANSWERS_WITHIN = 5000; // ms
const LOOKS_EVERY = 1000; // ms
const WINDOWED =
  "JupyterLab keeps only the cells in the window. In Settings, Settings Editor, Notebook, choose " +
  "another Windowing mode, such as contentVisibility. Then open the notebook anew.";
const WAIT = "Getting the slides ready …";
const WHAT = "Walk through this notebook";
const PANEL = ".jp-NotebookPanel";

function render({ model, el }) {
  const button = makeButton(() => start(el.closest(PANEL)));
  const notice = document.createElement("p");
  const lastSlides = new WeakMap(); // of each notebook, the slide to come back to
  let waiting = 0;
  let asked = null; // the notebook that slides are awaited for
  let walk = null;

  el.classList.add("rnn-start");
  notice.setAttribute("role", "status");
  el.append(button, notice);

  function start(panel) {
    if (walk) return;
    const notebook = panel?.querySelector(".jp-Notebook");
    if (!notebook) notice.textContent = "This works in JupyterLab, in the notebook to be shown.";
    else if (isWindowed(notebook)) notice.textContent = WINDOWED;
    else ask(notebook, fileOf(panel));
  }

  function ask(notebook, file) {
    const cells = describe(notebook);
    asked = notebook;
    notice.textContent = WAIT;
    clearTimeout(waiting);
    waiting = setTimeout(() => begin(byHeadings(cells)), ANSWERS_WITHIN);
    try {
      model.send({ cells, file });
    } catch {
      begin(byHeadings(cells)); // the front end knows that there is no kernel
    }
  }

  function answered({ slides }) {
    if (!slides || !asked) return;
    if (walk) walk.recut(slides); // it answers late
    else begin(slides);
  }

  function begin(slides) {
    clearTimeout(waiting);
    if (walk || !asked || !slides.length) return;
    const notebook = asked;
    notice.textContent = "";
    walk = startWalk(notebook, slides, lastSlides.get(notebook) ?? 0, (slide) => {
      walk = asked = null;
      lastSlides.set(notebook, slide);
    });
  }

  // ---- the other notebooks on the page

  const others = new Map();

  function offer() {
    const own = el.closest(PANEL);
    for (const panel of document.querySelectorAll(PANEL)) {
      const bar = panel.querySelector(".jp-NotebookPanel-toolbar");
      if (!own || !bar || panel === own || bar.querySelector(".rnn-offer")) continue;
      const item = document.createElement("div");
      item.className = "jp-Toolbar-item rnn-offer rnn-start";
      item.append(makeButton(() => start(panel)));
      bar.append(item);
      others.set(panel, item);
    }
  }

  const looking = model.get("everywhere") ? setInterval(offer, LOOKS_EVERY) : 0;
  model.on("msg:custom", answered);
  const letKeysGo = keepKeys(el);
  if (model.get("begin")) {
    model.set("begin", false); // shown once more, it waits for its button
    model.save_changes();
    requestAnimationFrame(() => start(el.closest(PANEL)));
  }
  return () => {
    letKeysGo();
    clearTimeout(waiting);
    clearInterval(looking);
    others.forEach((item) => item.remove());
    model.off("msg:custom", answered);
    walk?.leave();
  };
}

function isWindowed(notebook) {
  return notebook.querySelector(".jp-WindowedPanel-viewport")?.style.position === "absolute";
}

function makeButton(act) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = WHAT;
  button.addEventListener("click", act);
  return button;
}

// The tab of a notebook says where its file is.
function fileOf(panel) {
  const tab = document.querySelector(`.lm-TabBar-tab[data-id="${panel.id}"]`);
  return tab?.title.match(/[^/:\n]*\.ipynb$/m)?.[0].trim() ?? "";
}

function byHeadings(cells) {
  const slides = [];
  cells.forEach(({ heading }, place) => {
    if (heading || !slides.length) slides.push({ cells: [], section: heading, minutes: null });
    slides.at(-1).cells.push(place);
  });
  return slides;
}

export default { initialize, render };
