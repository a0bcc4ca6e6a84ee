/* The few things that the page does with its document. */

export const byId = (id: string): HTMLElement => {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no element ${id}`);
  return found;
};

export const inputById = (id: string): HTMLInputElement => {
  const found = byId(id);
  if (!(found instanceof HTMLInputElement)) throw new Error(`${id} is no input`);
  return found;
};

export const selectById = (id: string): HTMLSelectElement => {
  const found = byId(id);
  if (!(found instanceof HTMLSelectElement)) throw new Error(`${id} is no selection`);
  return found;
};

export const dialogById = (id: string): HTMLDialogElement => {
  const found = byId(id);
  if (!(found instanceof HTMLDialogElement)) throw new Error(`${id} is no dialog`);
  return found;
};

/** Changes a text only where it differs, so that nothing is drawn or read out again for nothing. */
export const put = (target: string | Element | null | undefined, text: string): void => {
  const element = typeof target === "string" ? document.getElementById(target) : target;
  if (element && element.textContent !== text) element.textContent = text;
};

const written = new WeakMap<Element, string>();

/** Changes markup only where it differs. Whoever makes it escapes what others have written. */
export const putMarkup = (element: Element, markup: string): void => {
  if (written.get(element) === markup) return;
  element.innerHTML = markup;
  written.set(element, markup);
};

/** An element with a class and what is in it; texts stay texts. */
export const make = (tag: string, className: string, ...content: ReadonlyArray<Node | string>): HTMLElement => {
  const made = document.createElement(tag);
  if (className !== "") made.className = className;
  made.append(...content);
  return made;
};

export const wantsStillness = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;
