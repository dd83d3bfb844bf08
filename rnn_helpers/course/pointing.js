// Values of the picture: of what is under the pointer, or of what the arrow keys lead to. The kernel
// has the numbers, so it is asked, about one place at a time; and it is told where was clicked.
const READ = "Values in the picture: arrow keys lead from one to the next, Enter chooses";
const LONGEST = 10000; // ms that an answer is waited for: a message may be lost
const STEPS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"];

function pointAt(model, view, say) {
  const reader = document.createElement("div");
  const spot = document.createElement("div");
  const twins = document.createElement("div"); // rings where the picture shows the same once more
  const tip = document.createElement("div");
  let place = null; // of the pointer, while it is over the picture
  let asked = 0; // when, in ms; 0 if no answer is awaited
  let again = null;
  let late = 0; // the clock that asks it though the answer before it never came
  let byKey = false;

  reader.className = "rnn-reader";
  reader.tabIndex = 0;
  reader.setAttribute("role", "application");
  reader.setAttribute("aria-label", READ);
  reader.textContent = "values: ← → ↑ ↓";
  spot.className = "rnn-spot";
  twins.className = "rnn-twins";
  tip.className = "rnn-tip";
  for (const part of [spot, twins, tip]) part.setAttribute("aria-hidden", "true");
  view.append(reader, spot, twins, tip);
  hide();

  function hide() {
    spot.hidden = tip.hidden = true;
    twins.replaceChildren();
  }

  function ask(question) {
    if (asked && Date.now() - asked < LONGEST) {
      again = question; // only the last of those that came while the kernel was at work
      clearTimeout(late);
      late = setTimeout(() => again && ask(again), asked + LONGEST - Date.now()); // no answer came
      return;
    }
    asked = Date.now();
    again = null;
    try {
      model.send(question);
    } catch {
      asked = 0;
    }
  }

  function hear(message) {
    if (message.pointed === undefined) return;
    asked = 0;
    clearTimeout(late);
    const next = again;
    again = null;
    if (next) return ask(next);
    show(message.pointed);
  }

  function show({ text, x, y, also = [], there = "" }) {
    hide();
    if (!(place || byKey)) return;
    const { width, scale } = size();
    for (const twin of also) {
      const ring = document.createElement("div");
      ring.className = "rnn-spot rnn-twin";
      Object.assign(ring.style, { left: `${twin.x * scale}px`, top: `${twin.y * scale}px` });
      twins.append(ring);
    }
    if (!text) return;
    Object.assign(spot.style, { left: `${x * scale}px`, top: `${y * scale}px` });
    tip.textContent = there ? `${text} (marked too: ${there})` : text;
    spot.hidden = tip.hidden = false;
    const left = Math.min(Math.max(x * scale - tip.offsetWidth / 2, 0), width - tip.offsetWidth);
    const above = y * scale - tip.offsetHeight - 14;
    const top = above < 0 ? y * scale + 14 : above;
    Object.assign(tip.style, { left: `${left}px`, top: `${top}px` });
    if (byKey) say(tip.textContent);
  }

  // In a narrow window the picture is smaller than it was drawn.
  function size() {
    const width = view.querySelector("img")?.clientWidth ?? 0;
    return { width, scale: width / (model.get("width") || 1) };
  }

  function from(event) {
    const { left, top } = view.getBoundingClientRect();
    const { scale } = size();
    return { x: (event.clientX - left) / scale, y: (event.clientY - top) / scale };
  }

  function move(event) {
    byKey = false;
    place = from(event);
    ask({ point: place });
  }

  function leave() {
    place = null;
    if (!byKey) hide();
  }

  function click(event) {
    if (event.target !== reader) ask({ click: from(event) });
  }

  function press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const choose = event.key === "Enter" && !event.shiftKey;
    if (!choose && !STEPS.includes(event.key)) return;
    event.preventDefault();
    byKey = true;
    ask(choose ? { choose: true } : { step: event.key });
  }

  function blur() {
    byKey = false;
    hide();
  }

  view.addEventListener("pointermove", move);
  view.addEventListener("pointerleave", leave);
  view.addEventListener("click", click);
  reader.addEventListener("keydown", press);
  reader.addEventListener("blur", blur);
  model.on("msg:custom", hear);
  return {
    // Another picture came: what is under the pointer may be something else.
    renew() {
      if (place) ask({ point: place });
      else if (byKey) ask({ step: "" });
    },
    stop() {
      model.off("msg:custom", hear);
      clearTimeout(late);
    },
  };
}
