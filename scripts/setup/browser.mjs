// A Chromium to run tests in, and the chromedriver that belongs to it.

import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";

import { canInstallDebianPackages, installDebianPackages } from "./debian.mjs";
import { versionOf, which } from "./executables.mjs";
import { ensureNpmPackages } from "./npm_packages.mjs";
import { root, toolsDir } from "./places.mjs";
import { SetupError } from "./setup_error.mjs";
import { slowCommand } from "./slow_command.mjs";

const NAMES = [
  "chromium",
  "chromium-browser",
  "google-chrome",
  "google-chrome-stable",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];
const FIX =
  "install Chromium and its chromedriver (on Debian: apt-get install chromium chromium-driver), " +
  "or set CHROME and CHROMEDRIVER to where they are";

/** Resolves with `{ chrome, chromedriver }`, two paths, and puts them into CHROME and CHROMEDRIVER for the tests. */
export async function ensureBrowser() {
  if (!findChrome() || !findChromedriver()) await installFromDebian();
  const chrome = findChrome() ?? (await downloadChrome());
  const version = versionOf(chrome);
  if (!version) throw new SetupError(`${chrome} does not start.`, FIX);
  const chromedriver = findChromedriver() ?? (await downloadChromedriver(major(version)));
  const driverVersion = versionOf(chromedriver);
  if (!driverVersion) throw new SetupError(`${chromedriver} does not start.`, FIX);
  if (major(driverVersion) !== major(version)) {
    throw new SetupError(
      `${chromedriver} (${driverVersion}) does not fit ${chrome} (${version}): the first number must be the same.`,
      FIX,
    );
  }
  Object.assign(process.env, { CHROME: chrome, CHROMEDRIVER: chromedriver });
  return { chrome, chromedriver };
}

function findChrome() {
  return given("CHROME") ?? which(...NAMES);
}

function findChromedriver() {
  return given("CHROMEDRIVER") ?? which("chromedriver");
}

/** The program that a variable names; a name that leads nowhere is an error, never passed over. */
function given(variable) {
  const name = process.env[variable];
  if (!name) return undefined;
  const path = which(name);
  if (path) return path;
  throw new SetupError(`${variable} is set to ${name}, which is not a program.`, `correct or unset ${variable}`);
}

async function installFromDebian() {
  if (!canInstallDebianPackages()) return;
  try {
    await installDebianPackages(["chromium", "chromium-driver"]);
  } catch (error) {
    console.log(error.message); // a download may still do
  }
}

/** Playwright's Chromium, kept in `.tools`. */
async function downloadChrome() {
  await ensureNpmPackages();
  process.env.PLAYWRIGHT_BROWSERS_PATH ??= join(toolsDir, "browsers");
  const require = createRequire(join(root, "package.json"));
  const path = require("playwright-core").chromium.executablePath();
  if (existsSync(path)) return path;
  console.log("Downloading Chromium into .tools (playwright install) ...");
  const cli = join(dirname(require.resolve("playwright-core/package.json")), "cli.js");
  await slowCommand("playwright install chromium", process.execPath, [cli, "install", "chromium"], { fix: FIX });
  return path;
}

/** The chromedriver of that version of Chrome for Testing, kept in `.tools`. */
async function downloadChromedriver(version) {
  const folder = join(toolsDir, "chromedriver");
  const find = () => {
    const files = existsSync(folder) ? readdirSync(folder, { recursive: true }) : [];
    const file = files.find((name) => basename(name) === "chromedriver" && name.includes(`-${version}.`));
    return file && which(join(folder, file));
  };
  const known = find();
  if (known) return known;
  console.log(`Downloading chromedriver ${version} into .tools ...`);
  const args = ["--yes", "@puppeteer/browsers@2", "install", `chromedriver@${version}`, "--path", toolsDir];
  await slowCommand("chromedriver", "npx", args, { fix: FIX });
  const path = find();
  if (!path) throw new SetupError("chromedriver was downloaded, and is not where it should be.", FIX);
  return path;
}

function major(version) {
  return version.split(".")[0];
}
