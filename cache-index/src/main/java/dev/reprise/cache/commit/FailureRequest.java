package dev.reprise.cache.commit;

import dev.reprise.cache.claim.Claims.Claim;
import dev.reprise.cache.index.CacheKey;
import dev.reprise.cache.index.Origin;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A failure that wants to be kept for a while.
 *
 * @param key of the unit that failed
 * @param classes names of the error's class and its superclasses, most special first
 * @param message of the error; null if it had none
 * @param origin which execution failed
 * @param time for how long
 * @param claim under which it was executed; null if there was none
 */
public record FailureRequest(
    CacheKey key,
    List<String> classes,
    @Nullable String message,
    Origin origin,
    Duration time,
    @Nullable Claim claim) {
  public FailureRequest {
    classes = List.copyOf(classes);
  }
}
