// ipywidgets shows a label beside a control, but a screen reader is not told: neither which control
// it is, nor which of several buttons is chosen, nor what a slider stands at.
function nameControls(panel) {
  for (const label of panel.querySelectorAll(".widget-label")) {
    const name = label.textContent;
    const box = label.parentElement;
    nameSliders(name, [...box.querySelectorAll("[role=slider]")]);
    const number = box.querySelector(".widget-readout");
    if (number) give(number, { role: "textbox", "aria-label": `${name}, as a number` });
    const buttons = [...box.querySelectorAll(".widget-toggle-button")];
    if (buttons.length) give(box, { role: "group", "aria-label": name });
    for (const button of buttons) {
      const pressed = button.classList.contains("mod-active");
      const label = `${name}: ${spelled(button.textContent)}`;
      give(button, { "aria-label": label, "aria-pressed": pressed });
    }
  }
  for (const player of panel.querySelectorAll(".widget-play")) namePlayer(player);
  for (const sound of panel.querySelectorAll("audio:not([aria-label])")) {
    give(sound, { "aria-label": "listen to what the picture shows" });
  }
}

// Signs that stand for white space are read out as shapes.
function spelled(text) {
  return text.replaceAll("↵", " new line ").replaceAll("␣", " space ").replace(/\s+/g, " ").trim();
}

function nameSliders(name, handles) {
  const ends = handles.length === 2 ? [`${name}, from`, `${name}, to`] : [name];
  handles.forEach((handle, k) => {
    give(handle, { "aria-label": ends[k] });
    sayValue(handle, k);
  });
}

// What stands at a slider is what its number says: of a logarithmic one not the exponent.
function sayValue(handle, k) {
  const number = handle.closest(".widget-slider")?.querySelector(".widget-readout");
  const values = number?.textContent.split(" – ") ?? [];
  if (values[k]) give(handle, { "aria-valuetext": values[k] });
}

function namePlayer(player) {
  const of = player.previousElementSibling?.querySelector(".widget-label")?.textContent ?? "";
  const [play, stop, repeat] = player.querySelectorAll("button");
  give(player, { role: "group", "aria-label": `play ${of}` });
  give(play, { "aria-label": isPlaying(player) ? `pause ${of}` : `play ${of}` });
  give(stop, { "aria-label": `stop, ${of} back to the start` });
  if (repeat) give(repeat, { "aria-label": `repeat ${of}` });
}

function isPlaying(player) {
  return player.querySelector(".fa-pause") !== null;
}

function give(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
  }
}

// The numbers and names of controls change at any time, and before a picture comes.
function keepNames(panel) {
  const watch = new MutationObserver(() => nameControls(panel));
  const attributeFilter = ["aria-valuetext", "class"];
  watch.observe(panel, { childList: true, subtree: true, attributes: true, attributeFilter });
  nameControls(panel);
  return () => watch.disconnect();
}

// A panel that plays comes to rest as soon as the focus goes elsewhere. For whoever asked the system
// for less motion it takes one step at a press.
function restPlayers(panel) {
  function pause(player) {
    if (isPlaying(player)) player.querySelector("button").click();
  }

  function focusWent(event) {
    for (const player of panel.querySelectorAll(".widget-play")) {
      const to = event.type === "focusin" ? event.target : event.relatedTarget;
      const from = event.type === "focusin" || player.contains(event.target);
      if (from && !player.contains(to)) pause(player);
    }
  }

  document.addEventListener("focusin", focusWent);
  panel.addEventListener("focusout", focusWent);
  return {
    stepped() {
      if (!matchMedia("(prefers-reduced-motion: reduce)").matches) return;
      panel.querySelectorAll(".widget-play").forEach(pause);
    },
    stop() {
      document.removeEventListener("focusin", focusWent);
      panel.removeEventListener("focusout", focusWent);
    },
  };
}
