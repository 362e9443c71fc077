package dev.reprise.home;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.journal.RunHistory;
import dev.reprise.journal.RunIds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Which runs of a home idempotency keys stand for: a file for each key, with the id of its run. The
 * first of several processes decides.
 */
public final class Submissions {
  /*
   * The file is made when all is ready, and the journal right after it, so a run that has no journal a
   * minute later died in between; or it has been forgotten. Then the key stands for nothing, and the next
   * submission takes the next name of the file (OnceFile), of which again the first one counts. A name
   * is never taken twice nor removed: another process may just have passed it by on its way to the next.
   * So a key has as many files as it had runs, and no bound on them.
   */
  /** A run that has no journal so long after its id was made has died. */
  public static final Duration BEGINS_WITHIN = Duration.ofMinutes(1);

  private final Path folder;
  private final RunHistory history;
  private final InstantSource clock;

  /**
   * @param runs the folder of the runs
   */
  public Submissions(Path runs, InstantSource clock) {
    this.folder = runs.resolve("submitted");
    this.history = new RunHistory(runs);
    this.clock = clock;
  }

  /**
   * The id of the run that a key stands for.
   *
   * @param scope project and environment: a key of another one is another
   * @param run the id of one that is about to begin, for which it stands from now on if it stands
   *     for none
   * @throws IOException if that cannot be read or written
   */
  public String runOf(String scope, String key, String run) throws IOException {
    Files.createDirectories(folder);
    Path file =
        folder.resolve(
            Hasher.of("reprise/submission").putString(scope).putString(key).finish().toString());
    OnceFile once =
        new OnceFile(
            file,
            Integer.MAX_VALUE - 1,
            bytes -> stands(new String(bytes, UTF_8), run),
            () -> run.getBytes(UTF_8));
    return new String(once.readOrMake(/* writable= */ true), UTF_8);
  }

  private boolean stands(String id, String own) {
    if (id.equals(own)) {
      return true;
    }
    return RunIds.isId(id) && (history.hasBegun(id) || isYoung(id));
  }

  private boolean isYoung(String id) {
    Instant made = RunIds.moment(id);
    return made.plus(BEGINS_WITHIN).isAfter(clock.instant());
  }
}
