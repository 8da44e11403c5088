// Turns the query page's form into an editor. Everything here is a comfort: the page does its work without it.

import { copyable } from "./copy.js";
import { createEditor } from "./editor.js";
import { filterExamples } from "./examples.js";

const area = document.getElementById("query");
const form = document.getElementById("ask");

// An address that can be bookmarked, where the server takes one so long.
const LONGEST_LINK = 8000;

const editor = createEditor(area, form);
area.before(editor.element);
area.hidden = true;
document.getElementById("keys").hidden = false;

form.addEventListener("submit", (event) => {
  area.value = editor.text();
  const runs = !event.submitter?.name;
  form.method = runs && encodeURIComponent(area.value).length < LONGEST_LINK ? "get" : "post";
});

document.querySelector("label[for=query]").addEventListener("click", () => editor.focus());

filterExamples(document.getElementById("examples"), (text) => {
  editor.replace(text);
  form.scrollIntoView({ block: "nearest" });
});

const curl = document.getElementById("curl");
if (curl) copyable(curl);
