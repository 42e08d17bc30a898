// Light or dark, as the form around the panel is. Where nothing is around it, as the browser prefers.

const OPAQUE = /^rgba?\((\d+), (\d+), (\d+)(?:, ([\d.]+))?\)$/;

// The colours are weighed as the eye does. Source: www.w3.org/TR/AERT, colour brightness formula.
function isDark([red, green, blue]) {
  return red * 0.299 + green * 0.587 + blue * 0.114 < 128;
}

function colourOf(element) {
  const found = OPAQUE.exec(getComputedStyle(element).backgroundColor);
  return found && Number(found[4] ?? 1) > 0.5 ? found.slice(1, 4).map(Number) : null;
}

function surrounding() {
  try {
    for (let one = window.frameElement; one; one = one.parentElement) {
      const colour = colourOf(one);
      if (colour) return isDark(colour) ? "dark" : "light";
    }
  } catch {
    // A frame of another host says nothing about itself.
  }
  return "";
}

export function wearTheme() {
  document.documentElement.dataset.theme = surrounding();
}
