// The list of examples: filtered while one types, and loaded without leaving the page.

export function filterExamples(panel, load) {
  const form = panel.querySelector("form.find");
  const input = form.querySelector("input[type=search]");
  const items = [...panel.querySelectorAll("li")];
  const none = panel.querySelector("#none");

  // What the server has left out cannot be found here: then it is asked again.
  if (!input.value) {
    form.querySelector("button").hidden = true;
    form.addEventListener("submit", (event) => event.preventDefault());
    input.addEventListener("input", () => {
      const words = input.value.toLowerCase().split(/\s+/);
      for (const item of items) {
        const question = item.textContent.toLowerCase();
        item.hidden = !words.every((word) => question.includes(word));
      }
      none.hidden = items.some((item) => !item.hidden);
    });
  }

  panel.addEventListener("click", (event) => {
    const link = event.target.closest("li a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    load(new URL(link.href).searchParams.get("query"));
  });
}
