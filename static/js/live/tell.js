// Words of the room pages: kept in the page (`#room-words`), so that other pages do not carry them.
const shelf = document.getElementById("room-words");

/** The words named `key`, with `{0}`, `{1}` … filled in. */
export function tell(key, ...values) {
  const text = shelf?.dataset[key] ?? "";
  return values.reduce((done, value, at) => done.replace(`{${at}}`, value), text);
}

/** A problem that a person can be told; `code` is for programs. */
export class Trouble extends Error {
  constructor(message, code = "", status = 0) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** What went wrong according to an answer (RFC 9457), or that the line is down. */
export async function troubleOf(answer) {
  const told = await answer.json().catch(() => ({}));
  return new Trouble(told.detail || tell("away"), told.code ?? "", answer.status);
}
