/** What somebody does in a browser: lets the application on a sandbox's page act for their account, and copies the code. */
export async function letIn(page: string, username: string): Promise<string> {
  const body = new URLSearchParams({ username });
  const shown = await (await fetch(page, { method: 'POST', body })).text();
  const code = /<code>(.*)<\/code>/.exec(shown)?.[1];
  if (code === undefined) throw new Error(`no code in: ${shown}`);
  return code;
}
