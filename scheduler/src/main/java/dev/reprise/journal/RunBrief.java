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
 * @param summary how it ended; null if its journal does not tell: it goes on, or its process died
 */
public record RunBrief(RunHeader header, @Nullable RunSummary summary) {
  /**
   * A run that nobody here can ask about is over when it has written nothing for so long. Its
   * journal gets a line with every unit that ends, so this is how long one unit may take on another
   * machine; what is lost by waiting is some room on the disk.
   */
  public static final Duration LONGEST_SILENCE = Duration.ofDays(7);

  /** Id of the run. */
  public String id() {
    return header.run();
  }

  /**
   * Whether the run goes on: it has not ended, and its process lives on this machine. A process
   * that began after the run has its number by chance.
   */
  public boolean goesOn(String host) {
    return summary == null
        && header.host().equals(host)
        && ProcessHandle.of(header.pid())
            .flatMap(process -> process.info().startInstant())
            .filter(began -> !began.isAfter(header.start().plusSeconds(2)))
            .isPresent();
  }

  /**
   * Whether nothing of the run can go on anywhere, so that what it left behind may be removed. A
   * run of another host or container may share this home: whether its process lives cannot be asked
   * from here.
   *
   * @param host this one
   * @param lastWritten when its journal was written last
   */
  public boolean isOver(String host, Instant lastWritten, Instant now) {
    if (summary != null) {
      return true;
    }
    return header.host().equals(host)
        ? !goesOn(host)
        : lastWritten.plus(LONGEST_SILENCE).isBefore(now);
  }
}
