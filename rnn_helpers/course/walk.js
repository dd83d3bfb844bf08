// A notebook shown one slide at a time. No cell is moved or copied: the notebook fills the window,
// cells that are not on the slide are hidden, and leaving takes all of that away again. JupyterLab
// takes its time to put all cells on the page; what is hidden takes no room, so it goes on with them.
const FORWARD = ["PageDown", "ArrowRight", "ArrowDown", " ", "n"];
const BACKWARD = ["PageUp", "ArrowLeft", "ArrowUp", "Backspace", "p"];
const TAKES_ALL_KEYS =
  "input, select, textarea, audio, [contenteditable=true], [role=slider], [role=spinbutton], " +
  "[role=listbox], .cm-editor, .jp-mod-editMode .cm-content";
// A presenter's remote sends these two, and cannot click: only a text that is written keeps them.
const OF_A_REMOTE = ["PageDown", "PageUp"];
const IS_WRITTEN = "textarea, input[type=text], input[type=number], [contenteditable=true], .cm-editor";
const VOTE = "Vote first: choose an answer. Next again goes on without one.";
const RUN_TO_VOTE = "To vote, run the cells first (Run All). Next again goes on without.";
const TAKES_SPACE = "button, summary, a[href]";

function placeOf(cell) {
  return Number(cell.dataset.windowedListIndex);
}

function cellsOf(notebook) {
  const cells = [...notebook.querySelectorAll(".jp-Cell[data-windowed-list-index]")];
  return cells.sort((one, other) => placeOf(one) - placeOf(other));
}

// What the kernel needs to find the slides: the kind and the heading of each cell on the screen.
function describe(notebook) {
  return cellsOf(notebook).map((cell) => {
    const heading = cell.querySelector(".jp-RenderedMarkdown > :is(h1, h2, h3):first-child");
    return { kind: kindOf(cell), heading: heading?.textContent.replace(/¶$/, "") ?? "" };
  });
}

function kindOf(cell) {
  if (cell.classList.contains("jp-CodeCell")) return "code";
  return cell.classList.contains("jp-MarkdownCell") ? "markdown" : "raw";
}

function isUnanswered(cell) {
  const asked = [...cell.querySelectorAll(".rnn-predict")];
  return asked.some((box) => !box.querySelector("button[aria-pressed=true]"));
}

