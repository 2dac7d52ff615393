// Keys of the desk. Bare letters belong to the input method; nothing happens while it composes.
// A page names what a key does by its usual key (data-key="F8"); data-keymap says which key a person has instead.
(function () {
  "use strict";
  var OFF = "tongban.keys.off", keymap = {};
  function off() { try { return window.localStorage.getItem(OFF) === "1"; } catch (error) { return false; } }
  function composing(event) { return event.isComposing || event.keyCode === 229; }
  function typing(target) {
    return /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && !/^(radio|checkbox)$/.test(target.type || "");
  }
  function seen(one) { return !one.disabled && !one.hidden && one.offsetParent !== null; }
  function each(list, act) { Array.prototype.forEach.call(list, act); }
  // The key as it is written on the buttons: Ctrl+Enter, Alt+H, F8, Esc, ?.
  function named(event) {
    var key = event.key === "Escape" ? "Esc" : event.key === "？" ? "?" : event.key;
    var letter = /^Key([A-Z])$/.exec(event.code || ""), digit = /^Digit([0-9])$/.exec(event.code || "");
    // With Alt a keyboard may write another sign; the place of the key is what is meant.
    if ((event.altKey || event.ctrlKey) && (letter || digit)) key = (letter || digit)[1];
    return (event.ctrlKey ? "Ctrl+" : "") + (event.altKey ? "Alt+" : "") + (key.length === 1 ? key.toUpperCase() : key);
  }
  // The usual key of what this person means; nothing when the key is switched off or has been given away.
  function meant(key) {
    var own = Object.keys(keymap).filter(function (usual) { return keymap[usual] === key; })[0];
    if (own) return own;
    return Object.prototype.hasOwnProperty.call(keymap, key) ? "" : key;
  }
  function shown(usual) { return Object.prototype.hasOwnProperty.call(keymap, usual) ? keymap[usual] : usual; }
  function press(key) {
    var control = Array.prototype.find.call(document.querySelectorAll('[data-key="' + key + '"]'), seen);
    if (!control) return false;
    if (typing(control)) { control.focus(); if (control.select) control.select(); } else control.click();
    return true;
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
    if (!choices.length) return false;
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
  function digits(event) {
    var digit = /^(?:Numpad|Digit)([0-9])$/.exec(event.code || "");
    if (!digit || event.ctrlKey || event.altKey || event.metaKey || typing(event.target) || shown("0-9") === "") return false;
    return toggleRow(digit[1] === "0" ? "10" : digit[1]);
  }
  function handle(event) {
    if (digits(event)) return true;
    if (event.key === "ArrowDown") return move(1);
    if (event.key === "ArrowUp") return move(-1);
    var usual = meant(named(event));
    if (!usual || event.metaKey) return false;
    // What writes a sign does so in a field.
    if (usual.length === 1 && !/^(Ctrl|Alt)\+|^F/.test(named(event)) && typing(event.target)) return false;
    if (press(usual)) return true;
    if (usual === "Esc") return back();
    if (usual === "Ctrl+K") return openCommands();
    if (usual === "?") { showKeys(); return true; }
    return /^Alt\+[1-3]$/.test(usual) && toPane(usual.slice(4));
  }
  function showKeys() {
    var dialog = document.querySelector("[data-keys]");
    if (dialog && !dialog.open) dialog.showModal();
  }
  function name(toggle) { toggle.textContent = off() ? toggle.dataset.on : toggle.dataset.off; }
  // Buttons and the list of keys say the keys that this person has.
  function print(root) {
    each(root.querySelectorAll("[data-key], [data-escape], [data-keys] kbd, [data-usual]"), function (one) {
      var usual = one.dataset.key || (one.hasAttribute("data-escape") ? "Esc" : one.dataset.usual || "");
      if (!Object.prototype.hasOwnProperty.call(keymap, usual)) return;
      if (shown(usual)) one.setAttribute("aria-keyshortcuts", shown(usual).replace("Ctrl+", "Control+"));
      else one.removeAttribute("aria-keyshortcuts");
      var label = typing(one) && one.id ? document.querySelector('label[for="' + one.id + '"]') : one;
      each(label ? label.querySelectorAll("kbd") : [], function (kbd) {
        kbd.textContent = shown(usual);
        kbd.hidden = !shown(usual);
      });
      if (one.matches("kbd")) { one.textContent = shown(usual); one.hidden = !shown(usual); }
    });
  }

  // The command box: what this page can do, where else to go, and a case by the last four of its number.
  var commands = null, initials = null;
  function words(one) {
    var copy = one.cloneNode(true);
    each(copy.querySelectorAll("kbd, .visually-hidden, svg"), function (part) { part.remove(); });
    return copy.textContent.replace(/\s+/g, " ").trim();
  }
  function gather() {
    var found = [];
    function add(control) {
      var text = words(control);
      if (text && seen(control) && !typing(control)) found.push({ text: text, key: shown(control.dataset.key || ""), run: function () { control.click(); } });
    }
    each(document.querySelectorAll("main [data-key], main button.button, main a.button, .pane__acts a, .pane__acts button"), function (control) {
      if (!found.some(function (one) { return one.control === control; })) add(control);
    });
    each(document.querySelectorAll(".desk__bar nav a, [data-command]"), add);
    return found.filter(function (one, place) {
      return found.findIndex(function (other) { return other.text === one.text; }) === place;
    });
  }
  function letters(text) {
    return initials ? text.split("").map(function (letter) { return initials[letter] || letter.toLowerCase(); }).join("") : "";
  }
  function fits(command, typed) {
    var small = typed.toLowerCase().replace(/\s+/g, "");
    return command.text.toLowerCase().replace(/\s+/g, "").indexOf(small) >= 0 || letters(command.text).indexOf(small) >= 0;
  }
  function openCommands() {
    var box = document.querySelector("[data-commands]");
    if (!box || box.open || document.querySelector("dialog[open]")) return false;
    var field = box.querySelector("input"), list = box.querySelector("[role=listbox]");
    commands = gather();
    if (!initials) {
      fetch(box.dataset.initials, { headers: { accept: "application/json" } }).then(function (answer) { return answer.json(); })
        .then(function (found) { initials = found; fill(field, list); }).catch(function () { /* by their words alone */ });
    }
    field.value = "";
    fill(field, list);
    box.showModal();
    field.focus();
    return true;
  }
  function fill(field, list) {
    var typed = field.value.trim(), box = list.closest("[data-commands]");
    var open = commands.filter(function (one) { return fits(one, typed); });
    if (/^[0-9]{3}[0-9Xx]$/.test(typed) && box.dataset.find) {
      open.unshift({ text: box.dataset.findWords.replace("{last}", typed), key: "", run: function () { window.location.href = box.dataset.find + encodeURIComponent(typed); } });
    }
    list.textContent = "";
    open.slice(0, 12).forEach(function (one, number) {
      var option = document.createElement("li");
      option.setAttribute("role", "option");
      option.id = "command-" + number;
      option.textContent = one.text;
      if (one.key) { var key = document.createElement("kbd"); key.textContent = one.key; option.append(" ", key); }
      option.addEventListener("mousedown", function (event) { event.preventDefault(); choose(box, one); });
      option.command = one;
      list.append(option);
    });
    markCommand(field, list, 0);
  }
  function markCommand(field, list, place) {
    var options = Array.prototype.slice.call(list.children), at = Math.max(0, Math.min(place, options.length - 1));
    options.forEach(function (one, number) { one.setAttribute("aria-selected", String(number === at)); });
    if (options[at]) { field.setAttribute("aria-activedescendant", options[at].id); options[at].scrollIntoView({ block: "nearest" }); }
    else field.removeAttribute("aria-activedescendant");
  }
  function choose(box, command) { box.close(); command.run(); }
  function commandKeys(event, box) {
    var field = box.querySelector("input"), list = box.querySelector("[role=listbox]");
    var options = Array.prototype.slice.call(list.children);
    var at = options.findIndex(function (one) { return one.getAttribute("aria-selected") === "true"; });
    if (event.key === "ArrowDown") markCommand(field, list, at + 1);
    else if (event.key === "ArrowUp") markCommand(field, list, at - 1);
    else if (event.key === "Enter") { if (options[at]) choose(box, options[at].command); }
    else return;
    event.preventDefault();
  }

  document.addEventListener("keydown", function (event) {
    if (composing(event) || event.defaultPrevented) return;
    var open = document.querySelector("dialog[open]");
    if (open) { if (open.matches("[data-commands]")) commandKeys(event, open); return; }
    if (off() && event.key !== "?") return;
    if (handle(event)) event.preventDefault();
  });
  document.addEventListener("input", function (event) {
    var box = event.target.closest("[data-commands]");
    if (box && !event.isComposing) fill(event.target, box.querySelector("[role=listbox]"));
  });
  document.addEventListener("compositionend", function (event) {
    var box = event.target.closest("[data-commands]");
    if (box) fill(event.target, box.querySelector("[role=listbox]"));
  });
  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-keys-open]")) showKeys();
    if (event.target.closest("[data-commands-open]")) openCommands();
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
  // What a checklist has sent while it was ticked is kept; nothing is lost by leaving.
  document.addEventListener("htmx:afterRequest", function (event) {
    if (event.detail.successful && event.detail.elt.matches(".checklist")) edited = false;
  });
  // What the applicant signed on the other screen has arrived: the page that waited for it is read again, unless somebody types.
  document.addEventListener("htmx:afterSettle", function (event) {
    print(document);
    if (event.target.querySelector && document.querySelector("[data-arrived]") && !edited && !typing(document.activeElement)) window.location.reload();
  });
  document.addEventListener("DOMContentLoaded", function () {
    var holder = document.querySelector("[data-keymap]");
    try { keymap = holder ? JSON.parse(holder.dataset.keymap) : {}; } catch (error) { keymap = {}; }
    print(document);
    each(document.querySelectorAll("[data-keys-open], [data-commands-open]"), function (button) { button.hidden = false; });
    each(document.querySelectorAll("[data-keys-toggle]"), name);
    var current = document.querySelector(".queue a[aria-current]");
    if (current) current.scrollIntoView({ block: "nearest" });
  });
})();
