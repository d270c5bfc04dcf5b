// Light or dark: as the system has it, or as chosen here.

import { byId } from "./dom.js";

const STORED = "antiphon.theme";
const NEXT = { auto: "light", light: "dark", dark: "auto" };
const SHOWN = { auto: "◐ auto", light: "☀ light", dark: "☾ dark" };
const system = matchMedia("(prefers-color-scheme: dark)");

const chosen = () => localStorage.getItem(STORED) ?? "auto";

export function applyTheme() {
  const theme = chosen();
  document.documentElement.dataset.theme = theme === "auto" ? (system.matches ? "dark" : "light") : theme;
  const button = byId("theme");
  if (button) button.textContent = SHOWN[theme];
}

/** `changed` is called after the page has other colours. */
export function followTheme(changed) {
  const change = () => {
    applyTheme();
    changed();
  };
  system.addEventListener("change", change);
  byId("theme")?.addEventListener("click", () => {
    localStorage.setItem(STORED, NEXT[chosen()]);
    change();
  });
}
