package dev.reprise.cli.base;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** How a process ends. A contract: codes are never given another meaning. */
public enum ExitCode {
  /** All went well. */
  OK(0, "success"),
  /** A step failed. */
  STEP_FAILED(1, "a step failed"),
  /** An option, an argument or a setting is wrong. */
  USAGE(2, "bad usage or configuration"),
  /** The pipeline is not valid. */
  INVALID_PLAN(3, "the pipeline is not valid"),
  /** An engine cannot be reached. */
  CLUSTER(4, "the cluster cannot be used"),
  /** The cache cannot be used, and was required. */
  CACHE_REQUIRED(5, "the cache was required and cannot be used"),
  /** Something that was kept is damaged. */
  INTEGRITY(6, "a kept result is damaged or missing"),
  /** Another process holds the index. */
  INDEX_LOCKED(7, "another process holds the index"),
  /** The user interrupted it. */
  INTERRUPTED(8, "interrupted"),
  /** A deadline passed. */
  DEADLINE(9, "the run took longer than --timeout"),
  /** A bug. */
  INTERNAL(70, "internal error"),
  /** What was asked for could not be written where it was to go. */
  OUTPUT(74, "the output could not be written");

  private final int code;
  private final String meaning;

  ExitCode(int code, String meaning) {
    this.code = code;
    this.meaning = meaning;
  }

  /** The status of the process. */
  public int code() {
    return code;
  }

  /** What it means, in a few words. */
  public String meaning() {
    return meaning;
  }

  /** The footer of a command's help: these codes and their meanings, in order. */
  public static Map<String, String> table(ExitCode... codes) {
    Map<String, String> table = new LinkedHashMap<>();
    Arrays.stream(codes).forEach(code -> table.put(String.valueOf(code.code), code.meaning));
    return table;
  }
}
