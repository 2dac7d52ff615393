// Keys of the desk. Bare letters belong to the input method; nothing happens while it composes.
(function () {
  "use strict";
  var OFF = "tongban.keys.off";
  function off() { try { return window.localStorage.getItem(OFF) === "1"; } catch (error) { return false; } }
  function typing(target) {
    return /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && !/^(radio|checkbox)$/.test(target.type || "");
  }
  function press(key) {
    var control = Array.prototype.find.call(document.querySelectorAll('[data-key="' + key + '"]'), function (one) {
      return !one.disabled && one.offsetParent !== null;
    });
    if (control) control.click();
    return Boolean(control);
  }
  function toPane(number) {
    var pane = document.querySelector('[data-pane="' + number + '"]');
    if (!pane) return false;
    (pane.querySelector("[aria-current], a, button, input, select, textarea") || pane).focus();
    return true;
  }
  function toggleRow(number) {
    var row = document.querySelector('[data-row="' + number + '"]');
    if (!row) return false;
    var choices = Array.prototype.slice.call(row.querySelectorAll('input[type="radio"]'));
    var now = choices.findIndex(function (choice) { return choice.checked; });
    var next = choices[(now + 1) % choices.length];
    next.click();
    next.focus();
    return true;
  }
  function move(step) {
    var links = Array.prototype.slice.call(document.querySelectorAll(".queue a"));
    var now = links.indexOf(document.activeElement);
    if (now < 0) return false;
    var next = links[now + step];
    if (next) next.focus();
    return true;
  }
  function back() {
    var link = document.querySelector("[data-escape]");
    if (link) link.click();
    return Boolean(link);
  }
  function name(toggle) { toggle.textContent = off() ? toggle.dataset.on : toggle.dataset.off; }
  function handle(event) {
    if (event.key === "F8" || event.key === "F9") return press(event.key);
    if (event.ctrlKey && event.key === "Enter") return press("Ctrl+Enter");
    if (event.altKey && /^[1-3]$/.test(event.key)) return toPane(event.key);
    if (event.ctrlKey || event.altKey || event.metaKey) return false;
    if (event.key === "Escape") return back();
    if (/^Numpad[0-9]$/.test(event.code) && !typing(event.target)) return toggleRow(event.code === "Numpad0" ? "10" : event.code.slice(6));
    if (event.key === "ArrowDown") return move(1);
    if (event.key === "ArrowUp") return move(-1);
    if ((event.key === "?" || event.key === "？") && !typing(event.target)) { showKeys(); return true; }
    return false;
  }
  function showKeys() {
    var dialog = document.querySelector("[data-keys]");
    if (dialog && !dialog.open) dialog.showModal();
  }
  document.addEventListener("keydown", function (event) {
    if (event.isComposing || event.keyCode === 229 || document.querySelector("dialog[open]")) return;
    if (off() && event.key !== "?") return;
    if (handle(event)) event.preventDefault();
  });
  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-keys-open]")) showKeys();
    var toggle = event.target.closest("[data-keys-toggle]");
    if (toggle) {
      try { window.localStorage.setItem(OFF, off() ? "0" : "1"); } catch (error) { /* keys stay as they are */ }
      name(toggle);
    }
  });
  // Leaving with unsent edits asks once.
  var edited = false;
  document.addEventListener("input", function (event) { if (event.target.closest("[data-guard]")) edited = true; });
  document.addEventListener("submit", function () { edited = false; });
  window.addEventListener("beforeunload", function (event) { if (edited) { edited = false; event.preventDefault(); } });
  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("[data-keys-open]").forEach(function (button) { button.hidden = false; });
    document.querySelectorAll("[data-keys-toggle]").forEach(function (button) { name(button); });
    var current = document.querySelector(".queue a[aria-current]");
    if (current) current.scrollIntoView({ block: "nearest" });
  });
})();
