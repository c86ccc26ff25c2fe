/** "1 hint", "2 hints". */
export function plural(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

export function credits(count: number): string {
  return plural(count, "credit", "credits");
}
