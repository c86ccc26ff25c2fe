import { useEffect } from "react";
import { deviceStorage } from "../lib/storage";
import { createStore, useStore } from "../lib/store";

export type Theme = "system" | "light" | "dark";

const KEY = "rekindle.theme";

function restored(): Theme {
  const kept = deviceStorage.read(KEY);
  return kept === "light" || kept === "dark" ? kept : "system";
}

export const theme = createStore<Theme>(restored());

export function chooseTheme(next: Theme): void {
  deviceStorage.write(KEY, next === "system" ? null : next);
  theme.set(next);
}

/** Lays the theme on the page, and follows the device where that is asked for. Once in the page. */
export function useTheme(): void {
  const wanted = useStore(theme);
  useEffect(() => {
    const device = matchMedia("(prefers-color-scheme: dark)");
    const apply = () => {
      const dark = wanted === "dark" || (wanted === "system" && device.matches);
      document.documentElement.dataset.theme = dark ? "dark" : "light";
      const board = getComputedStyle(document.documentElement).getPropertyValue("--board").trim();
      document.querySelector('meta[name="theme-color"]')?.setAttribute("content", board);
    };
    apply();
    device.addEventListener("change", apply);
    return () => device.removeEventListener("change", apply);
  }, [wanted]);
}
