// The place of an error that the server found, marked until its line is changed.

import { StateField } from "@codemirror/state";
import { Decoration, EditorView, hoverTooltip } from "@codemirror/view";

const wrongLine = Decoration.line({ class: "cm-wrong-line" });
const wrong = Decoration.mark({ class: "cm-wrong" });

/** Return the extension for the place in `line` and `column`, counted from 1 in characters, with its `message`. */
export function markedError({ line, column, message }) {
  if (!line) return [];

  const field = StateField.define({
    create(state) {
      const at = state.doc.line(Math.min(Number(line), state.doc.lines));
      const offset = [...at.text].slice(0, column - 1).join("").length;
      const word = [...at.text.matchAll(/\S+/g)].find((m) => m.index <= offset && offset <= m.index + m[0].length);
      const marks = [wrongLine.range(at.from)];
      if (word) marks.push(wrong.range(at.from + word.index, at.from + word.index + word[0].length));
      return Decoration.set(marks);
    },
    update(marks, transaction) {
      if (!transaction.docChanged) return marks;
      const start = marks.iter().from;
      const old = transaction.startState.doc.lineAt(Math.min(start, transaction.startState.doc.length));
      return transaction.changes.touchesRange(old.from, old.to) ? Decoration.none : marks.map(transaction.changes);
    },
    provide: (field) => EditorView.decorations.from(field),
  });

  const tooltip = hoverTooltip((view, position) => {
    let found = null;
    view.state.field(field).between(position, position, (from, to) => {
      if (from < to) found = { from, to };
    });
    if (!found) return null;
    const create = () => {
      const dom = document.createElement("div");
      dom.className = "cm-wrong-message";
      dom.textContent = message;
      return { dom };
    };
    return { pos: found.from, end: found.to, create };
  });

  return [field, tooltip];
}
