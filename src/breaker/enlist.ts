/** @returns what takes it off the list again: this one, and no other that is like it */
export function enlist<Kind>(list: Set<Kind>, own: Kind): () => void {
  list.add(own);
  return () => void list.delete(own);
}
