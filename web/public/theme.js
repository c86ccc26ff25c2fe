// Runs before the first paint, so that a dark room does not flash white.
(() => {
  let wanted = null;
  try {
    wanted = localStorage.getItem("rekindle.theme");
  } catch {
    // No storage: as the device.
  }
  const dark = wanted === "dark" || (wanted !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
})();
