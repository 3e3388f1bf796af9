/** Names as they are shown: without the marks that turn the order of letters round, so that none reads as another ("gnp.exe" as "exe.png"). */

const TURNING = /[\u202a-\u202e\u2066-\u2069]/g;
const VISIBLE = /[^\s\p{Cf}\p{Cc}]/u;

/** `name` without such marks; `instead`, if nothing of it can be seen. */
export function legible(name: string, instead: string): string {
  return VISIBLE.test(name) ? name.replace(TURNING, "") : instead;
}
