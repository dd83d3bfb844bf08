// One picture with its sentence. A frame is decoded before it replaces the last one, and a frame
// that is decoded after a later one has been shown is dropped.
// As wide as what sentences say, in long words: few lines are broken earlier than these.
const FILLER = "characteristically ";

function render({ model, el }) {
  const figure = document.createElement("div");
  const view = document.createElement("div");
  const said = document.createElement("div");
  const sentence = document.createElement("p");
  const notice = document.createElement("p");
  let image = null;
  let shownFrame = -1;
  let panel = null;
  let players = null;
  let ends = [];

  figure.className = "rnn-picture";
  sentence.className = "rnn-sentence";
  view.className = "rnn-view";
  notice.className = "rnn-notice";
  notice.setAttribute("role", "status");
  said.className = "rnn-said";
  said.append(sentence);
  figure.append(view, notice, said);

  // A picture that takes long says that it is coming. The kernel tells when it begins one.
  let working = 0;
  function begin() {
    clearTimeout(working);
    working = setTimeout(() => figure.classList.add("rnn-working"), 300);
  }
  el.append(figure);
  const voice = announcer(figure);
  const pointer = pointAt(model, view, voice.say);

  function put(next) {
    if (next !== image) {
      image ? image.replaceWith(next) : view.prepend(next);
      if (image) URL.revokeObjectURL(image.src);
      image = next;
    }
  }

  function finish(state) {
    shownFrame = state.frame;
    (el.closest(".rnn-panel") ?? figure).style.setProperty("--rnn-scale", state.scale);
    said.dataset.room = FILLER.repeat(1 + state.room / FILLER.length).slice(0, state.room);
    const text = state.problem || state.sentence;
    if (sentence.textContent && text !== sentence.textContent) voice.say(text);
    sentence.textContent = text;
    figure.classList.toggle("rnn-problem", state.problem !== "");
    figure.dataset.frame = state.frame;
    clearTimeout(working);
    figure.classList.remove("rnn-working");
    tend();
    connection.answered();
    pointer.renew();
    players?.stepped();
  }

  async function show() {
    const names = ["frame", "alt", "sentence", "problem", "width", "height", "scale", "room"];
    const state = Object.fromEntries(names.map((name) => [name, model.get(name)]));
    if (state.problem) return finish(state);
    const next = new Image(state.width, state.height);
    next.alt = state.alt;
    next.src = URL.createObjectURL(new Blob([model.get("png")], { type: "image/png" }));
    if (!image) put(next); // its size is known, so nothing below it moves when it is decoded
    await next.decode().catch(() => {}); // a busy browser may decline: then it is decoded when it is painted
    if (state.frame < shownFrame) return next === image ? undefined : URL.revokeObjectURL(next.src);
    put(next);
    finish(state);
  }

  function warn(what) {
    notice.textContent = what;
    figure.classList.toggle("rnn-lost", what !== "");
  }

  // The controls stand beside the picture in its panel, which is there once it shows a frame. A run
  // that is shown live has none, but its values are read with keys all the same.
  const MOVES = ["change", "click", "input", "keyup", "pointerup"];

  function tend() {
    if (panel) return;
    panel = el.closest(".rnn-panel, .rnn-live-run");
    if (!panel) return;
    give(panel, { role: "group", "aria-label": model.get("alt") });
    players = restPlayers(panel);
    ends = [keepKeys(panel), keepNames(panel), players.stop];
    MOVES.forEach((kind) => panel.addEventListener(kind, connection.moved));
    panel.addEventListener("focusin", bringIntoView);
  }

  // Who comes to a control by keyboard sees the picture and the sentence too.
  function bringIntoView({ target }) {
    if (target.matches(":focus-visible:not(input)")) panel.scrollIntoView({ block: "nearest" });
  }

  const connection = watchConnection(model, warn);
  model.on("change:frame", show);
  model.on("change:asked", begin);
  show();
  const leavePage = watchPage(model);
  const leaveStills = watchStills(model, el);
  return () => {
    model.off("change:frame", show);
    model.off("change:asked", begin);
    clearTimeout(working);
    connection.stop();
    ends.forEach((end) => end());
    leavePage();
    leaveStills();
    pointer.stop();
    voice.stop();
    MOVES.forEach((kind) => panel?.removeEventListener(kind, connection.moved));
    panel?.removeEventListener("focusin", bringIntoView);
    if (image) URL.revokeObjectURL(image.src);
  };
}

export default { initialize, render };
