// A legal button opens its article where one is; without this the article has a page of its own.
(function () {
  "use strict";

  document.addEventListener("click", async function (event) {
    var button = event.target.closest("a[data-law]");
    if (!button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || !window.HTMLDialogElement) { return; }
    event.preventDefault();
    try {
      var answer = await fetch(button.href, { headers: { accept: "text/html" } });
      var page = new DOMParser().parseFromString(await answer.text(), "text/html");
      var article = page.getElementById("law-text");
      if (!answer.ok || !article) { throw new Error("no article"); }
      show(article);
    } catch {
      window.location.assign(button.href);
    }
  });

  function show(article) {
    var dialog = document.createElement("dialog");
    dialog.className = "law-dialog";
    var heading = article.querySelector("h1");
    heading.id = "law-heading";
    dialog.setAttribute("aria-labelledby", heading.id);
    var close = document.createElement("form");
    close.method = "dialog";
    var button = document.createElement("button");
    button.className = "button";
    button.textContent = article.dataset.close;
    close.append(button);
    // Its pictures are in the sprite of the page that it came from.
    article.querySelectorAll("svg").forEach(function (picture) { picture.remove(); });
    article.removeAttribute("id");
    dialog.append(article, close);
    dialog.addEventListener("close", function () { dialog.remove(); });
    document.body.append(dialog);
    dialog.showModal();
  }
})();
