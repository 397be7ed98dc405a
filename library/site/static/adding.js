// The pages on which works are added work without this file. With it: progress without reloading,
// a file into the field, and no second sending by a double click.
"use strict";
const running = document.querySelector("[data-job]");
if (running) {
  const bar = running.querySelector("progress");
  const look = async () => {
    try {
      const answer = await fetch(running.dataset.job, { headers: { accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const told = await answer.json();
      if (told.state !== running.dataset.state) {
        location.reload();
        return;
      }
      bar.max = Math.max(told.total, 1);
      bar.value = told.done;
      running.querySelector("[data-done]").textContent = told.done.toLocaleString("en");
      running.querySelector("[data-total]").textContent = told.total.toLocaleString("en");
      setTimeout(look, 1000);
    } catch {
      setTimeout(look, 4000); // the server may be starting again; the job goes on then
    }
  };
  setTimeout(look, 500);
}

for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
}
// Coming back by the browser's history shows the form as it was left.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-once]")) delete form.dataset.sent;
});

// Reference managers write UTF-8, UTF-16 with its mark, or what Windows calls ANSI.
const decoded = (bytes) => {
  const [first, second] = new Uint8Array(bytes);
  if (first === 0xff && second === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
};

document.querySelector("[data-file]")?.addEventListener("change", async (event) => {
  const file = event.target.files[0];
  const field = document.getElementById("text");
  if (!file || !field) return;
  field.value = decoded(await file.arrayBuffer());
  event.target.value = "";
  field.focus();
});

document.querySelector("[data-bookmarklet]")?.addEventListener("click", (event) => {
  event.preventDefault();
  event.target.textContent = "Drag me to your bookmarks";
});
