// A signature by hand: what is drawn in the frame travels as a small picture; whoever cannot draw types the name.
(function () {
  "use strict";
  // As many letters of base64 as a signature may have.
  var MOST = 43000;
  function picture(canvas) {
    return canvas.toDataURL("image/png").split(",")[1];
  }
  function smaller(canvas) {
    var half = document.createElement("canvas");
    half.width = canvas.width / 2;
    half.height = canvas.height / 2;
    half.getContext("2d").drawImage(canvas, 0, 0, half.width, half.height);
    return half;
  }
  function begin(box) {
    var canvas = box.querySelector("canvas"), value = box.querySelector("[data-sign-value]");
    var pen = canvas.getContext("2d"), last = null;
    box.hidden = false;
    pen.lineWidth = 7;
    pen.lineCap = pen.lineJoin = "round";
    pen.strokeStyle = "#1a1d21";
    if (value.value) {
      var before = new Image();
      before.onload = function () { pen.drawImage(before, 0, 0, canvas.width, canvas.height); };
      before.src = "data:image/png;base64," + value.value;
    }
    function place(event) {
      var frame = canvas.getBoundingClientRect();
      return [(event.clientX - frame.left) * canvas.width / frame.width, (event.clientY - frame.top) * canvas.height / frame.height];
    }
    function line(to) {
      pen.beginPath();
      pen.moveTo(last[0], last[1]);
      pen.lineTo(to[0] + 0.01, to[1]);
      pen.stroke();
      last = to;
    }
    canvas.addEventListener("pointerdown", function (event) {
      if (event.button) return;
      canvas.setPointerCapture(event.pointerId);
      last = place(event);
      line(last);
      event.preventDefault();
    });
    canvas.addEventListener("pointermove", function (event) { if (last) line(place(event)); });
    function lift() {
      if (!last) return;
      last = null;
      var drawn = picture(canvas);
      value.value = drawn.length > MOST ? picture(smaller(canvas)) : drawn;
    }
    canvas.addEventListener("pointerup", lift);
    canvas.addEventListener("pointercancel", lift);
    box.querySelector("[data-sign-again]").addEventListener("click", function () {
      pen.clearRect(0, 0, canvas.width, canvas.height);
      value.value = "";
    });
  }
  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("[data-sign]").forEach(begin);
  });
})();
