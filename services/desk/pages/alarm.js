// The board's live stream and its alarm. Without this script the board still asks for itself every ten seconds.
"use strict";
(() => {
  const AGAIN_MS = 20000; // an S1 that nobody takes over is heard again so often
  const button = document.getElementById("sound");
  const away = document.getElementById("away");
  const title = document.title;
  let audio = null;
  let heard = 0;
  let heardAt = 0;

  const waiting = () => Number(document.getElementById("board")?.dataset.waiting ?? 0);

  function beep(at) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = 880;
    volume.gain.setValueAtTime(0.0001, at);
    volume.gain.exponentialRampToValueAtTime(0.4, at + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.35);
    tone.connect(volume).connect(audio.destination);
    tone.start(at);
    tone.stop(at + 0.4);
  }

  function look() {
    const count = waiting();
    document.title = count ? `(${count}) ${title}` : title;
    const now = Date.now();
    if (audio && count && (count > heard || now - heardAt >= AGAIN_MS)) {
      for (const after of [0, 0.5, 1]) beep(audio.currentTime + after);
      heardAt = now;
      button.dataset.heard = String(Number(button.dataset.heard ?? 0) + 1);
    }
    heard = count;
  }

  function show() {
    button.textContent = audio ? button.dataset.on : button.dataset.off;
    button.setAttribute("aria-pressed", audio ? "true" : "false");
  }

  // Browsers let a page sound only after a person has pressed something on it.
  button.addEventListener("click", async () => {
    if (audio) {
      await audio.close();
      audio = null;
    } else {
      audio = new AudioContext();
      await audio.resume();
      heard = 0;
    }
    show();
    look();
  });

  document.body.addEventListener("htmx:afterSettle", () => { away.hidden = true; look(); });
  for (const failed of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
    document.body.addEventListener(failed, () => { away.hidden = false; });
  }
  setInterval(look, 1000);

  const stream = new EventSource("/board/live");
  stream.addEventListener("changed", () => document.body.dispatchEvent(new Event("changed")));
  stream.addEventListener("ended", () => { stream.close(); location.reload(); });
  show();
  look();
})();
