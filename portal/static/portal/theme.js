// Follows the system's light or dark, until the person chooses.
(() => {
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const apply = () => { root.dataset.bsTheme = localStorage.getItem("theme") || (dark.matches ? "dark" : "light"); };
  apply();
  dark.addEventListener("change", apply);
  document.addEventListener("DOMContentLoaded", () => {
    const button = document.querySelector("[data-theme-switch]");
    if (!button) return;
    button.hidden = false;
    button.addEventListener("click", () => {
      localStorage.setItem("theme", root.dataset.bsTheme === "dark" ? "light" : "dark");
      apply();
    });
  });
})();
