package dev.reprise.journal;

import dev.reprise.run.RunListener.RunHeader;
import dev.reprise.run.RunListener.RunSummary;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A run in a list of runs.
 *
 * @param header what was known when it began
 * @param summary how it ended; null if its journal does not tell
 * @param lastWritten when its journal was written last, by the clock of the disk
 */
public record RunBrief(RunHeader header, @Nullable RunSummary summary, Instant lastWritten) {
  /**
   * A run that nobody here can ask about is over when it has written nothing for so long. Its
   * journal gets a line with every unit that ends, so this is how long one unit may take on another
   * machine; what is lost by waiting is some room on the disk.
   */
  public static final Duration LONGEST_SILENCE = Duration.ofDays(7);

  /** What can be told of a run from here. */
  public enum Life {
    /** Its journal tells how it ended. */
    ENDED,
    /** Its process lives on this machine. */
    RUNNING,
    /** Its process is gone; or is that of another host, and silent for {@link #LONGEST_SILENCE}. */
    DIED,
    /** It is the run of another host or container, whose processes cannot be asked from here. */
    UNKNOWN
  }

  /** Id of the run. */
  public String id() {
    return header.run();
  }

  /**
   * Whether the run goes on.
   *
   * @param host this one; runs of others may share this home
   */
  public Life life(String host, Instant now) {
    if (summary != null) {
      return Life.ENDED;
    } else if (header.host().equals(host)) {
      return lives() ? Life.RUNNING : Life.DIED;
    }
    return lastWritten.plus(LONGEST_SILENCE).isBefore(now) ? Life.DIED : Life.UNKNOWN;
  }

  /** Whether the process lives here; one that began after the run has its number by chance. */
  private boolean lives() {
    return ProcessHandle.of(header.pid())
        .flatMap(process -> process.info().startInstant())
        .filter(began -> !began.isAfter(header.start().plusSeconds(2)))
        .isPresent();
  }

  /** Whether nothing of the run can go on anywhere, so that what it left may be removed. */
  public boolean isOver(String host, Instant now) {
    Life life = life(host, now);
    return life == Life.ENDED || life == Life.DIED;
  }
}
