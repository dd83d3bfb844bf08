// A question with one button for each option. Choosing changes nothing but `choice`.
function render({ model, el }) {
  const box = document.createElement("div");
  const question = document.createElement("p");
  const options = document.createElement("div");
  const answer = document.createElement("p");
  const buttons = model.get("options").map((text) => {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.option = text;
    button.addEventListener("click", () => {
      model.set("choice", text);
      model.save_changes();
    });
    return button;
  });

  box.className = "rnn-predict";
  question.textContent = model.get("question");
  options.setAttribute("role", "group");
  options.setAttribute("aria-label", model.get("question"));
  options.append(...buttons);
  answer.setAttribute("aria-live", "polite");
  box.append(question, options, answer);
  el.append(box);

  function show() {
    const choice = model.get("choice");
    for (const button of buttons) {
      const chosen = button.dataset.option === choice;
      button.textContent = (chosen ? "✓ " : "") + button.dataset.option;
      button.setAttribute("aria-pressed", String(chosen));
    }
    answer.textContent = warning || next(choice, model.get("measured"));
  }

  let warning = "";
  const connection = watchConnection(model, (what) => {
    warning = what;
    show();
  });
  const changes = ["change:choice", "change:measured"];
  changes.forEach((change) => model.on(change, show));
  show();
  const letKeysGo = keepKeys(box);
  return () => {
    letKeysGo();
    connection.stop();
    changes.forEach((change) => model.off(change, show));
  };
}

function next(choice, measured) {
  if (!choice) {
    return measured
      ? "Choose one: what was measured opens below."
      : "Choose one, then run the cells below.";
  }
  const where = measured ? "What was measured is open below." : "Run the cells below to see.";
  return `You predicted “${choice}”. ${where}`;
}

export default { initialize, render };
