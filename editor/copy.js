// The command for a shell: with this server's address in it, and a button that copies it.

export function fillServer(command) {
  const unknown = command.dataset.unknown;
  if (!unknown) return;
  command.textContent = command.textContent.replace(unknown, location.origin);
  document.querySelector("[data-until-known]")?.remove();
}

export function copyable(command) {
  if (!navigator.clipboard) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "plain copy";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(command.textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(command);
      button.textContent = "Selected: copy it with the keyboard";
    }
  });
  command.after(button);
}
