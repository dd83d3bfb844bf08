// What moves in the book without a kernel: panels drawn ahead, and predictions.
// `frontEnds` holds the course's own widgets, put before this file when the book is built.

// What a widget's front end needs of a model: values by name, and who wants to know of changes.
function standIn(values) {
  const listeners = {};
  return {
    get: (name) => values[name],
    set(name, value) {
      if (values[name] === value) return;
      values[name] = value;
      (listeners[`change:${name}`] || []).forEach((listener) => listener());
    },
    on: (name, listener) => (listeners[name] ||= []).push(listener),
    off() {},
    save_changes() {},
    send() {},
  };
}

function stateOf(box) {
  return JSON.parse(box.querySelector("script").textContent);
}

// ---- predictions

function openPredictions() {
  const reveals = {};
  for (const box of document.querySelectorAll(".book-reveal")) {
    const state = stateOf(box);
    const model = (reveals[box.dataset.name] = standIn(state));
    model.on("change:choice", () => model.set("remark", state.remarks[state.choice]));
    box.replaceChildren();
    frontEnds.reveal.render({ model, el: box });
  }
  for (const box of document.querySelectorAll(".book-predict")) {
    const model = standIn(stateOf(box));
    model.on("change:choice", () => {
      reveals[box.dataset.name]?.set("choice", model.get("choice"));
    });
    box.replaceChildren();
    frontEnds.prediction.render({ model, el: box });
  }
}

// ---- panels

// Which picture shows the stops `at`, one number for each control. All settings together: the last
// control moves fastest. One control at a time: `moved` is the one that left its start.
function frameAt(panel, at, moved) {
  const sizes = panel.controls.map((control) => control.texts.length);
  if (panel.together) return sizes.reduce((place, size, i) => place * size + at[i], 0);
  return sizes.slice(0, moved).reduce((sum, size) => sum + size, 0) + at[moved];
}

function openPanel(box) {
  const panel = stateOf(box);
  const image = box.querySelector("img");
  const sentence = box.querySelector(".rnn-sentence");
  const player = box.querySelector("audio");
  const at = panel.controls.map((control) => control.start);
  const shown = [];

  function move(which, stop) {
    if (!panel.together) at.forEach((_, i) => (at[i] = panel.controls[i].start));
    at[which] = stop;
    shown.forEach((show, i) => show(at[i]));
    const [link, said, sound, stopped] = panel.frames[frameAt(panel, at, which)];
    // A slider whose end has come nearer stands at that end.
    (stopped || []).forEach(([control, end, text]) => shown[control]((at[control] = end), text));
    image.src = link;
    sentence.textContent = said;
    if (player) player.src = sound;
  }

  const makers = { range: makeRange, radio: makeRadio, select: makeSelect, check: makeCheck };
  panel.controls.forEach((control, i) => {
    const make = makers[control.kind] || makeFixed;
    const id = `${box.dataset.name}-${control.name}`;
    const [element, show] = make(control, id, (stop) => move(i, stop));
    box.querySelector(".book-controls").append(element);
    shown.push(show);
    show(control.start);
  });
  box.addEventListener("keydown", keepKeys);
}

// On a slide arrow keys move the control that has the focus, and not the slide. Escape gives the
// focus back, and Page Up and Page Down, which a presenter's remote sends, always move on.
function keepKeys(event) {
  const leaves = window.Reveal && event.key.startsWith("Page");
  if (leaves || event.key === "Escape") event.target.blur();
  if (!leaves) event.stopPropagation();
}

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

function makeRange(control, id, moved) {
  const last = control.texts.length - 1;
  const input = make("input", { type: "range", min: 0, max: last, step: 1, id });
  const output = make("output");
  output.setAttribute("for", id);
  input.addEventListener("input", () => moved(Number(input.value)));
  const show = (stop) => {
    input.value = stop;
    output.textContent = control.texts[stop];
    input.setAttribute("aria-valuetext", control.texts[stop]);
  };
  const label = make("label", { htmlFor: id }, control.label);
  return [make("div", { className: "book-control" }, label, input, output), show];
}

function makeRadio(control, id, moved) {
  const inputs = control.texts.map((_, stop) => {
    const input = make("input", { type: "radio", name: id });
    input.addEventListener("change", () => moved(stop));
    return input;
  });
  const labels = inputs.map((input, stop) => make("label", {}, input, control.texts[stop]));
  const legend = make("legend", {}, control.label);
  const group = make("fieldset", { className: "book-control" }, legend, ...labels);
  return [group, (stop) => (inputs[stop].checked = true)];
}

function makeSelect(control, id, moved) {
  const options = control.texts.map((text, stop) => make("option", { value: stop }, text));
  const select = make("select", { id }, ...options);
  select.addEventListener("change", () => moved(Number(select.value)));
  const label = make("label", { htmlFor: id }, control.label);
  const row = make("div", { className: "book-control" }, label, select);
  return [row, (stop) => (select.value = stop)];
}

function makeCheck(control, id, moved) {
  const input = make("input", { type: "checkbox", id });
  input.addEventListener("change", () => moved(Number(input.checked)));
  const label = make("label", {}, input, control.label);
  const row = make("div", { className: "book-control" }, label);
  return [row, (stop) => (input.checked = stop === 1)];
}

function makeFixed(control) {
  const row = make("div", { className: "book-control" });
  const show = (_, text = control.texts[0]) => (row.textContent = `${control.label}: ${text}`);
  return [row, show];
}

// What scrolls to the side can be scrolled by keys: formulas when they are set, and wide tables.
function letKeysScroll() {
  for (const part of document.querySelectorAll('mjx-container[display="true"], .bd-article table')) {
    if (part.scrollWidth > part.clientWidth) part.tabIndex = 0;
  }
}

document.addEventListener("DOMContentLoaded", async () => {
  openPredictions();
  document.querySelectorAll(".book-panel").forEach(openPanel);
  await window.MathJax?.startup?.promise;
  letKeysScroll();
});
