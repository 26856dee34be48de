/** A time as people write it: seconds since 1970, milliseconds (13 digits), or a date that says its zone or means the local one. */
export function momentText(text: string): { seconds?: number; isWrong: boolean } {
  const trimmed = text.trim();
  if (!trimmed) return { isWrong: false };
  if (/^-?\d+(\.\d+)?$/.test(trimmed)) {
    const number = Number(trimmed);
    return { seconds: Math.abs(number) >= 1e11 ? number / 1000 : number, isWrong: false };
  }
  const milliseconds = Date.parse(trimmed.replace(/ UTC$/, "Z").replace(/^(\d{4}-\d\d-\d\d) /, "$1T"));
  return Number.isNaN(milliseconds) ? { isWrong: true } : { seconds: milliseconds / 1000, isWrong: false };
}
