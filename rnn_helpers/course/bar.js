// The bar below the slide: where you are, and a button for each thing that a key does.
function makeBar() {
  const element = document.createElement("div");
  const place = document.createElement("p");
  const notice = document.createElement("p");
  const buttons = document.createElement("div");
  const names = {
    backward: "Back",
    forward: "Next",
    foldCode: "Hide code",
    fillScreen: "Full screen",
    leave: "End",
  };
  const keys = { backward: "PageUp", forward: "PageDown", foldCode: "c", fillScreen: "f" };
  const made = {};

  element.className = "rnn-bar";
  element.setAttribute("role", "region");
  element.setAttribute("aria-label", "Walkthrough");
  place.className = "rnn-place";
  place.setAttribute("aria-live", "polite");
  notice.className = "rnn-say";
  notice.setAttribute("role", "status");
  element.append(place, notice, buttons);
  for (const [name, text] of Object.entries(names)) {
    made[name] = document.createElement("button");
    made[name].type = "button";
    made[name].textContent = text;
    made[name].title = `${text} (key ${keys[name] ?? "Escape"})`;
    buttons.append(made[name]);
  }

  function tell(number, count, section, minutes) {
    const time = minutes && `${minutes} ${minutes === 1 ? "minute" : "minutes"}`;
    const parts = [`Slide ${number} of ${count}`, section, time];
    place.textContent = parts.filter(Boolean).join(" · ");
  }

  return {
    element,
    tell,
    say: (what) => (notice.textContent = what),
    folded: (is) => (made.foldCode.textContent = is ? "Show code" : "Hide code"),
    on: (acts) => Object.entries(acts).forEach(([name, act]) => (made[name].onclick = act)),
  };
}
