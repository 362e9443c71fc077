package dev.reprise.run;

import dev.reprise.run.SimCode.UserTrouble;
import dev.reprise.task.CachePolicy;
import dev.reprise.task.FailureKeeping;
import dev.reprise.task.Memo;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * What a task says of reuse beside its time to live.
 *
 * @param failures for how long failures are kept that are {@link UserTrouble}; null for not at all
 * @param memo whether equal calls of a run are one execution; null for what the run says
 * @param versioned whether it has a version, which is edited
 */
record SimPolicy(@Nullable Duration failures, @Nullable Boolean memo, boolean versioned) {
  static final SimPolicy NONE = new SimPolicy(null, null, false);

  /** Between those after which runs follow each other, which are whole hours. */
  private static final List<Duration> TIMES =
      List.of(Duration.ofMinutes(150), Duration.ofMinutes(330));

  static final SimPolicy KEEPS_FAILURES = new SimPolicy(TIMES.get(0), null, false);

  static SimPolicy any(Random random) {
    return new SimPolicy(
        random.nextInt(3) > 0 ? TIMES.get(random.nextInt(TIMES.size())) : null,
        random.nextInt(3) > 0 ? null : random.nextInt(3) > 0,
        random.nextInt(3) == 0);
  }

  /**
   * Says the same in a cache policy.
   *
   * @param version the task's now
   */
  CachePolicy in(CachePolicy policy, int version) {
    CachePolicy all = versioned ? policy.withVersion("v" + version) : policy;
    return failures == null || !policy.enabled()
        ? all
        : all.withFailures(FailureKeeping.of(failures, List.of(UserTrouble.class)));
  }

  @Nullable Memo memoOfTask() {
    return memo == null ? null : memo ? Memo.ON : Memo.OFF;
  }
}
