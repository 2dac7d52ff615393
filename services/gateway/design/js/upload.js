// Says at once when a chosen file is too large, instead of after it has been sent.
(function () {
  "use strict";
  var LARGEST = 20 * 1024 * 1024;
  document.addEventListener("change", function (event) {
    var field = event.target;
    if (field.type !== "file" || !field.files.length) return;
    field.setCustomValidity(field.files[0].size > LARGEST ? document.body.dataset.tooLarge : "");
    field.reportValidity();
  });
})();
