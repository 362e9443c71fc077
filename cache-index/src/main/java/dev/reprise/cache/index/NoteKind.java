package dev.reprise.cache.index;

/**
 * The kinds of small records that live beside the entries; each kind has a name space of its own.
 */
public enum NoteKind {
  /** What a key was made of, by the digest of the parts. */
  KEY_PARTS,
  /** The latest keys of a unit, by the digest of its name. */
  UNIT_HISTORY,
  /** The digest of a file, by the digest of its path. */
  FILE_MEMO,
  /** The code identity of a task, by the digest of what it was computed from. */
  CODE_MEMO
}
