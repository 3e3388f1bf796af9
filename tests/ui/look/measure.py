"""What is measured in the page, as scripts for it, and the contrast of two colours."""

from __future__ import annotations

# Painted twice without a change of place: nothing moves any more.
AT_REST = """async () => { const root = document.querySelector('.vnb-editor');
  const frame = () => new Promise(requestAnimationFrame);
  const look = () => [...root.querySelectorAll('.react-flow__viewport, .react-flow__node, .vnb-drawer, .vnb-palette, .vnb-menu')]
    .map(el => { const b = el.getBoundingClientRect(); return [b.x, b.y, b.width].join(); }).join(';');
  let before = null, same = 0;
  for (let i = 0; i < 240 && same < 8; i++) { await frame(); const now = look(); same = now === before ? same + 1 : 0; before = now; } }"""

# A word is cut off where its box is narrower than it and hides the rest. What only a screen reader reads is no word to see, and a
# status whose text gave way to its icon is meant so.
CLIPPED = """(within) => { const own = el => [...el.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
  const found = []; for (const root of document.querySelectorAll(within)) for (const el of root.querySelectorAll('*')) {
    if (!own(el) && !(el instanceof HTMLInputElement)) continue;
    const style = getComputedStyle(el), box = el.getBoundingClientRect();
    if (el.closest('.vnb-hidden, [data-vnb-announcer], .vnb-text-marks') || box.width < 2 || style.visibility === 'hidden') continue;
    const text = el instanceof HTMLInputElement ? el.value : el.textContent.trim();
    if (['hidden', 'clip'].includes(style.overflowX) && el.scrollWidth > el.clientWidth + 1 && el.clientWidth > 0)
      found.push(`${(el.className.baseVal ?? el.className).split(' ')[0]}: ${text}${style.textOverflow === 'ellipsis' ? ' …' : ''}`);
  } return found; }"""

OUTSIDE = """() => { const root = document.querySelector('.vnb-editor'), box = root.getBoundingClientRect();
  return [...root.querySelectorAll('button, input, textarea, [role="listbox"]')]
    .filter(el => !el.closest('.vnb-canvas .react-flow__viewport, .vnb-hidden')).filter(el => { const b = el.getBoundingClientRect();
      return b.width > 0 && (b.right > box.right + 1 || b.left < box.left - 1); })
    .map(el => el.getAttribute('aria-label') || el.textContent || el.className); }"""

# Things of the toolbar that lie over each other, by name.
OVERLAPPING = """() => { const parts = [...document.querySelectorAll('.vnb-editor .vnb-toolbar > *')]
    .filter(el => !el.matches('.vnb-total, .vnb-spring') && el.getBoundingClientRect().width > 0);
  const found = []; parts.forEach((a, i) => parts.slice(i + 1).forEach(b => {
    const p = a.getBoundingClientRect(), q = b.getBoundingClientRect();
    if (Math.min(p.right, q.right) - Math.max(p.left, q.left) > 0.5)
      found.push(`${a.getAttribute('aria-label') || a.textContent} / ${b.getAttribute('aria-label') || b.textContent}`); }));
  return found; }"""

# What no part of the editor may have: icons and what only a screen reader reads apart.
NEVER = """() => { const found = []; const emoji = /\\p{Extended_Pictographic}/u;
  for (const el of document.querySelectorAll('.vnb-editor, .vnb-editor *')) {
    const style = getComputedStyle(el), name = String(el.className.baseVal ?? el.className).split(' ')[0] || el.tagName;
    if (el.closest('svg, .vnb-hidden, [data-vnb-announcer]') || style.display === 'none') continue;
    const words = [...el.childNodes].filter(n => n.nodeType === 3).map(n => n.textContent.trim()).join('');
    if (words && parseFloat(style.fontSize) < 11) found.push(`${name}: ${style.fontSize} "${words.slice(0, 30)}"`);
    if (words && emoji.test(words)) found.push(`${name}: emoji "${words}"`);
    if (style.textTransform !== 'none') found.push(`${name}: ${style.textTransform}`);
    if (!['normal', '0px'].includes(style.letterSpacing)) found.push(`${name}: letters ${style.letterSpacing} apart`);
    if (style.backgroundImage.includes('gradient')) found.push(`${name}: ${style.backgroundImage.slice(0, 60)}`);
    if (style.backdropFilter !== 'none') found.push(`${name}: glass`);
  } return found; }"""

# A colour over the backgrounds below it, as red, green, blue.
COLOUR = """(el, name) => { const canvas = document.createElement('canvas'); canvas.width = canvas.height = 1;
  const pen = canvas.getContext('2d', {willReadFrequently: true}); const layers = [getComputedStyle(el)[name]];
  let at = name === 'backgroundColor' ? el.parentElement : el;
  for (; at; at = at.parentElement) layers.push(getComputedStyle(at).backgroundColor);
  pen.fillStyle = '#fff'; pen.fillRect(0, 0, 1, 1);
  for (const layer of layers.reverse()) { pen.fillStyle = layer; pen.fillRect(0, 0, 1, 1); }
  return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3); }"""

Colour = tuple[int, int, int]


def contrast(one: Colour, other: Colour) -> float:
    """Contrast of two colours, 1 to 21 (WCAG 2)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Colour) -> float:
    linear = [c / 12.92 if (c := value / 255) <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for value in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def rgb(code: str) -> Colour:
    """#rrggbb as numbers."""
    return int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)
