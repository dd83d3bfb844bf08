// A widget outlives its kernel: its controls still move, and nothing follows. `say` is told what to
// do as soon as that is known, and "" when the kernel answers again.
const RUN_ALL = "choose Run All Cells in the menu Run";
const LOST = `The kernel was restarted, so this no longer answers. To go on, ${RUN_ALL}.`;
const SILENT =
  "The kernel does not answer yet. It is busy with another cell, or it was stopped: " +
  `then ${RUN_ALL}.`;
const PATIENCE = 4000; // ms

function watchConnection(model, say) {
  let lost = false;
  let waiting = 0;

  function answered() {
    clearTimeout(waiting);
    if (!lost) say("");
  }

  // Something was moved: if no picture comes in time, ask the kernel whether it is there.
  function moved() {
    clearTimeout(waiting);
    if (!lost) waiting = setTimeout(ask, PATIENCE);
  }

  function ask() {
    waiting = setTimeout(() => say(SILENT), PATIENCE);
    try {
      model.send({ question: "Are you there?" });
    } catch {
      say(SILENT); // the front end knows that there is no kernel
    }
  }

  // The front end lets go of a widget for good: Run All makes a new one in its place.
  function letGo() {
    clearTimeout(waiting);
    lost = true;
    say(LOST);
  }

  model.on("comm_live_update", letGo);
  model.on("msg:custom", answered);
  return {
    answered,
    moved,
    stop() {
      clearTimeout(waiting);
      model.off("comm_live_update", letGo);
      model.off("msg:custom", answered);
    },
  };
}
