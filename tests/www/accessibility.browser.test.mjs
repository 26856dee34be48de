// The page for people who see little, hear it, or have no mouse.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";

import { startInspector } from "./page_fixture.mjs";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let inspector;
before(async () => {
  inspector = await startInspector();
});
after(() => inspector?.dispose());

/** What axe finds, minor remarks included: `rule: where`. */
async function findings({ page }) {
  await page.evaluate(axe);
  const { violations, passes } = await page.evaluate(() =>
    axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }),
  );
  assert.ok(passes.length > 15, "axe has looked");
  return violations.flatMap(({ id, impact, nodes }) => nodes.map(({ target }) => `${impact} ${id}: ${target.flat().join(" ")}`));
}

for (const colorScheme of ["light", "dark"]) {
  for (const viewport of [{ width: 1440, height: 900 }, { width: 390, height: 844 }]) {
    test(`axe finds nothing, ${colorScheme}, ${viewport.width} px wide`, async () => {
      const inspected = await inspector.open({ colorScheme, viewport });
      assert.deepEqual(await findings(inspected), []);
      for (const code of ["ok", "lifetime_too_long", "expired", "concatenated_tokens", "clock_skew", "timestamps_in_milliseconds"]) {
        await inspected.example(code);
        assert.deepEqual(await findings(inspected), [], code);
      }
      await inspected.openFields();
      await inspected.page.fill("#leeway", "soon");
      await inspected.page.click("#copy");
      assert.deepEqual(await findings(inspected), [], "with a wrong field and a copy");
    });
  }
}

test("axe finds nothing on the page of causes", async () => {
  for (const colorScheme of ["light", "dark"]) {
    assert.deepEqual(await findings(await inspector.open({ path: "causes", colorScheme })), []);
  }
});

/** Where the focus is, inside the element too, and whether it can be seen. */
const focused = () => {
  let active = document.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  if (!active || active === document.body) return undefined;
  const { outlineStyle, outlineWidth } = getComputedStyle(active);
  const { width, height } = active.getBoundingClientRect();
  return {
    name: active.id || active.dataset.example || active.dataset.shows || active.className || active.textContent.trim(),
    isSeen: outlineStyle !== "none" && parseFloat(outlineWidth) >= 1 && width > 0 && height > 0,
  };
};

test("everything can be done without a mouse: the focus is always seen, goes everywhere and is nowhere held", async () => {
  const inspected = await inspector.open({ permissions: ["clipboard-read", "clipboard-write"] });
  const { page } = inspected;
  await inspected.example("audience_mismatch");
  // The start of the document.
  await page.focus(".skip");
  await page.keyboard.press("Shift+Tab");
  const walked = [];
  for (let step = 0; step < 120; step += 1) {
    await page.keyboard.press("Tab");
    const place = await page.evaluate(focused);
    // At its end the focus leaves the page; without a browser around it, it begins again.
    if (!place || place.name === walked[0]) break;
    assert.ok(place.isSeen, `the focus cannot be seen on ${place.name}`);
    walked.push(place.name);
  }
  const wanted = ["skip", "ok", "malformed_claims", "clear", "token", "kind-access", "access-keys", "refresh-keys", "issuer", "audience", "scope",
    "leeway", "max-age", "more-policy", "now", "server-now", "copy", "mask"];
  const order = wanted.map((name) => walked.indexOf(name));
  assert.deepEqual(order, [...order].sort((a, b) => a - b), walked.join(", "));
  assert.ok(order.every((place) => place >= 0), walked.join(", "));
  assert.ok(walked.some((name) => name.startsWith("More about")), "links of the report are on the way");
  assert.ok(walked.length < 110, "the focus has left the page at its end");
});

