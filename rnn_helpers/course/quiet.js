// Says a text to a screen reader, but only when no other one has followed for a while: of a slider
// that is dragged and of a picture that plays, the last sentence is heard and none before it.
const REST = 700; // ms
const HEARD = 2000; // ms after which the words are gone, so that nobody comes upon them again

function announcer(place) {
  const voice = document.createElement("p");
  let waiting = 0;

  voice.className = "rnn-voice";
  voice.setAttribute("aria-live", "polite");
  place.append(voice);

  function say(text) {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      voice.textContent = text;
      waiting = setTimeout(() => (voice.textContent = ""), HEARD);
    }, REST);
  }

  return { say, stop: () => clearTimeout(waiting) };
}
