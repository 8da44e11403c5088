// A CodeMirror editor in place of the textarea, in a shadow root: there its styles are constructed style sheets,
// which a Content-Security-Policy without 'unsafe-inline' and without a nonce allows.

import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab, isolateHistory } from "@codemirror/commands";
import { bracketMatching, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers, placeholder } from "@codemirror/view";
import { sparql } from "codemirror-lang-sparql";

import { complete, completeThing } from "./completion.js";
import { markedError } from "./error.js";
import { colours, theme } from "./theme.js";

export function createEditor(area, form) {
  const element = document.createElement("div");
  element.className = "editor";
  const root = element.attachShadow({ mode: "open" });
  const run = () => (form.requestSubmit(form.querySelector("button:not([name])")), true);

  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: area.value,
      extensions: [
        keymap.of([{ key: "Mod-Enter", run }]),
        lineNumbers(),
        history(),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        closeBrackets(),
        highlightActiveLine(),
        autocompletion({ override: [complete, completeThing], icons: false }),
        sparql(),
        syntaxHighlighting(colours),
        theme,
        placeholder(area.placeholder),
        markedError(area.dataset),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": "SPARQL query", spellcheck: "false" }),
        keymap.of([...closeBracketsKeymap, ...completionKeymap, ...defaultKeymap, ...historyKeymap, indentWithTab]),
        // The form's own value follows, so that leaving and coming back finds what was typed.
        EditorView.updateListener.of((update) => {
          if (update.docChanged) area.value = update.state.doc.toString();
        }),
      ],
    }),
  });

  return {
    element,
    text: () => view.state.doc.toString(),
    focus: () => view.focus(),
    replace(text) {
      view.dispatch({
        changes: { from: 0, to: view.state.doc.length, insert: text },
        selection: { anchor: 0 },
        // One change, which undo takes back without the typing before it.
        annotations: isolateHistory.of("full"),
      });
      view.focus();
    },
  };
}