test("a session with the keyboard alone: an example, a changed field, the kind, the copy, Clear", async () => {
  const inspected = await inspector.open({ permissions: ["clipboard-read", "clipboard-write"] });
  const { page } = inspected;
  const tabTo = async (name) => {
    for (let step = 0; step < 120; step += 1) {
      if ((await page.evaluate(focused))?.name === name) return;
      await page.keyboard.press("Tab");
    }
    assert.fail(`${name} is not reached`);
  };
  await tabTo("ok");
  assert.equal((await inspected.reportAfter(() => page.keyboard.press("Enter"))).cause.code, "ok");
  await tabTo("audience");
  await page.keyboard.press("Control+A");
  assert.equal((await inspected.reportAfter(() => page.keyboard.type("x"))).cause.code, "audience_mismatch");
  assert.equal(await page.evaluate(() => document.activeElement.id), "audience", "a report takes the focus from nobody");
  await tabTo("copy");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.getElementById("copied").value !== "");
  await page.focus(".skip");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "result");
  await tabTo("clear");
  await page.keyboard.press("Enter");
  assert.equal(await page.inputValue("#token"), "");
  await inspected.assertQuiet();
});

test("the cause is announced once, and again when it is another one", async () => {
  const inspected = await inspector.open();
  const { page } = inspected;
  await page.evaluate(() => {
    window.said = [];
    const voice = document.querySelector("token-inspector").shadowRoot.querySelector("[role=status]");
    new MutationObserver(() => window.said.push(voice.textContent)).observe(voice, { childList: true, characterData: true, subtree: true });
  });
  await inspected.example("expired");
  await inspected.reportAfter(() => page.fill("#server-now", String(Math.floor(Date.now() / 1000))));
  await inspected.example("ok");
  const said = await page.evaluate(() => window.said);
  assert.equal(said.filter((text) => text.startsWith("Cause: ok.")).length, 1);
  assert.ok(said[0].startsWith("Cause: expired. "));
  assert.ok(said.length <= 3, said.join("\n"));
});

test("parts of the report are regions with names, and the timeline says in words what it shows", async () => {
  const inspected = await inspector.open();
  const { page } = inspected;
  await inspected.example("clock_skew");
  for (const name of ["Token", "Timeline", "Checks, in order", "Claims", "Header"]) {
    assert.equal(await page.getByRole("region", { name, exact: true }).count(), 1, name);
  }
  const label = await page.getByRole("img", { name: /Timeline/ }).getAttribute("aria-label");
  assert.match(label, /Issued .*, expires .*, made to last .*, leeway 30 s, the server's clock is 4 min behind/);
  for (const rung of await page.getByRole("region", { name: "Checks, in order" }).getByRole("listitem").allTextContents()) {
    assert.match(rung, /passed|failed|not reached|not checked/);
  }
});

test("nothing is wider than the screen, on a phone and with text twice as large", async () => {
  for (const options of [{ viewport: { width: 320, height: 700 } }, { viewport: { width: 390, height: 844 } }, { viewport: { width: 720, height: 450 }, deviceScaleFactor: 2 }]) {
    const inspected = await inspector.open(options);
    for (const code of ["ok", "expired", "concatenated_tokens", "timestamps_in_milliseconds", "token_too_large"]) {
      await inspected.example(code);
      const [wide, screen] = await inspected.page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      assert.ok(wide <= screen, `${code}: ${wide} of ${screen}`);
    }
  }
});

test("on a phone, an example that was chosen brings its cause into view", async () => {
  const inspected = await inspector.open({ viewport: { width: 390, height: 844 } });
  const { page } = inspected;
  for (const code of ["secret_encoding", "not_a_jwt", "expired"]) {
    await page.evaluate(() => scrollTo(0, 0));
    await inspected.example(code);
    await page.waitForFunction(() => {
      const { top } = document.querySelector("token-inspector").shadowRoot.querySelector(".cause").getBoundingClientRect();
      return top >= 0 && top < 100;
    });
  }
});

test("with forced colours and without motion everything is there", async () => {
  const inspected = await inspector.open({ forcedColors: "active", reducedMotion: "reduce" });
  await inspected.example("expired");
  const { page } = inspected;
  const seen = await page.evaluate(() => {
    const { shadowRoot } = document.querySelector("token-inspector");
    const style = (selector) => getComputedStyle(shadowRoot.querySelector(selector));
    return { bar: style(".timeline .good").fill, ground: style(".timeline .tolerated").fill, moves: style(".cause").transitionDuration, icon: style(".rung.failed .icon").display };
  });
  assert.notEqual(seen.bar, seen.ground);
  assert.equal(seen.moves, "0s");
  assert.equal(seen.icon, "block");
});
