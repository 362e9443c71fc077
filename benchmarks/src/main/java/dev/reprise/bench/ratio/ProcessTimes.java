package dev.reprise.bench.ratio;

/**
 * What a process has used of the processors since it began, in seconds.
 *
 * @param parent the number of the process that it belongs to now
 * @param own what it used itself, in all of its threads
 * @param endedChildren what those used that it began and waited for, and those that they waited for
 */
record ProcessTimes(Id process, long parent, double own, double endedChildren) {
  /**
   * Which process: numbers are used again.
   *
   * @param started when it began, in whatever unit the machine counts
   */
  record Id(long number, long started) {}
}
