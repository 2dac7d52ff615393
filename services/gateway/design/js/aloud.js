// Reads a paragraph aloud in the elder view, where the browser can; and fills in the code that a receipt's square code brings.
(function () {
  "use strict";
  var speaking = null;
  function quiet() {
    window.speechSynthesis.cancel();
    if (speaking) speaking.setAttribute("aria-pressed", "false");
    speaking = null;
  }
  function speak(button, text) {
    var same = speaking === button;
    quiet();
    if (same) return;
    var words = new SpeechSynthesisUtterance(text);
    words.lang = document.documentElement.lang;
    words.rate = 0.85;
    words.onend = words.onerror = function () { if (speaking === button) quiet(); };
    speaking = button;
    button.setAttribute("aria-pressed", "true");
    window.speechSynthesis.speak(words);
  }
  function offer(paragraph, word) {
    // innerText, so that what is hidden from the eye is not read either.
    var text = paragraph.innerText.trim();
    // Whole sentences, not the number under a heading or a link that stands alone.
    if (text.length < 12 || !/[\u3002.!?]/.test(text) || paragraph.closest(".drawing, [data-silent], .buttons") || paragraph.querySelector(".aloud")) return;
    var button = document.createElement("button");
    button.type = "button";
    button.className = "aloud no-print";
    button.textContent = word;
    button.setAttribute("aria-pressed", "false");
    button.setAttribute("aria-label", word + " " + text.slice(0, 12));
    button.addEventListener("click", function () { speak(button, text); });
    paragraph.appendChild(button);
  }
  function offerAll() {
    var word = document.body.dataset.aloud;
    if (!word || !window.speechSynthesis || !window.SpeechSynthesisUtterance) return;
    document.querySelectorAll("main p").forEach(function (paragraph) { offer(paragraph, word); });
  }
  document.addEventListener("DOMContentLoaded", function () {
    offerAll();
    document.addEventListener("htmx:afterSettle", offerAll);
    var field = document.getElementById("access_code"), brought = /^#code=([A-Za-z]{8})$/.exec(window.location.hash);
    if (field && brought) {
      field.value = brought[1];
      // The code stays in no address bar and in no history.
      window.history.replaceState(null, "", window.location.pathname);
    }
  });
  window.addEventListener("pagehide", function () { if (window.speechSynthesis) quiet(); });
})();
