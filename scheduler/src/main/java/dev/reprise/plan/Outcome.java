package dev.reprise.plan;

/** How a unit ended. Every unit ends with exactly one. */
public enum Outcome {
  /** Executed in this run. */
  RAN,
  /** Taken from the cache. */
  CACHED,
  /** Joined an equal unit in flight. */
  SHARED,
  /**
   * Taken from an earlier execution of the same run or the run it resumes; or a side effect of
   * which a probe of the user's says that it is done.
   */
  MEMO,
  /** Not executed, because of what happened to another unit or what was asked for. */
  SKIPPED,
  /** Executed without success; or not executed, since it failed a while ago and that is kept. */
  FAILED,
  /** Ended because the run was cancelled. */
  CANCELLED
}
