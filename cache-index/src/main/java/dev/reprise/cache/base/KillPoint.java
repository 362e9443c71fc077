package dev.reprise.cache.base;

/**
 * The moments between two steps of the commit protocol, and of eviction, at which a process is
 * killed by tests. A kill at any of them leaves index and store usable without repair.
 *
 * @see <a href="../../../../../../../docs/adr/0003-commit-protocol.md">ADR-0003, commit
 *     protocol</a>
 * @see <a href="../../../../../../../docs/adr/0007-eviction.md">ADR-0007, what goes when a cache is
 *     too large</a>
 */
public enum KillPoint {
  /** Some bytes of a result are in its temporary file. */
  C1,
  /** All bytes of a result are in its temporary file, digested and durable. */
  C2,
  /** The driver found every temporary file there with its size. */
  C3,
  /** Some blobs of a batch are published, others are not. */
  C4,
  /** All blobs and manifest records of a batch are durable; the index knows of none. */
  C5,
  /** The batch of index entries is put together and not yet written. */
  C6,
  /** The entries are written; nobody has been told. */
  C7,
  /** The journal has the outcome; the claim is still held. */
  C8,
  /** The claim is released; temporary files are still there. */
  C9,
  /** All is done. */
  C10,
  /** It is known what is to go; nothing is gone. */
  G1,
  /** Some entries are gone, with their manifests; others are to go. */
  G2,
  /** All entries that are to go are gone, durably; their blobs are there. */
  G3,
  /** A blob is gone; others are to go. */
  G4,
}
