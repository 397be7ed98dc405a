// Everything works without this file. With it: filters apply at once and without a reload,
// works are ticked across pages into a list kept in this browser, and citations are copied.
"use strict";
// At once, before the page is painted, so that nothing on it moves afterwards.
document.documentElement.classList.add("js");
document.addEventListener("DOMContentLoaded", () => {
  const base = document.querySelector(".site-name")?.getAttribute("href") || "/";

  // What screen readers should hear.
  const voice = document.createElement("div");
  voice.className = "visually-hidden";
  voice.setAttribute("role", "status");
  document.body.append(voice);
  const say = (text) => {
    voice.textContent = "";
    setTimeout(() => (voice.textContent = text), 30);
  };

  // The list: citation keys in this browser.
  const STORE = "library-list:" + base;
  const MOST = 2000;
  const chosen = () => {
    try {
      const keys = JSON.parse(localStorage.getItem(STORE) || "[]");
      return Array.isArray(keys) ? keys.filter((key) => typeof key === "string") : [];
    } catch {
      return [];
    }
  };
  const choose = (keys) => {
    try {
      localStorage.setItem(STORE, JSON.stringify(keys.slice(0, MOST)));
    } catch {
      say("The list could not be kept: this browser allows no storage.");
    }
    showList();
  };
  const listAddress = () => {
    const query = new URLSearchParams(chosen().map((key) => ["key", key])).toString();
    return base + "list" + (query ? "?" + query : "");
  };
  const showList = () => {
    const keys = new Set(chosen());
    for (const box of document.querySelectorAll("[data-tick]")) box.checked = keys.has(box.value);
    for (const link of document.querySelectorAll("[data-list-link]")) {
      link.href = listAddress();
      link.textContent = keys.size ? `Your list (${keys.size})` : "Your list";
    }
    for (const bar of document.querySelectorAll("[data-list-bar]")) {
      bar.hidden = keys.size === 0;
      const count = bar.querySelector("[data-list-count]");
      if (count) count.textContent = keys.size === 1 ? "1 work chosen" : `${keys.size} works chosen`;
    }
  };
  document.addEventListener("change", (event) => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement) || !box.matches("[data-tick]")) return;
    const keys = chosen().filter((key) => key !== box.value);
    if (box.checked) keys.push(box.value);
    choose(keys);
    say(box.checked ? `Added. ${keys.length} in your list.` : `Removed. ${keys.length} in your list.`);
  });

  // A list that came by its address is what is chosen from now on.
  const page = document.querySelector("[data-list-keys]");
  if (page) {
    const keys = new URLSearchParams(location.search).getAll("key");
    if (keys.length) choose([...new Set(keys)]);
    else if (chosen().length) location.replace(listAddress());
  }

  // Citations keep their italics in Word; other programs take the plain text.
  const copyOf = async (source) => {
    const text = source.innerText.trim() || source.textContent.trim();
    const rich = source.querySelector("i, em, sup, sub, b, strong");
    if (!rich || typeof ClipboardItem === "undefined") return navigator.clipboard.writeText(text);
    const parts = { "text/plain": text, "text/html": source.innerHTML };
    const blobs = Object.entries(parts).map(([type, part]) => [type, new Blob([part], { type })]);
    return navigator.clipboard.write([new ClipboardItem(Object.fromEntries(blobs))]);
  };

  // Another style: the citation changes in its place.
  for (const form of document.querySelectorAll("[data-cite]")) {
    const shown = document.getElementById(form.dataset.cite);
    const plain = shown.innerHTML;
    form.addEventListener("change", async () => {
      const pairs = new URLSearchParams(new FormData(form));
      if (!pairs.get("style")) {
        shown.innerHTML = plain;
        return;
      }
      shown.setAttribute("aria-busy", "true");
      try {
        const answer = await fetch(`${base}cite.json?${pairs}`, { headers: { accept: "application/json" } });
        const told = await answer.json();
        if (!answer.ok) throw new Error(told.error);
        shown.innerHTML = told.entries.map((entry) => entry.html).join("<br>");
        say("The citation is shown in the style.");
      } catch (error) {
        shown.textContent = `This style could not be shown. ${error.message}`;
      }
      shown.removeAttribute("aria-busy");
    });
  }
  const names = document.querySelector("[data-styles]");
  document.querySelector("[list=style-names]")?.addEventListener("focus", async () => {
    if (names.children.length) return;
    const answer = await fetch(names.dataset.styles);
    for (const name of answer.ok ? await answer.json() : []) names.append(new Option(name, name));
  });

  document.addEventListener("click", async (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (!target) return;
    if (target.closest("[data-list-clear]")) {
      event.preventDefault();
      choose([]);
      if (page) location.assign(base + "list");
      say("The list is empty.");
      return;
    }
    if (target.closest("[data-choose]")) {
      const button = target.closest("[data-choose]");
      const key = button.dataset.choose;
      const keys = chosen();
      choose(keys.includes(key) ? keys.filter((other) => other !== key) : [...keys, key]);
      showChosen(button);
      return;
    }
    const copy = target.closest("[data-copy]");
    if (copy) {
      const source = document.getElementById(copy.dataset.copy);
      const before = copy.textContent;
      try {
        await copyOf(source);
        copy.textContent = "Copied";
        say("Copied to the clipboard.");
      } catch {
        getSelection().selectAllChildren(document.getElementById(copy.dataset.copy));
        copy.textContent = "Press Ctrl+C";
        say("Selected. Press Control and C to copy.");
      }
      setTimeout(() => (copy.textContent = before), 2000);
      return;
    }
    // Menus close when one clicks elsewhere.
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      for (const menu of document.querySelectorAll("details.menu[open]")) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
      const sheet = document.querySelector(".rail:target, .rail.open");
      if (sheet) sheet.querySelector(".close-filters")?.click();
    }
    const typing = event.target instanceof Element && event.target.matches("input, textarea, select");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const field = document.getElementById("q");
      if (field) {
        event.preventDefault();
        field.focus();
        field.select();
      }
    }
  });

  const showChosen = (button) => {
    const held = chosen().includes(button.dataset.choose);
    button.setAttribute("aria-pressed", String(held));
    button.textContent = held ? "In your list" : "Add to your list";
  };

  // Works: filters and pages come in without a reload.
  let turn = 0;
  let shown = location.pathname + location.search;
  const load = async (address, { push = true, focus = null } = {}) => {
    const mine = ++turn;
    const area = document.querySelector("[data-browse]");
    area.setAttribute("aria-busy", "true");
    let text;
    try {
      const answer = await fetch(address, { headers: { accept: "text/html" } });
      if (!answer.ok) throw new Error(String(answer.status));
      text = await answer.text();
    } catch {
      location.assign(address);
      return;
    }
    if (mine !== turn) return;
    const next = new DOMParser().parseFromString(text, "text/html");
    const fresh = next.querySelector("[data-browse]");
    if (!fresh) {
      location.assign(address);
      return;
    }
    document.title = next.title;
    // A sheet that is open stays open: a new address alone makes nothing a target again.
    const sheet = area.querySelector(".rail");
    if (sheet?.matches(":target, .open")) fresh.querySelector(".rail")?.classList.add("open");
    area.replaceWith(document.adoptNode(fresh));
    if (push) history.pushState({}, "", address);
    shown = location.pathname + location.search;
    wireBrowse();
    showList();
    if (focus === "results") {
      document.getElementById("results")?.focus();
      document.getElementById("results")?.scrollIntoView();
    } else if (focus) {
      document.getElementById(focus)?.focus({ preventScroll: true });
    }
    say(document.querySelector("[data-total]")?.textContent || "");
  };
  const addressOf = (form) => {
    const pairs = [...new FormData(form)].filter(([, value]) => value !== "");
    const query = new URLSearchParams(pairs).toString();
    return form.getAttribute("action") + (query ? "?" + query : "");
  };
  const wireBrowse = () => {
    const area = document.querySelector("[data-browse]");
    if (!area) return;
    for (const form of area.querySelectorAll("form[data-live]")) {
      form.addEventListener("submit", (event) => {
        if (event.submitter?.formAction && event.submitter.hasAttribute("formaction")) return;
        event.preventDefault();
        load(addressOf(form) + location.hash, { focus: document.activeElement?.id });
      });
      form.addEventListener("change", (event) => {
        if (event.target.matches("[data-tick], [type=search], [type=number]")) return;
        load(addressOf(form) + location.hash, { focus: event.target.id });
      });
    }
    area.querySelector(".close-filters")?.addEventListener("click", () => {
      area.querySelector(".rail").classList.remove("open");
    });
    for (const link of area.querySelectorAll("a[data-live]")) {
      link.addEventListener("click", (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
        event.preventDefault();
        load(link.getAttribute("href"), { focus: "results" });
      });
    }
  };
  // Going back; a mere change of the fragment (#filters) is also announced here.
  addEventListener("popstate", () => {
    if (location.pathname + location.search === shown) return;
    if (document.querySelector("[data-browse]")) load(location.href, { push: false });
  });

  wireBrowse();
  showList();
  for (const button of document.querySelectorAll("[data-choose]")) showChosen(button);
  for (const button of document.querySelectorAll("[data-print]")) {
    button.addEventListener("click", () => print());
  }
});
