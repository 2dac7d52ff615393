// Keys of the review: bare letters, only while no field has the focus and nothing is being composed.
(function () {
  "use strict";
  function off() { try { return window.localStorage.getItem("tongban.keys.off") === "1"; } catch (error) { return false; } }
  function inField(target) {
    return target.isContentEditable || (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && !/^(radio|checkbox)$/.test(target.type || ""));
  }
  // Enter belongs to whatever has the focus; only a page on which nothing has it takes the key for its first case.
  function takes(event) {
    return event.key !== "Enter" || event.target === document.body || event.target.id === "main";
  }
  function controlOf(letter) {
    return Array.prototype.find.call(document.querySelectorAll("[data-letter]"), function (one) {
      return one.dataset.letter === letter && !one.disabled && one.getClientRects().length > 0;
    });
  }
  document.addEventListener("keydown", function (event) {
    if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.defaultPrevented || off() || inField(event.target) || document.querySelector("dialog[open]") || !takes(event)) return;
    var control = controlOf(event.key.length === 1 ? event.key.toLowerCase() : event.key);
    if (!control) return;
    event.preventDefault();
    control.click();
    if (control.type === "radio") control.focus();
  });
})();
