// A button that turns the notebook it stands in into a walkthrough. The kernel cuts the slides; if
// it does not answer, each heading begins one.
const ANSWERS_WITHIN = 3000; // ms

function render({ model, el }) {
  const button = document.createElement("button");
  const notice = document.createElement("p");
  let waiting = 0;
  let leave = null;
  let last = 0; // the slide to come back to

  el.classList.add("rnn-start");
  button.type = "button";
  button.textContent = "Walk through this notebook";
  notice.setAttribute("role", "status");
  el.append(button, notice);

  function notebook() {
    return el.closest(".jp-NotebookPanel")?.querySelector(".jp-Notebook");
  }

  function ask() {
    if (leave) return;
    if (!notebook()) {
      notice.textContent = "This works in JupyterLab, in the notebook that is to be shown.";
      return;
    }
    const cells = describe(notebook());
    clearTimeout(waiting);
    waiting = setTimeout(() => begin(byHeadings(cells)), ANSWERS_WITHIN);
    try {
      model.send({ cells });
    } catch {
      begin(byHeadings(cells)); // the front end knows that there is no kernel
    }
  }

  function begin(slides) {
    clearTimeout(waiting);
    if (leave || !slides.length) return;
    leave = startWalk(notebook(), slides, last, (slide) => {
      leave = null;
      last = slide;
    });
  }

  const answered = ({ slides }) => slides && begin(slides);
  model.on("msg:custom", answered);
  button.addEventListener("click", ask);
  const letKeysGo = keepKeys(el);
  if (model.get("begin")) {
    model.set("begin", false); // shown once more, it waits for its button
    model.save_changes();
    requestAnimationFrame(ask);
  }
  return () => {
    letKeysGo();
    clearTimeout(waiting);
    model.off("msg:custom", answered);
    leave?.();
  };
}

function byHeadings(cells) {
  const slides = [];
  cells.forEach(({ heading }, place) => {
    if (heading || !slides.length) slides.push({ cells: [], section: heading, minutes: null });
    slides.at(-1).cells.push(place);
  });
  return slides;
}

export default { render };
