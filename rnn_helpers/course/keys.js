// Keys pressed in a widget are the widget's. Without this the notebook takes them as commands: an x
// on a slider deletes its cell, and an arrow key leaves it. The notebook's front end looks for the
// mark on the element that has the focus itself, so each one is marked. Combinations with Ctrl,
// ⌘ or Alt and Shift + Enter stay the notebook's, and Escape gives the focus back to the cell.
const MARK = "data-lm-suppress-shortcuts";
const FOCUSABLE =
  "a[href], audio, button, input, select, summary, textarea, [contenteditable], [tabindex]";

function keepKeys(root) {
  function markAll() {
    for (const element of root.querySelectorAll(`:is(${FOCUSABLE}):not([${MARK}])`)) {
      element.setAttribute(MARK, "true");
    }
  }

  function sort(event) {
    const { target } = event;
    if (!root.contains(target)) return;
    const isCombination = event.ctrlKey || event.metaKey || event.altKey;
    if (event.key === "Escape") {
      root.closest(".jp-Cell")?.focus();
    } else if (isCombination || (event.shiftKey && event.key === "Enter")) {
      target.removeAttribute(MARK); // for this event, which the notebook hears after us
      setTimeout(markAll);
    } else {
      target.setAttribute(MARK, "true");
    }
  }

  const newcomers = new MutationObserver(markAll);
  newcomers.observe(root, { childList: true, subtree: true });
  window.addEventListener("keydown", sort, true);
  markAll();
  return () => {
    newcomers.disconnect();
    window.removeEventListener("keydown", sort, true);
  };
}
