// The page's colours, through the custom properties that reach into the shadow root.

import { HighlightStyle } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

export const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.definitionKeyword, tags.modifier], color: "var(--code-keyword)" },
  { tag: [tags.function(tags.variableName), tags.standard(tags.name)], color: "var(--code-keyword)" },
  { tag: [tags.variableName, tags.special(tags.variableName)], color: "var(--code-variable)" },
  { tag: [tags.string, tags.number, tags.bool, tags.literal], color: "var(--code-string)" },
  { tag: [tags.comment, tags.lineComment], color: "var(--code-comment)", fontStyle: "italic" },
  { tag: [tags.url, tags.link, tags.namespace, tags.name], color: "var(--code-name)" },
]);

export const theme = EditorView.theme({
  "&": { height: "100%", color: "var(--ink)", backgroundColor: "transparent", fontSize: "0.875rem" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.5", overflow: "auto" },
  ".cm-content": { padding: "0.6rem 0", caretColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "transparent", border: "none", color: "var(--code-comment)" },
  ".cm-lineNumbers .cm-gutterElement": { padding: "0 0.75rem 0 0.75rem" },
  ".cm-activeLine": { backgroundColor: "transparent" },
  "&.cm-focused .cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--ink) 4%, transparent)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "color-mix(in srgb, var(--accent) 25%, transparent)",
  },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--mark)" },
  "&.cm-focused .cm-nonmatchingBracket": { backgroundColor: "transparent", color: "var(--alarm)" },
  ".cm-placeholder": { color: "var(--code-comment)" },
  ".cm-wrong-line": { backgroundColor: "color-mix(in srgb, var(--alarm) 12%, transparent) !important" },
  ".cm-wrong": { textDecoration: "underline wavy var(--alarm)", textUnderlineOffset: "0.25em" },
  ".cm-tooltip": { backgroundColor: "var(--ground)", border: "1px solid var(--line)", color: "var(--ink)" },
  ".cm-wrong-message": { padding: "0.3rem 0.6rem", maxWidth: "30rem" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", maxHeight: "16rem" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "0.15rem 0.6rem" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--ground)" },
  ".cm-completionDetail": { color: "inherit", fontStyle: "normal", opacity: "0.7" },
  ".cm-tooltip.cm-completionInfo": { maxWidth: "22rem", padding: "0.4rem 0.6rem", fontFamily: "system-ui, sans-serif" },
});
