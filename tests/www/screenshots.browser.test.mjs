// Pictures of the page, kept in test-output/www to be looked at. What a test can say of them is little: that they are not empty.

import assert from "node:assert/strict";
import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { testOutput } from "../../scripts/setup/places.mjs";
import { startInspector } from "./page_fixture.mjs";

const folder = join(testOutput, "www");
const SCREENS = {
  light: { colorScheme: "light", viewport: { width: 1440, height: 900 } },
  dark: { colorScheme: "dark", viewport: { width: 1440, height: 900 } },
  phone: { colorScheme: "light", viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
  tablet: { colorScheme: "dark", viewport: { width: 900, height: 1100 } },
};

let inspector;
before(async () => {
  await mkdir(folder, { recursive: true });
  inspector = await startInspector();
});
after(() => inspector?.dispose());

for (const [name, screen] of Object.entries(SCREENS)) {
  test(`pictures, ${name}`, async () => {
    const inspected = await inspector.open({ ...screen, reducedMotion: "reduce" });
    const take = async (what) => {
      const path = join(folder, `${name}-${what}.png`);
      await inspected.page.screenshot({ path, fullPage: true });
      assert.ok((await stat(path)).size > 20_000);
    };
    await take("empty");
    for (const code of ["ok", "expired", "signed_with_other_ring", "clock_skew"]) {
      await inspected.example(code);
      await take(code);
    }
    const causes = await inspector.open({ ...screen, path: "causes" });
    const path = join(folder, `${name}-causes.png`);
    await causes.page.screenshot({ path });
    await inspected.assertQuiet();
  });
}
