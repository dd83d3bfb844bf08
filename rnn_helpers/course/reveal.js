// What was measured, in a box that opens when a choice is made, or by a click on its summary.
function render({ model, el }) {
  const frame = document.createElement("div");
  const wait = document.createElement("p");
  const box = document.createElement("details");
  const summary = document.createElement("summary");
  const finding = document.createElement("p");
  const remark = document.createElement("p");

  frame.className = "rnn-reveal";
  wait.textContent = "What was measured opens here as soon as you have chosen an answer above.";
  box.append(summary, finding, remark);
  frame.append(wait, box);
  el.append(frame);

  function show() {
    const chosen = model.get("choice") !== "";
    wait.hidden = chosen;
    summary.textContent = chosen ? "What was measured" : "Show it without choosing";
    finding.textContent = model.get("finding");
    remark.textContent = model.get("remark");
    if (chosen) box.open = true;
  }

  const changes = ["change:choice", "change:remark"];
  changes.forEach((change) => model.on(change, show));
  show();
  const letKeysGo = keepKeys(frame);
  return () => {
    letKeysGo();
    changes.forEach((change) => model.off(change, show));
  };
}

export default { initialize, render };
