// What changes elsewhere appears by itself: the parts that say data-live-part are read again when their line tells.
(function () {
  "use strict";
  var body, line, cut = false;
  function say(isCut) {
    cut = isCut;
    document.querySelectorAll("[data-live-cut]").forEach(function (note) { note.hidden = !isCut; });
    document.querySelectorAll("[data-live-ok]").forEach(function (note) { note.hidden = isCut; });
  }
  // How many parts have news that they do not show yet, because somebody is in them.
  function count() {
    var waiting = document.querySelectorAll("[data-live-waits]").length;
    document.querySelectorAll("[data-live-news]").forEach(function (news) {
      news.hidden = !waiting;
      news.querySelector("b").textContent = waiting;
    });
  }
  // A part that somebody is in is left alone: it says that there is news, and is read again when it is left or asked for.
  function busy(part) {
    var active = document.activeElement;
    return part.contains(active) && active !== part;
  }
  function read(part) {
    part.removeAttribute("data-live-waits");
    window.htmx.trigger(part, "live");
  }
  function told() {
    document.querySelectorAll("[data-live-part]").forEach(function (part) {
      if (busy(part)) part.setAttribute("data-live-waits", "");
      else read(part);
    });
    count();
  }
  // A part without a line is read again from time to time, while somebody looks at it.
  function every(part) {
    if (!part || !window.htmx) return;
    window.setInterval(function () { if (!document.hidden) told(); }, part.dataset.liveSeconds * 1000);
    ["htmx:sendError", "htmx:responseError"].forEach(function (name) { document.addEventListener(name, function () { say(true); }); });
    document.addEventListener("htmx:afterSwap", function () { say(false); });
  }
  function connect() {
    line = new EventSource(body.dataset.live);
    line.addEventListener("open", function () { if (cut) told(); say(false); });
    line.addEventListener("changed", told);
    // The browser tries again by itself, except after an answer that is no line: then the page does.
    line.addEventListener("error", function () {
      say(true);
      if (line.readyState === EventSource.CLOSED) window.setTimeout(function () {
        if (line.readyState === EventSource.CLOSED && !document.hidden) connect();
      }, 5000);
    });
  }
  document.addEventListener("focusout", function () {
    window.setTimeout(function () {
      document.querySelectorAll("[data-live-waits]").forEach(function (part) { if (!busy(part)) read(part); });
      count();
    }, 0);
  });
  document.addEventListener("click", function (event) {
    if (!event.target.closest("[data-live-news]")) return;
    document.querySelectorAll("[data-live-waits]").forEach(read);
    count();
  });
  document.addEventListener("DOMContentLoaded", function () {
    body = document.querySelector("[data-live]");
    if (body && window.EventSource && window.htmx) connect();
    every(document.querySelector("[data-live-seconds]"));
  });
  // A browser has six connections to a host: windows that nobody looks at keep none, and catch up when they are seen again.
  document.addEventListener("visibilitychange", function () {
    if (!line) return;
    if (document.hidden) line.close();
    else { connect(); told(); }
  });
  window.addEventListener("pagehide", function () { if (line) line.close(); });
  window.addEventListener("pageshow", function (event) { if (event.persisted && body) { connect(); told(); } });
})();
