package dev.reprise.cache.upkeep;

import java.io.IOException;

/** A file is none of exported entries that can be read; nothing was taken from it. */
public final class BadExportException extends IOException {
  private static final long serialVersionUID = 1L;

  private final Kind kind;

  /** What is wrong with the file. */
  public enum Kind {
    /** It is something else. */
    NOT_OURS,
    /** A newer Reprise wrote it. */
    NEWER,
    /** It was one, or half of one. */
    DAMAGED
  }

  BadExportException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  /** What is wrong with the file. */
  public Kind kind() {
    return kind;
  }
}
