// Files: says at once that one is too large, shows how far it has come, and leaves everything as it is when the line breaks.
(function () {
  "use strict";
  var LARGEST = 20 * 1024 * 1024;
  function tooLarge(field) {
    return Array.prototype.some.call(field.files, function (file) { return file.size > LARGEST; });
  }
  document.addEventListener("change", function (event) {
    var field = event.target;
    if (field.type !== "file" || !field.files.length) return;
    field.setCustomValidity(tooLarge(field) ? document.body.dataset.tooLarge : "");
    field.reportValidity();
  }, true);
  // The rest is for files that are sent as soon as they are chosen; without it they go with the page.
  function stateOf(event) {
    var field = event.target.closest && event.target.closest("[data-upload][hx-post]");
    return field && field.parentElement.querySelector("[data-upload-state]");
  }
  function say(state, words, failed) {
    state.hidden = false;
    state.classList.toggle("upload--failed", failed);
    state.querySelector("[role=status]").textContent = words;
  }
  document.addEventListener("htmx:confirm", function (event) {
    var field = event.target;
    if (stateOf(event) && (!field.files.length || tooLarge(field))) event.preventDefault();
  });
  document.addEventListener("htmx:xhr:loadstart", function (event) {
    var state = stateOf(event);
    if (state) say(state, state.dataset.going, false);
  });
  document.addEventListener("htmx:xhr:progress", function (event) {
    var state = stateOf(event), detail = event.detail;
    if (state && detail.lengthComputable) state.querySelector("progress").value = Math.round(100 * detail.loaded / detail.total);
  });
  document.addEventListener("htmx:beforeSwap", function (event) {
    if (!event.detail.requestConfig || !event.detail.requestConfig.elt.matches("[data-upload]")) return;
    var status = event.detail.xhr.status;
    // What is wrong with a file is said on the page, which is why it is shown.
    if (status === 422) { event.detail.shouldSwap = true; event.detail.isError = false; }
    // Signed out, or signed in anew: the page itself knows how to keep what was typed.
    else if (status === 401 || status === 403) event.detail.requestConfig.elt.form.submit();
    else if (status >= 400) failed(event);
  });
  function failed(event) {
    var state = stateOf(event);
    if (state) say(state, state.dataset.failed, true);
  }
  document.addEventListener("htmx:sendError", failed);
  document.addEventListener("htmx:timeout", failed);
})();
