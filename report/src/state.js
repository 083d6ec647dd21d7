// What is being looked at stands in the address, so that it can be kept and shared.

export function state() {
  return Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
}

export function address(changes, page = "") {
  const next = new URLSearchParams(Object.entries({ ...state(), ...changes }).filter(([, value]) => value != null && value !== ""));
  return `${page}#${next}`;
}

/** Change the address; with quiet, without drawing anew or a step back in the browser's history. */
export function go(changes, quiet = false) {
  if (quiet) history.replaceState(null, "", address(changes));
  else location.hash = address(changes);
}
