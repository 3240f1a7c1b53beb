/** `coderabbitai[bot]` and `CodeRabbitAI` are one author: REST and GraphQL spell bots differently. */
export function plainLogin(login: string): string {
  return login.toLowerCase().replace(/\[bot\]$/u, "");
}
