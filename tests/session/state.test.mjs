// The rules of a session, on their own.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { imported } from "./bundle.mjs";

const { step, judge, signedIn, isNewer } = await imported("state.ts");

const one = Object.freeze({ session: "s", serial: 1 });
const two = Object.freeze({ session: "s", serial: 2 });
const other = Object.freeze({ session: "t", serial: 1 });
const nobody = Object.freeze({ phase: "signed_out", session: undefined, reason: "never_signed_in" });
const end = (session = "s", more = {}) => ({ type: "ended", session, reason: "login_required", ...more });

/** The state after events, and the effects of the last of them. */
function after(state, ...events) {
  let effects = [];
  for (const event of events) [state, ...effects] = step(Object.freeze(state), event);
  return { state, effects };
}

describe("one token is renewed once", () => {
  test("the first refusal starts a refresh, the others of the same token do not", () => {
    const first = after(signedIn(one), { type: "refused", grant: one });
    assert.deepEqual(first.effects, ["renew"]);
    assert.equal(first.state.phase, "refreshing");
    const second = after(first.state, { type: "refused", grant: one });
    assert.deepEqual(second.effects, []);
    assert.equal(second.state.phase, "refreshing");
  });

  test("a late refusal of a token that has been replaced changes nothing", () => {
    const { state, effects } = after(signedIn(two), { type: "refused", grant: one });
    assert.deepEqual(state, signedIn(two));
    assert.deepEqual(effects, []);
  });

  test("the timer starts a refresh, and none where one is under way", () => {
    const { state, effects } = after(signedIn(one), { type: "due" });
    assert.deepEqual(effects, ["renew"]);
    assert.equal(state.usable, true, "renewed ahead of time, it still serves");
    assert.deepEqual(after(state, { type: "due" }).effects, []);
  });

  test("a new pair is shared and planned for", () => {
    const { state, effects } = after(signedIn(one), { type: "due" }, { type: "granted", from: one, grant: two });
    assert.deepEqual(state, signedIn(two));
    assert.deepEqual(effects, ["share", "plan"]);
  });

  test("what another tab has got ends the refresh here, whose own outcome then counts for nothing", () => {
    const shared = after(signedIn(one), { type: "due" }, { type: "shared", grant: two });
    assert.deepEqual(shared.state, signedIn(two));
    assert.deepEqual(shared.effects, ["plan"], "it is stored already");
    for (const event of [
      { type: "granted", from: one, grant: { session: "s", serial: 2 } },
      { type: "failed", from: one, retryAfter: 0 },
      end("s", { from: one, reason: "refresh_refused" }),
    ]) {
      assert.deepEqual(after(shared.state, event), { state: signedIn(two), effects: [] }, event.type);
    }
  });

  test("an older or equal pair from another tab is not taken", () => {
    assert.deepEqual(after(signedIn(two), { type: "shared", grant: one }).state, signedIn(two));
    assert.deepEqual(after(signedIn(two), { type: "shared", grant: { ...two } }).state.grant, two);
  });
});

describe("a failure that passes signs nobody out", () => {
  const failed = after(signedIn(one), { type: "refused", grant: one }, { type: "failed", from: one, retryAfter: 5 });

  test("it backs off", () => {
    assert.equal(failed.state.phase, "unavailable");
    assert.equal(failed.state.usable, false);
    assert.equal(failed.state.retryAfter, 5);
    assert.deepEqual(failed.effects, ["back_off"]);
  });

  test("a call does not cut the back-off short", () => {
    assert.deepEqual(after(failed.state, { type: "refused", grant: one }).effects, []);
  });

  test("the timer tries again, failures are counted until one succeeds", () => {
    const again = after(failed.state, { type: "due" }, { type: "failed", from: one, retryAfter: 0 });
    assert.equal(again.state.failures, 2);
    assert.equal(after(again.state, { type: "due" }, { type: "granted", from: one, grant: two }).state.failures, 0);
  });

  test("a token that only was to be renewed ahead of time goes on serving, until it is refused", () => {
    const { state } = after(signedIn(one), { type: "due" }, { type: "failed", from: one, retryAfter: 0 });
    assert.equal(state.usable, true);
    assert.equal(after(state, { type: "refused", grant: one }).state.usable, false);
  });
});

