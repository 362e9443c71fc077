package dev.reprise.cache.codec;

/** Whether the order of a table's rows is part of what the table means. */
public enum RowOrder {
  /** Tables with the same rows in any order are equal; the default. */
  ANY,
  /** Tables are equal only if their rows are in the same order. */
  SIGNIFICANT
}
