package dev.reprise.task;

/** The result of a side effect: that it happened. */
public enum Receipt {
  /** The effect happened. */
  DONE
}
