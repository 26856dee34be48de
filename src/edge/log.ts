// One line for each decision. The members that the judgement knows come from log.rs.

export function writeLog(members: string, requestId: string, started: number, status?: number): void {
  const line =
    `{"event":"decision",${members},"request_id":"${requestId}"` +
    `${status === undefined ? "" : `,"status":${status}`},"duration":${Date.now() - started}}`;
  if (members.startsWith('"level":"error"')) console.error(line);
  else console.log(line);
}
