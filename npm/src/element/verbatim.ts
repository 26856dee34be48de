// Numbers as they are written. JavaScript reads 9007199254740993 as another number, and a user id of that kind would be shown
// wrong; engines that tell what stood in the text let us show that.

type Reviver = (this: unknown, name: string, value: unknown, context?: { readonly source?: string }) => unknown;

const { rawJSON } = JSON as { readonly rawJSON?: (text: string) => object };
const parse = JSON.parse as (text: string, reviver: Reviver) => unknown;

/** `JSON.parse`, with every number that JavaScript would write differently as an object that `JSON.stringify` writes as it was. */
export function parseVerbatim(text: string): unknown {
  return parse(text, (_name, value, context) => {
    const source = context?.source;
    const isOther = typeof value === "number" && source !== undefined && String(value) !== source;
    return isOther && rawJSON ? rawJSON(source) : value;
  });
}

/** The number that a value is, however it was kept. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  const { isRawJSON } = JSON as { readonly isRawJSON?: (value: unknown) => boolean };
  return isRawJSON?.(value) ? Number(JSON.stringify(value)) : undefined;
}
