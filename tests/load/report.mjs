// One line a figure: what, what was seen, and the bar that it is held to.
export function say(what, seen, bar) {
  console.log(`${what.padEnd(52)} ${String(seen).padEnd(22)} ${bar ?? ''}`.trimEnd());
}
