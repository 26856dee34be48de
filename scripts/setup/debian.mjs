// System packages, where this is Debian or a relative of it and the person is root. Nothing asks for a password here.

import { existsSync } from "node:fs";

import { which } from "./executables.mjs";
import { slowCommand } from "./slow_command.mjs";

export function canInstallDebianPackages() {
  return process.getuid?.() === 0 && existsSync("/etc/debian_version") && which("apt-get") !== undefined;
}

export async function installDebianPackages(packages) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const fix = `install ${packages.join(" and ")} by hand`;
  console.log(`Installing ${packages.join(" and ")} (apt-get) ...`);
  await slowCommand("apt-get update", "apt-get", ["update"], { env, fix });
  await slowCommand("apt-get install", "apt-get", ["install", "-y", ...packages], { env, fix });
}
