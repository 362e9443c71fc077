package dev.reprise.run;

import dev.reprise.executor.ErrorInfo;
import dev.reprise.task.RetryPolicy;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Counts failed attempts and decides, by the task's policy, whether there is another one. */
final class Failures {
  private final Map<Integer, int[]> counts = new HashMap<>();

  private static final int USER = 0;
  private static final int LOST = 1;

  /** An attempt ended in an error of the user's code: how long to wait for the next one, if any. */
  Optional<Duration> userError(int unit, RetryPolicy policy, @Nullable ErrorInfo error) {
    int errors = ++counts(unit)[USER];
    boolean covered =
        policy.onlyFor().isEmpty()
            || (error != null && policy.onlyFor().stream().anyMatch(error::isA));
    return covered && errors < policy.userAttempts()
        ? Optional.of(Duration.ofMillis(policy.backoffMillis(errors + 1)))
        : Optional.empty();
  }

  /** An attempt was lost: how long to wait for the next one, if any. */
  Optional<Duration> lost(int unit, RetryPolicy policy) {
    int lost = ++counts(unit)[LOST];
    return lost < policy.lostAttempts()
        ? Optional.of(Duration.ofMillis(policy.backoffMillis(lost + 1)))
        : Optional.empty();
  }

  private int[] counts(int unit) {
    return counts.computeIfAbsent(unit, any -> new int[2]);
  }
}
