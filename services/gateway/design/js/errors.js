// Moves the focus to what has to be read first: the list of faults, or the heading of a part that was read again.
(function () {
  "use strict";
  function focusFaults(root) {
    var summary = root.querySelector("[data-focus]");
    if (summary) summary.focus();
  }
  document.addEventListener("DOMContentLoaded", function () { focusFaults(document); });
  document.addEventListener("htmx:afterSettle", function (event) {
    focusFaults(event.target);
    var said = event.target.getAttribute("data-said");
    if (said) document.getElementById("live").textContent = said;
  });
  document.addEventListener("htmx:beforeRequest", function (event) {
    var part = event.detail.target;
    if (part.matches("[data-leave-when-focused]") && part.contains(document.activeElement)) {
      event.preventDefault();
      return;
    }
    part.dataset.slow = window.setTimeout(function () { part.setAttribute("aria-busy", "true"); }, 300);
  });
  document.addEventListener("htmx:afterRequest", function (event) {
    var part = event.detail.target;
    window.clearTimeout(Number(part.dataset.slow));
    part.removeAttribute("aria-busy");
  });
  // Two clicks send a form once; the key in the form makes a second sending harmless anyway.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.dataset.sent && Date.now() - Number(form.dataset.sent) < 3000) event.preventDefault();
    else form.dataset.sent = String(Date.now());
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) { delete form.dataset.sent; });
  });
  document.addEventListener("click", function (event) {
    var print = event.target.closest("[data-print]");
    if (print) window.print();
  });
  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("[data-print]").forEach(function (button) { button.hidden = false; });
  });
})();
