"use strict";
// Small helps only: every page works without this file.

// An address with the filters that are set, not with every empty field.
document.addEventListener("submit", (event) => {
  if (event.target.method === "post") return;
  for (const field of event.target.querySelectorAll("input:not([type]), select")) {
    if (field.value === "") field.disabled = true;
  }
});
addEventListener("pageshow", () => {
  for (const field of document.querySelectorAll("form :disabled")) field.disabled = false;
});

// Ticking a facet or choosing an order asks at once.
document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (form && form.id === "filters" && (event.target.type === "checkbox" || event.target.tagName === "SELECT")) {
    form.requestSubmit();
  }
});

// A measure and its row are lit together.
for (const name of ["mouseover", "mouseout", "focusin", "focusout"]) {
  document.addEventListener(name, (event) => {
    const of = event.target.closest && event.target.closest("[data-m]");
    if (!of) return;
    const on = name === "mouseover" || name === "focusin";
    for (const one of document.querySelectorAll("[data-m]")) {
      if (one.dataset.m === of.dataset.m) one.classList.toggle("on", on);
    }
  });
}

// The row of the measure an address leads to is brought into sight beside the text.
function show() {
  const mark = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const side = document.querySelector(".side");
  if (!mark || !side || !mark.dataset.m || side.contains(mark)) return;
  for (const row of side.querySelectorAll("[data-m]")) {
    const its = row.dataset.m === mark.dataset.m;
    row.classList.toggle("on", its);
    if (its) side.scrollTop = row.offsetTop - side.offsetTop - side.clientHeight / 3;
  }
}
addEventListener("hashchange", show);
show();

// On a phone the filters are folded away at first.
const filters = document.querySelector("details.filters");
if (filters && matchMedia("(max-width: 860px)").matches) filters.open = false;
const outline = document.querySelector(".outline details");
if (outline && matchMedia("(max-width: 1100px)").matches) outline.open = false;

// Review by keyboard: letters outside of fields, Ctrl+Enter anywhere in the form.
const review = document.getElementById("review");
if (review) {
  const answer = (verdict) => {
    const button = review.querySelector(`button[value="${verdict}"]`);
    review.requestSubmit(button);
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      answer("confirmed");
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
    const key = event.key.toLowerCase();
    const next = document.getElementById("next");
    if (key === "y") answer("confirmed");
    else if (key === "n") answer("rejected");
    else if (key === "j" && next) next.click();
    else if (key === "e") review.querySelector(".fields select, .fields input").focus();
    else return;
    event.preventDefault();
  });
}
