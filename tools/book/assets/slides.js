// Starts the slides. A slide taller than the screen scrolls by the keys that go on: only at its end
// does the next one come, and back in the same way. A presenter's remote sends the same keys.
const FORWARD = [13, 32, 34, 39, 40, 78, 76, 74]; // Enter, Space, Page Down, → ↓, N L J
const BACK = [33, 37, 38, 80, 72, 75]; // Page Up, ← ↑, P H K
const STEP = 0.8; // of the height of the slide

function scrolled(direction) {
  const slide = Reveal.getCurrentSlide()?.querySelector(".book-slide");
  if (!slide) return false;
  const before = slide.scrollTop;
  slide.scrollTop += direction * STEP * slide.clientHeight;
  return Math.abs(slide.scrollTop - before) > 1;
}

const goOn = () => scrolled(1) || Reveal.next();
const goBack = () => scrolled(-1) || Reveal.prev();
const keyboard = Object.fromEntries([
  ...FORWARD.map((key) => [key, goOn]),
  ...BACK.map((key) => [key, goBack]),
]);

// Enter and Space belong to what has the focus: they open a box, and press a button.
const PRESSED = "button, summary, a, audio";
const isPress = (event) => ["Enter", " "].includes(event.key) && event.target.closest?.(PRESSED);

Reveal.initialize({
  width: 1280,
  height: 720,
  margin: 0.02,
  minScale: 0.1,
  maxScale: 4,
  center: false,
  hash: true,
  slideNumber: "c/t",
  transition: "none",
  keyboard,
  keyboardCondition: (event) => !isPress(event),
  plugins: [RevealNotes],
});
