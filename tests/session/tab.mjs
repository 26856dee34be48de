// A tab with a session in it, driven from outside.
//
// What the page says on its console or throws, and what its errors hold, is kept: no token may be in it.
export class Tab {
  spoken = [];

  static async open(context, origin, options = {}) {
    const tab = new Tab();
    tab.page = await context.newPage();
    tab.page.on("console", (message) => tab.spoken.push(message.text()));
    tab.page.on("pageerror", (error) => tab.spoken.push(String(error.stack)));
    await tab.page.goto(origin + "/");
    await tab.begin(options);
    return tab;
  }

  /** Creates the session. `storage: true` stands for `localStorage`, `api` and the rest are passed on. */
  async begin(options) {
    await this.page.waitForFunction(() => window.edgewarden);
    await this.page.evaluate(({ storage, ...options }) => {
      window.signedOut = [];
      window.states = [];
      window.renewed = [];
      window.session = edgewarden.createSession({
        refreshUrl: "/auth/refresh",
        onSignedOut: (event) => signedOut.push(event),
        onTokens: (tokens) => renewed.push(tokens),
        ...(storage && { storage: localStorage }),
        ...options,
      });
      session.subscribe((state) => states.push(state));
      // What a call came to, as plain data.
      window.call = async (path, init, times = 1) =>
        Promise.all(
          Array.from({ length: times }, async () => {
            try {
              const response = await session.fetch(path, init);
              const text = await response.text();
              return { status: response.status, text, body: text.startsWith("{") ? JSON.parse(text) : undefined };
            } catch (error) {
              const { name, reason, problem, retryAfter, message, stack } = error;
              return { error: name, reason, problem, retryAfter, all: JSON.stringify([message, stack, error, String(error)]) };
            }
          }),
        );
    }, options);
  }

  async signIn(tokens) {
    await this.page.evaluate((tokens) => session.signIn(tokens), tokens);
  }

  /** What `times` parallel calls came to: `{ status, body }` or `{ error, ... }` each. */
  async calls(times, path = "/api/x", init) {
    const results = await this.page.evaluate(([path, init, times]) => call(path, init, times), [path, init, times]);
    for (const { all } of results) if (all) this.spoken.push(all);
    return results;
  }

  async call(path, init) {
    return (await this.calls(1, path, init))[0];
  }

  state() {
    return this.page.evaluate(() => session.state);
  }

  /** Resolves when the session is in a state. */
  async reaches(state) {
    await this.page.evaluate(
      (state) =>
        new Promise((resolve) => {
          if (session.state === state) return resolve();
          const stop = session.subscribe((now) => now === state && (stop(), resolve()));
        }),
      state,
    );
  }

  signedOut() {
    return this.page.evaluate(() => signedOut);
  }
}
