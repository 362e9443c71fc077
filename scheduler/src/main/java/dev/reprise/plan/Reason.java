package dev.reprise.plan;

import dev.reprise.cache.base.Text;
import dev.reprise.explain.Comparison;
import dev.reprise.explain.Comparison.Difference;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Why a unit was not reused: one code, and what it is about.
 *
 * @param detail the step, argument, class or such that the code is about; empty if there is none
 */
public record Reason(Code code, String detail) {
  /** What is said of a source outside of which nobody could say what it holds now. */
  static final String VERSION_NOT_KNOWN = "what version its content has is not known";

  private static final int LONGEST_DETAIL = 300;
  private static final Pattern FAILED_IN = Pattern.compile(" in run (\\S+), until \\S+$");

  /** Why a unit was not reused. */
  public enum Code {
    /** There is no entry under its key, and nothing is known of an earlier one. */
    NO_ENTRY,
    /** Code that the task reaches is another: the method or class. */
    CODE_CHANGED,
    /** An argument that the user gave is another: its name. */
    ARG_CHANGED,
    /** The code, version or configuration of a resource is another: its name. */
    RESOURCE_CHANGED,
    /** A result that the unit takes is another: the step. */
    UPSTREAM_CHANGED,
    /** The task's version is another. */
    VERSION_CHANGED,
    /** The entry is past its time to live, or older than the task accepts. */
    EXPIRED,
    /** A blob of the entry is gone. */
    BLOB_MISSING,
    /** A blob of the entry is not what was written. */
    BLOB_CORRUPT,
    /** The entry fails its checksum. */
    ENTRY_CORRUPT,
    /** A setting or the version of the engine that is in the key is another. */
    ENGINE_CHANGED,
    /** The task, the pipeline or the run does not reuse results. */
    DISABLED,
    /** The run was told to execute it. */
    FORCED,
    /** An input has no canonical form, so there is no key: the argument and why. */
    KEY_UNAVAILABLE,
    /** The index could not be read. */
    INDEX_UNAVAILABLE,
    /** It was not executed because it failed a while ago, and its task keeps such failures. */
    FAILURE_KEPT,
    /** It was not executed because a step that it needs failed: the step. */
    UPSTREAM_FAILED,
    /** It was not executed because the results of the whole that it is a part of are there. */
    NOT_NEEDED,
    /**
     * It was not executed because the run was told to execute other steps, or other partitions:
     * what is left out.
     */
    NOT_SELECTED,
    /** It was not executed because the run stopped after a failure: the step that failed. */
    RUN_STOPPED,
    /** It was not executed because the run was cancelled. */
    RUN_CANCELLED
  }

  public Reason {
    detail = Text.safe(detail, LONGEST_DETAIL);
  }

  /** Returns a reason without detail. */
  public static Reason of(Code code) {
    return new Reason(code, "");
  }

  /** Whether it says how the key differs from an earlier one, or that no earlier one is known. */
  public boolean isOfKeys() {
    return switch (code) {
      case NO_ENTRY,
          CODE_CHANGED,
          ARG_CHANGED,
          RESOURCE_CHANGED,
          UPSTREAM_CHANGED,
          VERSION_CHANGED,
          ENGINE_CHANGED ->
          true;
      default -> false;
    };
  }

  /** Returns the reason of what takes a partition of a source that the run leaves out. */
  public static Reason leftOut(String which) {
    return new Reason(Code.NOT_SELECTED, which);
  }

  /** Whether it was not executed because the run leaves out a partition that it takes. */
  public boolean isLeftOut() {
    return code == Code.NOT_SELECTED && !detail.isEmpty();
  }

  /** Whether there is no key since the probe of a source outside gave no version of it. */
  public boolean isSourceNotKnown() {
    return code == Code.KEY_UNAVAILABLE && detail.contains(VERSION_NOT_KNOWN);
  }

  /**
   * Returns the weightiest of the differences from an earlier key.
   *
   * @param changed not empty
   */
  public static Reason of(Comparison changed) {
    // The kinds of a step's differences are none of its arguments'.
    return reason(changed.step().isEmpty() ? changed.arguments() : changed.step());
  }

  private static Reason reason(List<Difference> differences) {
    Difference first = differences.get(0);
    long alike = differences.stream().filter(other -> other.kind() == first.kind()).count();
    String more = alike > 1 ? " and " + (alike - 1) + " more" : "";
    return switch (first.kind()) {
      case VERSION ->
          new Reason(Code.VERSION_CHANGED, shown(first.before()) + " -> " + shown(first.now()));
      case CODE -> new Reason(Code.CODE_CHANGED, first.name() + more);
      case ENGINE -> new Reason(Code.ENGINE_CHANGED, first.name() + more);
      case RESOURCE -> new Reason(Code.RESOURCE_CHANGED, first.name() + more);
      case ARGUMENT -> new Reason(Code.ARG_CHANGED, first.name() + more);
      case UPSTREAM -> new Reason(Code.UPSTREAM_CHANGED, first.name() + more);
    };
  }

  private static String shown(String version) {
    return version.isEmpty() ? "none" : version;
  }

  /** Returns the reason of what fails at once. */
  static Reason failureKept(String error, String run, Instant until) {
    return new Reason(
        Code.FAILURE_KEPT,
        "%s in run %s, until %s".formatted(error, run, until.truncatedTo(ChronoUnit.SECONDS)));
  }

  /** The run in which it failed, of what fails at once; empty of any other. */
  public Optional<String> failedIn() {
    Matcher found = FAILED_IN.matcher(detail);
    return code == Code.FAILURE_KEPT && found.find()
        ? Optional.of(found.group(1))
        : Optional.empty();
  }

  /** As in {@code ARG_CHANGED(late-minutes)}. */
  @Override
  public String toString() {
    return detail.isEmpty() ? code.name() : code + "(" + detail + ")";
  }
}
