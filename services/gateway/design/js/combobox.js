// Items by a few letters: what is typed is asked of the server, arrows move, Enter takes what is marked.
// Without script the same field is sent and the server shows what the letters may mean.
(function () {
  "use strict";
  function begin(box) {
    var field = box.querySelector("input[type=text]"), picked = box.querySelector("[data-combobox-picked]");
    var list = box.querySelector("[role=listbox]"), at = 0, asked = 0;
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", list.id);
    field.setAttribute("aria-expanded", "false");
    function options() { return Array.prototype.slice.call(list.querySelectorAll("[role=option]")); }
    function mark(place) {
      var all = options();
      at = Math.max(0, Math.min(place, all.length - 1));
      all.forEach(function (one, number) { one.setAttribute("aria-selected", String(number === at)); });
      picked.value = all[at] ? all[at].dataset.code : "";
      if (all[at]) { field.setAttribute("aria-activedescendant", all[at].id); all[at].scrollIntoView({ block: "nearest" }); }
      else field.removeAttribute("aria-activedescendant");
    }
    function show(open) { list.hidden = !open; field.setAttribute("aria-expanded", String(open)); }
    function ask() {
      var text = field.value.trim(), number = ++asked;
      picked.value = "";
      if (!text) { list.textContent = ""; show(false); return; }
      fetch("/desk/items?item=" + encodeURIComponent(text), { headers: { accept: "text/html" } }).then(function (answer) {
        return answer.ok ? answer.text() : "";
      }).then(function (found) {
        // Only the newest question counts.
        if (number !== asked) return;
        list.innerHTML = found;
        show(options().length > 0);
        mark(0);
        document.getElementById("live").textContent = box.dataset.places.replace("{count}", String(options().length));
      }).catch(function () { show(false); });
    }
    field.addEventListener("input", function (event) { if (!event.isComposing) ask(); });
    field.addEventListener("compositionend", ask);
    field.addEventListener("keydown", function (event) {
      if (event.isComposing || event.keyCode === 229 || list.hidden) return;
      if (event.key === "ArrowDown") { mark(at + 1); event.preventDefault(); event.stopPropagation(); }
      if (event.key === "ArrowUp") { mark(at - 1); event.preventDefault(); event.stopPropagation(); }
      if (event.key === "Escape") { show(false); event.preventDefault(); event.stopPropagation(); }
    });
    list.addEventListener("mousedown", function (event) {
      var option = event.target.closest("[role=option]");
      if (!option) return;
      event.preventDefault();
      mark(options().indexOf(option));
      field.form.requestSubmit();
    });
    if (field.value) ask();
  }
  document.addEventListener("DOMContentLoaded", function () { document.querySelectorAll("[data-combobox]").forEach(begin); });
})();
