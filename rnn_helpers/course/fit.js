// How large all is on a slide: as for a projector, in a window of any size. What does not fit is made
// a little smaller, as long as it can be read from the back row; the rest is scrolled.
const STAGE = { width: 1280, height: 720 };
const PROJECTOR = 16 / 11; // points of text in a picture, for a projector and on a page
const SMALLER = [1, 0.9, 0.8];
const READABLE = 0.8; // of the size for a projector
const LEAST = 0.5; // of the window, for a picture
const EDGE = 12; // px above and below what is on a slide
const IMAGES = ".jp-OutputArea-output img";
const COLUMN = 0.62; // of the width, for a picture beside its controls

function projectorZoom() {
  const { innerWidth, innerHeight } = window;
  return PROJECTOR * Math.min(innerWidth / STAGE.width, innerHeight / STAGE.height);
}

function imagesOf(cells) {
  return cells.flatMap((cell) => [...cell.querySelectorAll(IMAGES)]);
}

function pictureSizes(cells) {
  return imagesOf(cells).map((image) => `${image.naturalWidth}x${image.naturalHeight}`);
}

function heightOf(element) {
  return element.getBoundingClientRect().height;
}

function fitSlide(notebook, scroller, cells) {
  for (const factor of SMALLER) {
    fitAt(factor * projectorZoom(), notebook, scroller, cells);
    if (scroller.scrollHeight <= scroller.clientHeight + 1) return;
  }
  fitAt(projectorZoom(), notebook, scroller, cells);
}

function fitAt(zoom, notebook, scroller, cells) {
  notebook.style.setProperty("--rnn-zoom", zoom);
  const room = scroller.clientHeight - 2 * EDGE;
  for (const cell of cells) {
    for (const image of cell.querySelectorAll(IMAGES)) fitPicture(image, cell, cells, room, zoom);
  }
}

// A picture is as high as the rest of its slide leaves of the window, if that is enough to read
// it, and else as high as the rest of its cell leaves. A high one stands beside its controls.
function fitPicture(image, cell, cells, room, zoom) {
  const panel = image.closest(".rnn-panel");
  panel?.classList.remove("rnn-beside");
  const full = fullHeight(image, image.parentElement);
  allow(image, full, zoom);
  const now = heightOf(image);
  const besideSlide = room - (cells.reduce((sum, other) => sum + heightOf(other), 0) - now);
  if (besideSlide >= READABLE * full) return allow(image, besideSlide, zoom);
  const below = room - (heightOf(cell) - now);
  const beside = panel ? besideControls(image, panel, room - heightOf(cell) + heightOf(panel)) : 0;
  panel?.classList.toggle("rnn-beside", beside > 1.1 * below);
  return allow(image, Math.max(below, beside, LEAST * room), zoom);
}

function besideControls(image, panel, room) {
  const { naturalWidth, naturalHeight } = image;
  const width = COLUMN * panel.getBoundingClientRect().width;
  return Math.min(room, (width * naturalHeight) / (naturalWidth || 1));
}

// Its height in the size for a projector, in px of the window.
function fullHeight({ naturalWidth, naturalHeight }, { clientWidth }) {
  const width = Math.min(naturalWidth, clientWidth) * projectorZoom();
  return (naturalHeight * width) / (naturalWidth || 1);
}

// Written on what holds the picture, for a panel puts a new one in its place at every move.
function allow(image, height, zoom) {
  image.parentElement.style.setProperty("--rnn-highest", `${height / zoom}px`);
}

function unfit(notebook) {
  notebook.style.removeProperty("--rnn-zoom");
  for (const image of imagesOf([notebook])) {
    image.parentElement.style.removeProperty("--rnn-highest");
    image.closest(".rnn-panel")?.classList.remove("rnn-beside");
  }
}
