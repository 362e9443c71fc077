package dev.reprise.cache.index;

/**
 * The kinds of small records that live beside the entries; each kind has a name space of its own.
 */
public enum NoteKind {
  /** What a key was made of, by the digest of the parts. */
  KEY_PARTS(1),
  /** The latest keys of a unit, by the digest of its name. */
  UNIT_HISTORY(2),
  /** The digest of a file, by the digest of its path. */
  FILE_MEMO(3),
  /** The code identity of a task, by the digest of what it was computed from. */
  CODE_MEMO(4),
  /** What a look-up of a step's units found, by the digest of the step's name. */
  STEP_MEMO(5),
  /** How often entries were removed or replaced; the index's own. */
  GENERATION(6),
  /** The digests of files that follow each other in a list, by the digest of its name. */
  FILE_BLOCK(7),
  /** What was found and made of several steps together, by the digest of their name. */
  COMPOSITE(8),
  /** How the latest execution of a unit failed, by its key; see {@link KeptFailure}. */
  FAILURE(9),
  /** Where an entry came from that was imported, by its key. */
  IMPORT(10);

  private final byte id;

  NoteKind(int id) {
    this.id = (byte) id;
  }

  /** What stands for the kind in an index; never used again for another. */
  byte id() {
    return id;
  }
}
