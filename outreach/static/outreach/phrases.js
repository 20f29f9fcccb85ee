// Ready sentences become buttons that put themselves into the box; without scripts they can be read and copied.
for (const list of document.querySelectorAll("[data-phrases]")) {
  const field = document.getElementById(list.dataset.phrases);
  for (const item of list.children) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = item.textContent;
    button.addEventListener("click", () => {
      field.value = button.textContent;
      field.focus();
    });
    item.replaceChildren(button);
  }
}
