// What a mobile app's call to its API looks like when it reaches the edge: a dozen headers and the token.

const HEADERS = [
  "Host: api.example.com",
  "User-Agent: okhttp/4.12.0",
  "Accept: application/json",
  "Accept-Encoding: gzip",
  "Accept-Language: en-GB,en;q=0.8",
  "Cookie: theme=dark; lang=en",
  "X-App-Version: 7.3.1",
  "CF-Connecting-IP: 203.0.113.9",
  "CF-IPCountry: NL",
  "CF-Ray: 8f2ab1c2d3e4f567-AMS",
  "X-Forwarded-For: 203.0.113.9",
  "X-Forwarded-Proto: https",
].join("\r\n");

/** The text of a GET request; `more` are further header lines. */
export function apiRequest(token, path = "/v1/events?page=1", more = []) {
  const authorization = token === undefined ? [] : [`Authorization: Bearer ${token}`];
  return [`GET ${path} HTTP/1.1`, HEADERS, ...authorization, ...more].join("\r\n") + "\r\n\r\n";
}