function startWalk(notebook, slides, first, onLeave) {
  const scroller = notebook.querySelector(".jp-WindowedPanel-outer") ?? notebook;
  const active = notebook.querySelector(".jp-Cell.jp-mod-active");
  const before = { top: scroller.scrollTop, focus: document.activeElement };
  const bar = makeBar();
  let current = Math.min(first, slides.length - 1);
  let warned = -1; // the slide on which a vote was asked for
  let passed = -1; // the slide on which all is shown although nobody has voted
  let pending = 0;
  let typed = ""; // the number of a slide, as far as it was typed
  let fitted = ""; // what the sizes were made for

  // ---- what is on the slide

  function arrange() {
    const { cells } = slides[current];
    let waits = false;
    for (const cell of cellsOf(notebook)) {
      const isOn = cells.includes(placeOf(cell));
      cell.classList.toggle("rnn-on", isOn && !waits);
      cell.classList.toggle("rnn-waits", isOn && waits);
      waits ||= isOn && passed !== current && isUnanswered(cell);
    }
    const looks = [current, ...shown().map(placeOf), ...pictureSizes(shown())].join();
    if (looks === fitted) return;
    fitted = looks;
    bar.say("");
    resize();
  }

  function shown() {
    return cellsOf(notebook).filter((cell) => cell.matches(".rnn-on"));
  }

  function resize() {
    fitSlide(notebook, scroller, shown());
  }

  function show(next, where = "top") {
    current = Math.min(Math.max(next, 0), slides.length - 1);
    arrange();
    scroller.scrollTop = where === "top" ? 0 : scroller.scrollHeight;
    const { section, minutes } = slides[current];
    bar.tell(current + 1, slides.length, section, minutes);
    shown()[0]?.focus({ preventScroll: true });
  }

  // ---- going on and back: through what is higher than the window first

  function below() {
    return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
  }

  function forward() {
    if (below() > 4) return scroller.scrollBy({ top: stepDown() });
    if (passed !== current && shown().some(isUnanswered)) return askForVotes();
    next();
  }

  function next() {
    if (current < slides.length - 1) show(current + 1);
    else bar.say("This was the last slide. Escape ends the walkthrough.");
  }

  function backward() {
    if (scroller.scrollTop > 4) scroller.scrollBy({ top: -0.85 * scroller.clientHeight });
    else if (current > 0) show(current - 1, "bottom");
  }

  // To the first cell that does not end in the window, or by most of a window within it.
  function stepDown() {
    const { top, bottom } = scroller.getBoundingClientRect();
    const cut = shown().find((cell) => cell.getBoundingClientRect().bottom > bottom + 1);
    const start = cut ? cut.getBoundingClientRect().top - top : 0;
    return start > 0.25 * scroller.clientHeight ? start : 0.85 * scroller.clientHeight;
  }

  // The first time this is all that happens; the second time what waits is shown without a vote.
  function askForVotes() {
    if (warned !== current) {
      warned = current;
      const box = shown().find(isUnanswered).querySelector(".rnn-predict");
      return bar.say(box.querySelector("button") ? VOTE : RUN_TO_VOTE);
    }
    const before = shown().length;
    passed = current;
    arrange();
    if (shown().length === before) next();
  }

  // ---- keys

  function press(event) {
    const { key, target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || target.closest?.(".jp-Dialog")) return;
    if (key === "Escape") return take(event, leave);
    const isFree = OF_A_REMOTE.includes(key) && !target.closest?.(IS_WRITTEN);
    if (!isFree && target.closest?.(TAKES_ALL_KEYS)) return sayWhose(key);
    if (/^\d$/.test(key)) return take(event, () => type(key));
    if (key === "Enter" && typed) return take(event, goToTyped);
    typed = "";
    if ([" ", "Enter"].includes(key) && target.closest?.(TAKES_SPACE)) return;
    const isBack = BACKWARD.includes(key) || (key === " " && event.shiftKey);
    if (isBack) take(event, backward);
    else if (FORWARD.includes(key)) take(event, forward);
    else if (key === "Home") take(event, () => show(0));
    else if (key === "End") take(event, () => show(slides.length - 1));
    else if (key === "c") take(event, foldCode);
    else if (key === "f") take(event, fillScreen);
    else if (!["Tab", "Shift"].includes(key) && !isRun(event)) take(event, () => {});
  }

  function sayWhose(key) {
    if (!OF_A_REMOTE.includes(key)) return;
    bar.say("This key went to what has the focus. Click beside it to go on.");
  }

  function type(digit) {
    typed += digit;
    bar.say(`Enter goes to slide ${typed}.`);
  }

  function goToTyped() {
    const wanted = Number(typed) - 1;
    typed = "";
    show(Math.min(Math.max(wanted, 0), slides.length - 1));
  }

  // The cell that has the focus is run; Enter alone begins to edit it.
  function isRun({ key, target }) {
    return key === "Enter" && Boolean(target.closest?.(".rnn-on"));
  }

  function take(event, act) {
    event.preventDefault();
    event.stopImmediatePropagation();
    act();
  }

  function foldCode() {
    const isFolded = notebook.classList.toggle("rnn-folded");
    bar.folded(isFolded);
    resize();
  }

  let wasFull = false;
  let chosen = false; // left the full screen by its key or button

  function fillScreen() {
    chosen = true;
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen?.().catch(() => (chosen = false));
  }

  function fullChanged() {
    const isFull = Boolean(document.fullscreenElement);
    if (wasFull && !isFull && !chosen) leave(); // the browser took Escape for itself
    wasFull = isFull;
    chosen = false;
  }

  // ---- coming and going

  const watcher = new MutationObserver(() => {
    cancelAnimationFrame(pending);
    pending = requestAnimationFrame(arrange);
  });

  function enter() {
    document.body.classList.add("rnn-walking");
    notebook.classList.add("rnn-walk");
    document.body.append(bar.element);
    window.addEventListener("keydown", press, true);
    window.addEventListener("resize", resize);
    document.addEventListener("fullscreenchange", fullChanged);
    show(current);
    watcher.observe(notebook, {
      attributes: true,
      attributeFilter: ["aria-pressed", "src"],
      childList: true,
      subtree: true,
    });
    if (navigator.userActivation?.isActive && !document.fullscreenElement) fillScreen();
  }

  function leave() {
    watcher.disconnect();
    cancelAnimationFrame(pending);
    window.removeEventListener("keydown", press, true);
    window.removeEventListener("resize", resize);
    document.removeEventListener("fullscreenchange", fullChanged);
    document.body.classList.remove("rnn-walking");
    notebook.classList.remove("rnn-walk", "rnn-folded");
    unfit(notebook);
    for (const cell of cellsOf(notebook)) cell.classList.remove("rnn-on", "rnn-waits");
    bar.element.remove();
    if (document.fullscreenElement) document.exitFullscreen();
    active?.focus({ preventScroll: true }); // and so it is JupyterLab's active cell again
    before.focus?.focus({ preventScroll: true });
    scroller.scrollTop = before.top;
    onLeave(current);
  }

  // Other slides of the same notebook: the one that holds what is shown now comes up.
  function recut(better) {
    const [place] = slides[current].cells;
    slides = better;
    [warned, passed] = [-1, -1];
    show(slides.findLastIndex((slide) => slide.cells[0] <= place));
  }

  bar.on({ backward, forward, foldCode, fillScreen, leave });
  enter();
  return { leave, recut };
}
