package dev.reprise.task;

import static dev.reprise.cache.base.Checks.checkArgument;

import dev.reprise.cache.base.Durations;
import dev.reprise.cache.base.Text;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which failures of a task are kept, and for how long: a unit whose latest execution failed so is
 * not executed until then, and fails at once.
 *
 * @param time more than nothing, at most a day
 * @param classes names of exceptions, their subclasses included; one at least
 */
public record FailureKeeping(Duration time, List<String> classes) {
  /** A failure is a guess about the next execution, and none that is much older is a good one. */
  private static final Duration LONGEST = Duration.ofDays(1);

  public FailureKeeping {
    checkArgument(
        time != null, "how long failures are kept is null; say it, such as Duration.ofMinutes(10)");
    checkArgument(
        !time.isNegative() && !time.isZero() && time.compareTo(LONGEST) <= 0,
        "failures are kept for more than nothing and at most a day, not for %s",
        time);
    checkArgument(
        classes != null && classes.stream().allMatch(Objects::nonNull),
        "an exception that is kept is null");
    classes = List.copyOf(classes);
    checkArgument(
        !classes.isEmpty(), "name the exceptions that are kept, such as IllegalArgumentException");
  }

  /**
   * Returns what keeps failures of these classes.
   *
   * @throws IllegalArgumentException if there is no class, one is null, or one says nothing of the
   *     task: {@link Throwable}, and {@link Error} with all of its subclasses
   */
  public static FailureKeeping of(Duration time, List<@Nullable Class<?>> classes) {
    List<String> names = new ArrayList<>();
    for (Class<?> each : classes) {
      checkArgument(each != null, "an exception that is kept is null");
      String name = each.getName();
      checkArgument(
          each != Throwable.class && !Error.class.isAssignableFrom(each),
          "failures of %s are not kept: that is also what says nothing of the task, such as a lack"
              + " of memory; name exceptions that it throws",
          Text.quote(name));
      if (!names.contains(name)) {
        names.add(name);
      }
    }
    return new FailureKeeping(time, names);
  }

  /** Whether an error of these classes, its own and what it extends, is among those. */
  public boolean covers(List<String> thrown) {
    return thrown.stream().anyMatch(classes::contains);
  }

  /** As in {@code 10m of java.io.IOException}. */
  @Override
  public String toString() {
    return Durations.text(time) + " of " + String.join(" ", classes);
  }
}