describe("the end of a session", () => {
  test("is told once", () => {
    const first = after(signedIn(one), end());
    assert.equal(first.state.phase, "signed_out");
    assert.deepEqual(first.effects, ["forget", "announce"]);
    assert.deepEqual(after(first.state, end()), { state: first.state, effects: [] });
  });

  test("heard of from another tab, it is not passed on", () => {
    assert.deepEqual(after(signedIn(one), end("s", { reason: "other_tab" })).effects, ["announce"]);
  });

  test("is of that session only", () => {
    assert.deepEqual(after(signedIn(other), end("s")).state, signedIn(other));
    assert.deepEqual(after(signedIn(one), { ...end(), session: undefined }).state, signedIn(one));
  });

  test("nothing that arrives late brings it back", () => {
    const { state } = after(signedIn(one), { type: "refused", grant: one }, end());
    for (const event of [
      { type: "granted", from: one, grant: two },
      { type: "failed", from: one, retryAfter: 0 },
      { type: "due" },
      { type: "refused", grant: one },
    ]) {
      assert.deepEqual(after(state, event), { state, effects: [] }, event.type);
    }
    assert.deepEqual(after(state, { type: "shared", grant: two }), { state, effects: ["forget"] });
  });

  test("someone signing in does, here or in another tab", () => {
    const { state } = after(signedIn(one), end());
    assert.deepEqual(after(state, { type: "granted", grant: other }), { state: signedIn(other), effects: ["share", "plan"] });
    assert.deepEqual(after(state, { type: "shared", grant: other }), { state: signedIn(other), effects: ["plan"] });
    assert.deepEqual(after(nobody, { type: "shared", grant: one }), { state: signedIn(one), effects: ["plan"] });
  });
});

describe("what a 401 means", () => {
  const call = { session: "s", grant: one, replayed: false, renewed: false };
  const table = [
    // action, first time, first time with a brand-new token, second time, first time while a newer token is there
    ["refresh", "go_on", "still_refused", "still_refused", "go_on"],
    ["login", "login_required", "login_required", "still_refused", "go_on"],
    ["stop", "return", "return", "still_refused", "return"],
    ["retry", "return", "return", "still_refused", "return"],
    [undefined, "go_on", "still_refused", "still_refused", "go_on"],
    ["dance", "go_on", "still_refused", "still_refused", "go_on"],
  ];
  for (const [action, first, renewed, replayed, overtaken] of table) {
    test(`action ${action}`, () => {
      assert.equal(judge(signedIn(one), call, action), first);
      assert.equal(judge(signedIn(one), { ...call, renewed: true }, action), renewed);
      assert.equal(judge(signedIn(one), { ...call, replayed: true }, action), replayed);
      assert.equal(judge(signedIn(two), call, action), overtaken);
    });
  }

  test("it never ends a session that the call does not belong to", () => {
    for (const action of ["refresh", "login", "stop", undefined]) {
      for (const replayed of [false, true]) {
        assert.equal(judge(signedIn(other), { ...call, replayed }, action), "go_on");
        assert.equal(judge(nobody, { ...call, replayed }, action), "go_on");
      }
    }
  });

  test("a call that began before anyone knew whose session it is may end it", () => {
    assert.equal(judge(signedIn(one), { ...call, session: "", replayed: true }, "refresh"), "still_refused");
  });
});

test("no order of events renews one token twice, signs out twice, or revives a session", () => {
  // A small generator (mulberry32), so that a failure can be repeated.
  let seed = 1;
  const random = (n) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t ^= t + Math.imul(t ^ (t >>> 7), 61 | t);
    return ((t ^ (t >>> 14)) >>> 0) % n;
  };
  for (let round = 0; round < 3000; round++) {
    let state = signedIn({ session: "s0", serial: 1 });
    const grants = [state.grant];
    let underWay = 0;
    for (let n = 0; n < 40; n++) {
      const known = grants[random(grants.length)];
      const next = { session: known.session, serial: known.serial + 1 };
      const event = [
        () => ({ type: "granted", grant: { session: `s${round}.${n}`, serial: 1 } }),
        () => ({ type: "granted", from: known, grant: next }),
        () => ({ type: "shared", grant: next }),
        () => ({ type: "refused", grant: known }),
        () => ({ type: "due" }),
        () => ({ type: "failed", from: known, retryAfter: 0 }),
        () => end(known.session, random(2) ? { reason: "other_tab" } : {}),
        () => end(known.session, { from: known }),
      ][random(8)]();
      const before = state;
      let effects;
      [state, ...effects] = step(before, event);

      underWay = state.phase === "refreshing" ? underWay + effects.filter((effect) => effect === "renew").length : 0;
      assert.ok(underWay <= 1, "two refreshes at once");
      assert.equal(effects.includes("announce"), before.phase !== "signed_out" && state.phase === "signed_out");
      if (before.phase === "signed_out" && state.grant) assert.notEqual(state.grant.session, before.session, "revived");
      if (before.grant && state.grant && before.grant !== state.grant) assert.ok(isNewer(state.grant, before.grant), "went back");
      if (state.grant) grants.push(state.grant);
    }
  }
});
