package dev.reprise.cache.codec;

/** Whether the order of the rows is part of what a table means. */
public enum RowOrder {
  /** Two tables with the same rows are the same; the default. */
  ANY,
  /** Two tables are the same only if their rows come in the same order, too. */
  SIGNIFICANT
}
