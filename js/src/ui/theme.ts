/** Light or dark by the luminance of what the editor lies on, whatever the host calls its theme. */
import { useLayoutEffect, useState } from "react";

export type Theme = "light" | "dark";

export function useTheme(root: () => HTMLElement | null): Theme {
  const [theme, setTheme] = useState<Theme>("light");
  useLayoutEffect(() => {
    const look = () => {
      const element = root();
      if (element) setTheme(luminance(backgroundBelow(element)) < 0.4 ? "dark" : "light");
    };
    look();
    // A host changes an attribute first and its stylesheet arrives later: look again a few times.
    const timers = new Set<ReturnType<typeof setTimeout>>();
    const soon = () => {
      for (const delay of [0, 60, 250, 1000]) timers.add(setTimeout(look, delay));
    };
    const observer = new MutationObserver(soon);
    for (const target of [document.documentElement, document.body]) {
      observer.observe(target, {
        attributes: true,
        attributeFilter: ["class", "style", "data-theme", "data-jp-theme-light", "data-jp-theme-name"],
      });
    }
    const media = matchMedia("(prefers-color-scheme: dark)");
    media.addEventListener("change", soon);
    soon();
    return () => {
      observer.disconnect();
      media.removeEventListener("change", soon);
      for (const timer of timers) clearTimeout(timer);
    };
  }, [root]);
  return theme;
}

type Rgba = [r: number, g: number, b: number, a: number];

/** The first background that is not see-through, from the editor's parent outwards; the page's own scheme if there is none. */
function backgroundBelow(element: HTMLElement): Rgba {
  for (let at: HTMLElement | null = element.parentElement; at; at = at.parentElement) {
    const colour = parse(getComputedStyle(at).backgroundColor);
    if (colour && colour[3] > 0.5) return colour;
  }
  return matchMedia("(prefers-color-scheme: dark)").matches &&
    getComputedStyle(document.documentElement).colorScheme.includes("dark")
    ? [17, 17, 17, 1]
    : [255, 255, 255, 1];
}

/** `rgb(…)`, `rgba(…)` and `color(srgb …)` as browsers compute them. */
export function parse(colour: string): Rgba | null {
  const numbers = colour
    .match(/-?[\d.]+(?:e-?\d+)?%?/g)
    ?.map((part) => (part.endsWith("%") ? Number.parseFloat(part) / 100 : Number(part)));
  if (!numbers || numbers.length < 3) return null;
  const [r = 0, g = 0, b = 0, a = 1] = numbers;
  return colour.startsWith("color(") ? [r * 255, g * 255, b * 255, a] : [r, g, b, a];
}

/** Relative luminance, 0 black to 1 white (WCAG 2). */
export function luminance([r, g, b]: Rgba): number {
  const linear = (value: number) => {
    const c = value / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
}
